"""STAGE: ask Slack what the people of the desk are called, so that pages show names."""

import logging
from collections.abc import Callable
from datetime import datetime

from core.errors import SunwaiError
from core.store import Store, colleagues
from notifier.slack_client import Slack

AT_ONCE = 20
"""People asked for in one pass: Slack bears a hundred a minute, and others ask too."""

log = logging.getLogger("sunwai.colleagues")


def learn_names(store: Store, slack: Callable[[], Slack], now: datetime) -> dict[str, int]:
    """Ask for those who are not known yet, and for those who were asked for a day ago: who left loses their name.

    Safe to run twice, or twice at once. Returns counts: `named`. While Slack does not say, pages show ids.
    """
    with store.read() as tx:
        waiting = colleagues.to_ask(tx, now, AT_ONCE)
    named = 0
    for id in waiting:
        try:
            name = slack().called(id)
        except SunwaiError as error:
            log.warning("Slack does not say what people are called: %s", error)
            break
        store.run(lambda tx, id=id, name=name: colleagues.keep(tx, id, name, now))  # type: ignore[misc]
        named += bool(name)
    return {"named": named}
