"""Who may do what in Slack: one rule for each press, form and command. What has no rule nobody may do. Pure."""

from typing import NamedTuple

from notifier import modals
from notifier.roles import Role


class Rule(NamedTuple):
    """The role that it takes, None where whoever sees it may; and `what` it is, after "Only an agent may"."""

    role: Role | None
    what: str


PRESSES = {
    "claim": Rule(Role.AGENT, "take cases"),
    "accept": Rule(Role.AGENT, "take cases"),
    "decline": Rule(Role.AGENT, "decline cases"),
    "reply": Rule(Role.AGENT, "answer in public"),
    modals.SAVED_REPLY: Rule(Role.AGENT, "answer in public"),
    modals.TO_PRIVATE: Rule(Role.AGENT, "answer in public"),
    "resolve": Rule(Role.AGENT, "resolve cases"),
    "snooze": Rule(Role.AGENT, "let cases rest"),
    "hand_over": Rule(Role.AGENT, "hand cases over"),
    "not_urgent": Rule(Role.AGENT, "say that a case is not urgent"),
    "not_us": Rule(Role.AGENT, "dismiss cases"),
    "reopen": Rule(Role.AGENT, "reopen cases"),
    "confirm_customer": Rule(Role.AGENT, "confirm customers"),
    "wrong_customer": Rule(Role.AGENT, "correct customers"),
    "note": Rule(Role.AGENT, "leave notes"),
    "open_ticket": Rule(Role.AGENT, "open tickets"),
    "sent": Rule(Role.AGENT, "say that an answer is out"),
    "withdraw": Rule(Role.AGENT, "take answers back"),
    "approve": Rule(Role.APPROVER, "let answers out"),
    "reject": Rule(Role.APPROVER, "send answers back"),
    "refresh_home": Rule(Role.VIEWER, "look at the desk"),
    "snooze_alert_day": Rule(None, "keep alerts quiet"),
    "snooze_alert_week": Rule(None, "keep alerts quiet"),
}
"""By `action_id`; an option of the menu `more` by the action that its value names."""

FORMS = {
    modals.REPLY: PRESSES["reply"],
    modals.RESOLVE: PRESSES["resolve"],
    modals.SNOOZE: PRESSES["snooze"],
    modals.HAND_OVER: PRESSES["hand_over"],
    modals.CUSTOMER: PRESSES["wrong_customer"],
    modals.REJECT: PRESSES["reject"],
    modals.NOTE: PRESSES["note"],
}
"""By `callback_id`. A form is judged again when it is sent: whoever opened it may have left the desk meanwhile."""

COMMANDS = {
    "mine": Rule(Role.VIEWER, "look at the desk"),
    "queue": Rule(Role.VIEWER, "look at the desk"),
    "case": Rule(Role.VIEWER, "look at the desk"),
    "find": Rule(Role.VIEWER, "look at the desk"),
    "take": Rule(Role.LEAD, "take a case from its owner"),
    "off": Rule(Role.LEAD, "let a channel rest"),
    "on": Rule(Role.LEAD, "end a channel's rest"),
}
"""By the word after `/sunwai`; its help is for everybody."""

HOME = PRESSES["refresh_home"]
