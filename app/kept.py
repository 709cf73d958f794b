"""Answers that are kept while the counts that they rest on stand.

A page of marketing's asks for the same sums again and again. What an answer rests on changes only when days are counted,
once in a minute or in five, and when something is erased: a look at a few rows tells whether an answer still holds.
New mentions change nothing before they are counted; the pages say up to when they are.

Where the dashboard serves, nobody waits after a count either: the answer of just before it is given once more, while the new
one is found behind it (in HTTP's words, stale-while-revalidate, RFC 5861). Never after an erasure.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import wraps
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar, cast
from weakref import WeakKeyDictionary, WeakSet

from core.store import rollups

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

MOST = 200
"""Answers that are kept of one database: some brands, windows and dimensions."""
BEHIND_SECONDS = 120.0
"""How old an answer may be that a count has overtaken and that is given all the same."""
PAGE_FIRST_SECONDS = 0.5
"""What is asked anew waits so long for the page that asked: the threads of one Python take turns."""

Find = TypeVar("Find", bound=Callable[..., Any])

log = logging.getLogger("sunwai.web")


@dataclass(frozen=True, slots=True)
class _Held:
    stamp: rollups.Stamp
    answer: Any
    found: float

    def may_be_given(self, stamp: rollups.Stamp) -> bool:
        return self.stamp.erased == stamp.erased and time.monotonic() - self.found < BEHIND_SECONDS


_answers: "WeakKeyDictionary[Engine, OrderedDict[Any, _Held]]" = WeakKeyDictionary()
_behind: "WeakSet[Engine]" = WeakSet()
_sought: set[Any] = set()
_lock = Lock()
_renewing = ThreadPoolExecutor(1, thread_name_prefix="renewing")


def kept(find: Find) -> Find:
    """`find(tx, brand or brands, ...)`, whose answer rests on rollups of the days it names, and of as many before, alone.

    Frames are handed out as copies. Days that no kept window holds are asked anew each time.
    """

    @wraps(find)
    def answer(tx: "Connection", of: str | list[str], *asked: Any, **named: Any) -> Any:
        brands = of if isinstance(of, list) else [of]
        stamp = rollups.stamp(tx, brands)
        days = list(_days([*asked, *named.values()]))
        if stamp is None or not days or min(days) < stamp.since:
            return find(tx, of, *asked, **named)
        key = (find.__name__, tuple(brands), asked, tuple(sorted(named.items())))
        held = _recall(tx.engine, key)
        if held is None or (held.stamp != stamp and not (tx.engine in _behind and held.may_be_given(stamp))):
            held = _hold(tx.engine, key, stamp, find(tx, of, *asked, **named))
        elif held.stamp != stamp:
            _renew(tx.engine, key, brands, lambda other: find(other, of, *asked, **named))
        return held.answer.copy() if hasattr(held.answer, "copy") else held.answer

    return cast(Find, answer)


def renew_behind(engine: "Engine") -> None:
    """From now on, whoever asks just after a count is given the answer of before, at most BEHIND_SECONDS old."""
    _behind.add(engine)


def forget() -> None:
    """Keep none of the answers of before."""
    with _lock:
        _answers.clear()


def settle() -> None:
    """Wait until all that is asked anew by now is found."""
    _renewing.submit(int).result()


def _recall(engine: "Engine", key: Any) -> _Held | None:
    with _lock:
        mine = _answers.get(engine, OrderedDict())
        if key in mine:
            mine.move_to_end(key)
        return mine.get(key)


def _hold(engine: "Engine", key: Any, stamp: rollups.Stamp, answer: Any) -> _Held:
    held = _Held(stamp, answer, time.monotonic())
    with _lock:
        mine = _answers.setdefault(engine, OrderedDict())
        mine[key] = held
        mine.move_to_end(key)
        while len(mine) > MOST:
            mine.popitem(last=False)
    return held


def _renew(engine: "Engine", key: Any, brands: list[str], find: "Callable[[Connection], Any]") -> None:
    """Ask anew in a thread of its own, one after the other, each once."""
    sought = id(engine), key
    with _lock:
        if sought in _sought:
            return
        _sought.add(sought)
    due = time.monotonic() + PAGE_FIRST_SECONDS

    def renew() -> None:
        time.sleep(max(0.0, due - time.monotonic()))
        try:
            with engine.connect() as tx:
                stamp = rollups.stamp(tx, brands)
                if stamp is not None:
                    _hold(engine, key, stamp, find(tx))
        except Exception as error:  # it is asked for again, and when it is too old, by whoever then hears what is wrong
            log.warning("An answer could not be found anew: %s.", type(error).__name__)
        finally:
            with _lock:
                _sought.discard(sought)

    _renewing.submit(renew)


def _days(asked: list[Any]) -> Iterator[date]:
    """The first days that are looked at: a period is compared with the one before."""
    for one in asked:
        if isinstance(one, date):
            yield one
        elif hasattr(one, "before"):
            yield one.before().since
