"""Who of the owners of open cases is not there any more: their shift is over, or they left the desk for good."""

import logging
from collections.abc import Callable, Collection, Iterable
from enum import StrEnum

from core import sla
from core.errors import SunwaiError
from core.settings import Settings
from core.sla import Coverage, Duty
from notifier.slack_client import Slack

log = logging.getLogger("sunwai.shifts")


class Why(StrEnum):
    """Why a case was let go of at a shift's end: its owner asked for that, or is not there."""

    HANDED_ON = "handed_on"
    SHIFT_ENDED = "shift_ended"
    LEFT = "left"


def leavers(
    slack: Callable[[], Slack], settings: Settings, owners: Collection[str], coverage: Coverage, ended: Duty
) -> dict[str, Why]:
    """Which of these owners are gone, now that the shift has ended.

    One has left who is deactivated in Slack, or whom `[roles]` does not name any more; their shift is over where the
    coverage names its people, they are among them, and not among those who come next. While Slack does not say, nobody is
    gone: to take a case from somebody who sits there is worse than to find one at the next shift's end.
    """
    if not owners:
        return {}
    try:
        return _Asking(slack(), settings).gone(owners, coverage, ended)
    except SunwaiError as error:
        log.warning("Slack does not say who is there, so all keep their cases: %s", error)
        return {}


class _Asking:
    """Asks Slack for each group and person once."""

    def __init__(self, slack: Slack, settings: Settings) -> None:
        self._slack, self._settings = slack, settings
        self._members: dict[str, frozenset[str]] = {}

    def gone(self, owners: Collection[str], coverage: Coverage, ended: Duty) -> dict[str, Why]:
        over = self._of_shifts(
            duty for duty in sla.shift_ends(coverage, ended.start, ended.end) if duty.end == ended.end
        )
        then = sla.next_shift(coverage, ended.end)
        come = self._of_shifts(sla.there(coverage, ended.end) or ([then] if then is not None else []))
        found = {owner: Why.SHIFT_ENDED for owner in owners if owner in over - come}
        return found | {owner: Why.LEFT for owner in owners if self._has_left(owner)}

    def _of_shifts(self, duties: Iterable[Duty]) -> frozenset[str]:
        """Everybody whom the coverages of these shifts name."""
        tables = (self._settings.coverage.get(duty.shift.team) for duty in duties)
        return self._people(one for table in tables if table is not None for one in table.people)

    def _has_left(self, owner: str) -> bool:
        roles = self._settings.roles
        known = self._people([*roles.agents, *roles.approvers, *roles.leads]) if roles.agents else None
        return (known is not None and owner not in known) or not self._slack.is_active(owner)

    def _people(self, ids: Iterable[str]) -> frozenset[str]:
        """These users, and the members of these groups."""
        return frozenset[str]().union(*(self._group(one) if one.startswith("S") else {one} for one in ids))

    def _group(self, group: str) -> frozenset[str]:
        if group not in self._members:
            self._members[group] = self._slack.group_members(group)
        return self._members[group]
