"""Answers that are kept while the counts that they rest on stand.

A page of marketing's asks for the same sums again and again. What an answer rests on changes only when days are counted,
once in a minute or in five, and when something is erased: a look at a few rows tells whether an answer still holds.
New mentions change nothing before they are counted; the pages say up to when they are.

Where the dashboard serves, nobody waits after a count either: the answer of just before it is given once more, while the new
one is found behind it (in HTTP's words, stale-while-revalidate, RFC 5861). Never after an erasure, at which all answers of
before are let go.

An answer may be a piece of a page, drawn from other answers. Those are then found anew where a count has overtaken them,
else the piece would pass for newer than it is.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from datetime import date
from functools import wraps
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar, cast
from weakref import WeakKeyDictionary, WeakSet

from core.store import rollups

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

MOST = 500
"""Answers that are kept of one database: some brands, windows, dimensions and languages. The largest are some 100 KB."""
BEHIND_SECONDS = 120.0
"""So long ago an answer may have been seen to hold that a count has overtaken and that is given all the same."""
PAGE_FIRST_SECONDS = 0.5
"""What is asked anew waits so long for the page that asked: the threads of one Python take turns."""

Find = TypeVar("Find", bound=Callable[..., Any])
Answer = TypeVar("Answer")

log = logging.getLogger("sunwai.web")


@dataclass(slots=True)
class _Held:
    stamp: rollups.Stamp
    answer: Any
    stood: float

    def holds(self, stamp: rollups.Stamp) -> bool:
        if self.stamp == stamp:
            self.stood = time.monotonic()
        return self.stamp == stamp

    def may_be_given(self, stamp: rollups.Stamp) -> bool:
        return self.stamp.erased == stamp.erased and time.monotonic() - self.stood < BEHIND_SECONDS


_answers: "WeakKeyDictionary[Engine, OrderedDict[Any, _Held]]" = WeakKeyDictionary()
_behind: "WeakSet[Engine]" = WeakSet()
_sought: set[Any] = set()
_lock = Lock()
_renewing = ThreadPoolExecutor(1, thread_name_prefix="renewing")
_is_found: ContextVar[bool] = ContextVar("is_found", default=False)
"""Is an answer being found, which nothing overtaken may go into?"""


def kept(find: Find) -> Find:
    """`find(tx, brand or brands, ...)`, whose answer rests on rollups of the days it names, and of as many before, alone.

    Frames are handed out as copies. Days that no kept window holds are asked anew each time.
    """

    @wraps(find)
    def answer(tx: "Connection", of: str | list[str], *asked: Any, **named: Any) -> Any:
        brands = of if isinstance(of, list) else [of]
        days = list(_days([*asked, *named.values()]))
        key = (find.__name__, tuple(brands), asked, tuple(sorted(named.items())))
        if not days:
            return find(tx, of, *asked, **named)
        found = keep(tx, brands, min(days), key, lambda tx: find(tx, of, *asked, **named))
        return found.copy() if hasattr(found, "copy") else found

    return cast(Find, answer)


def keep(
    tx: "Connection", brands: list[str], since: date, key: Hashable, find: "Callable[[Connection], Answer]"
) -> Answer:
    """What `find(tx)` answers, or answered before under this key; it rests on rollups of these brands from `since` on alone,
    and on what the key says. The language that is spoken is the asker's, also where it is found behind them."""
    stamp = rollups.stamp(tx, brands)
    if stamp is None or since < stamp.since:
        return find(tx)
    held = _recall(tx.engine, key, stamp)
    if held is None or not (held.holds(stamp) or _may_be_given(tx, held, stamp)):
        return cast(Answer, _hold(tx.engine, key, stamp, _found(find, tx)))
    if held.stamp != stamp:
        _renew(tx.engine, key, brands, find)
    return cast(Answer, held.answer)


def _may_be_given(tx: "Connection", held: _Held, stamp: rollups.Stamp) -> bool:
    return tx.engine in _behind and not _is_found.get() and held.may_be_given(stamp)


def _found(find: "Callable[[Connection], Answer]", tx: "Connection") -> Answer:
    before = _is_found.set(True)
    try:
        return find(tx)
    finally:
        _is_found.reset(before)


def renew_behind(engine: "Engine") -> None:
    """From now on, whoever asks just after a count is given the answer of before, which held BEHIND_SECONDS ago at most."""
    _behind.add(engine)


def forget() -> None:
    """Keep none of the answers of before."""
    with _lock:
        _answers.clear()


def settle() -> None:
    """Wait until all that is asked anew by now is found."""
    _renewing.submit(int).result()


def _recall(engine: "Engine", key: Hashable, stamp: rollups.Stamp) -> _Held | None:
    with _lock:
        mine = _answers.get(engine, OrderedDict())
        for old in [each for each, held in mine.items() if held.stamp.erased != stamp.erased]:
            del mine[old]
        if key in mine:
            mine.move_to_end(key)
        return mine.get(key)


def _hold(engine: "Engine", key: Hashable, stamp: rollups.Stamp, answer: Any) -> Any:
    with _lock:
        mine = _answers.setdefault(engine, OrderedDict())
        mine[key] = _Held(stamp, answer, time.monotonic())
        mine.move_to_end(key)
        while len(mine) > MOST:
            mine.popitem(last=False)
    return answer


def _renew(engine: "Engine", key: Hashable, brands: list[str], find: "Callable[[Connection], Any]") -> None:
    """Ask anew in a thread of its own, one after the other, each once. It rests after each for as long as that took: pages
    that are asked for meanwhile have half of the processor at least."""
    sought = id(engine), key
    with _lock:
        if sought in _sought:
            return
        _sought.add(sought)
    due = time.monotonic() + PAGE_FIRST_SECONDS

    def renew() -> None:
        time.sleep(max(0.0, due - time.monotonic()))
        began = time.monotonic()
        try:
            with engine.connect() as tx:
                stamp = rollups.stamp(tx, brands)
                if stamp is not None:
                    _hold(engine, key, stamp, _found(find, tx))
        except Exception as error:  # it is asked for again, and when it is too old, by whoever then hears what is wrong
            log.warning("An answer could not be found anew: %s.", type(error).__name__)
        finally:
            with _lock:
                _sought.discard(sought)
        time.sleep(time.monotonic() - began)

    _renewing.submit(copy_context().run, renew)


def _days(asked: list[Any]) -> Iterator[date]:
    """The first days that are looked at: a period is compared with the one before."""
    for one in asked:
        if isinstance(one, date):
            yield one
        elif hasattr(one, "before"):
            yield one.before().since
