"""Who may do what, by the settings' `[roles]`: Slack users, or everybody in a Slack user group."""

import time
from collections.abc import Callable, Iterable
from enum import StrEnum

from core.case import Refused
from core.errors import SunwaiError
from core.teams import RolesTable
from notifier.slack_client import Slack

KEPT_SECONDS = 300.0
"""How long we trust what Slack said of a group's members: somebody who left is out after so long."""


class Role(StrEnum):
    VIEWER = "viewer"
    AGENT = "agent"
    APPROVER = "approver"
    LEAD = "lead"


class Roles:
    """Asks Slack for the members of groups, and remembers them for a while.

    While Slack does not answer, what it said last holds; somebody whom we never could look up has no role.
    """

    def __init__(self, slack: Slack, table: RolesTable, tick: Callable[[], float] = time.monotonic) -> None:
        self._slack, self._table, self._tick = slack, table, tick
        self._members: dict[str, tuple[float, frozenset[str]]] = {}

    def has(self, user: str, role: Role) -> bool:
        """A lead may do all; an approver may also do what agents do, and an agent what viewers do. While no agents are
        named, everybody is one; while no viewers are, everybody may look; while neither approvers nor leads are, every
        agent may approve; nobody is a lead who is not named."""
        table = self._table
        if self.is_among(user, table.leads):
            return True
        if role is Role.LEAD:
            return False
        if self.is_among(user, table.approvers):
            return True
        if role is Role.APPROVER and (table.approvers or table.leads):
            return False
        if role is Role.VIEWER and (not table.viewers or self.is_among(user, table.viewers)):
            return True
        return not table.agents or self.is_among(user, table.agents)

    def names(self, user: str) -> bool:
        """Whether `[roles]` names this user, or a group that they are in, for anything."""
        table = self._table
        return self.is_among(user, (*table.leads, *table.approvers, *table.agents, *table.viewers))

    def need(self, user: str, role: Role, what: str) -> None:
        """Raises Refused, in words for `user`, where they do not have the role."""
        if self.has(user, role):
            return
        whose = {Role.AGENT: self._table.agents, Role.APPROVER: self._table.approvers or self._table.leads}
        people = whose.get(role, self._table.leads)
        ask = f" Ask one of {' '.join(_mention(one) for one in people[:5])}." if people else ""
        raise Refused(f"Only {_ARTICLE[role]} {role} may {what}.{ask}")

    def is_among(self, user: str, people: Iterable[str]) -> bool:
        return any(user == one or (one.startswith("S") and user in self._of(one)) for one in people)

    def _of(self, group: str) -> frozenset[str]:
        at, known = self._members.get(group, (float("-inf"), frozenset[str]()))
        if self._tick() - at < KEPT_SECONDS:
            return known
        try:
            known = self._slack.group_members(group)
        except SunwaiError:
            return known
        self._members[group] = (self._tick(), known)
        return known


_ARTICLE = {Role.VIEWER: "a", Role.AGENT: "an", Role.APPROVER: "an", Role.LEAD: "a"}


def _mention(one: str) -> str:
    if "@" in one:
        return one
    return f"<!subteam^{one}>" if one.startswith("S") else f"<@{one}>"
