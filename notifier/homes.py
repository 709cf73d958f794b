"""Home tabs, drawn soon, each by one hand at a time, and again where Slack was busy: an old drawing would tell old news."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from core.errors import RetryLater
from notifier.slack_client import TooFast

PAUSES = (1.0, 2.0, 4.0, 8.0)
"""Seconds after which a drawing is tried again; Slack's own wish, where it has one, stands above that."""
LONGEST_PAUSE_SECONDS = 60.0
AT_ONCE = 4

log = logging.getLogger("sunwai.listener")


class Homes:
    """Has `draw` draw the Home tab of whoever is asked for. What it raises never leaves here: nobody waits for it."""

    def __init__(self, draw: Callable[[str], None]) -> None:
        self._draw = draw
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="home")
        self._lock, self._over = threading.Lock(), threading.Event()
        self._asked: set[str] = set()
        self._drawing: set[str] = set()

    def ask(self, user: str) -> None:
        """Have the tab of `user` drawn as it is from now on. Asked again meanwhile, it is drawn once more after that."""
        with self._lock:
            self._asked.add(user)
            if user in self._drawing or self._over.is_set():
                return
            self._drawing.add(user)
            self._pool.submit(self._work, user)

    def close(self) -> None:
        """Give up what still waits for Slack: whoever opens the tab again has it drawn."""
        with self._lock:
            self._over.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _work(self, user: str) -> None:
        while self._take(user):
            self._until_drawn(user)

    def _take(self, user: str) -> bool:
        with self._lock:
            wanted = user in self._asked and not self._over.is_set()
            self._asked.discard(user)
            if not wanted:
                self._drawing.discard(user)
            return wanted

    def _until_drawn(self, user: str) -> None:
        for pause in (*PAUSES, None):
            try:
                self._draw(user)
                return
            except RetryLater as error:
                if pause is None or self._over.wait(_pause(error, pause)):
                    log.warning("the Home tab of %s could not be drawn: %s", user, error)
                    return
            except Exception:  # the edge: nobody above us would hear of it
                log.exception("the Home tab of %s could not be drawn", user)
                return


def _pause(error: RetryLater, planned: float) -> float:
    asked = error.seconds if isinstance(error, TooFast) else planned
    return min(asked, LONGEST_PAUSE_SECONDS)
