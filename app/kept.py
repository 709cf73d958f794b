"""Answers that are kept while the counts that they rest on stand.

A page of marketing's asks for the same sums again and again. What an answer rests on changes only when days are counted,
once in a minute or in five, and when something is erased: a look at a few rows tells whether an answer still holds.
New mentions change nothing before they are counted; the pages say up to when they are.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from datetime import date
from functools import wraps
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar, cast
from weakref import WeakKeyDictionary

from core.store import rollups

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

MOST = 200
"""Answers that are kept of one database: some brands, windows and dimensions."""

Find = TypeVar("Find", bound=Callable[..., Any])

_answers: "WeakKeyDictionary[Engine, OrderedDict[Any, tuple[Any, Any]]]" = WeakKeyDictionary()
_lock = Lock()


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
        with _lock:
            held = _answers.setdefault(tx.engine, OrderedDict())
            known = held.get(key)
        if known is None or known[0] != stamp:
            known = stamp, find(tx, of, *asked, **named)
        with _lock:
            held[key] = known
            held.move_to_end(key)
            while len(held) > MOST:
                held.popitem(last=False)
        return known[1].copy() if hasattr(known[1], "copy") else known[1]

    return cast(Find, answer)


def forget() -> None:
    """Keep none of the answers of before."""
    with _lock:
        _answers.clear()


def _days(asked: list[Any]) -> Iterator[date]:
    """The first days that are looked at: a period is compared with the one before."""
    for one in asked:
        if isinstance(one, date):
            yield one
        elif hasattr(one, "before"):
            yield one.before().since
