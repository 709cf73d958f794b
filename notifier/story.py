"""A case's story, told in the thread under its card: one line for each thing that happened. Pure.

Nothing that is written in the thread ever leaves Slack: answers go out by the card's Reply alone.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from core import wording
from core.answer import AnswerStatus
from core.case import Case, CaseEvent, CaseFile, EventKind
from core.mention import Mention
from notifier.blocks import Message, message, moment, person, section
from notifier.cards import offered_to
from notifier.clocks import lasting
from notifier.words import link, one_line, quote

LOUD = frozenset({EventKind.RAISED, EventKind.REOPENED})
"""What the whole channel is to hear again: Slack tells nobody that a card was edited."""
_CLOCKS = {"answer": "first answer", "resolve": "resolution"}
_WORDS = 1200


def is_loud(event: CaseEvent, file: CaseFile) -> bool:
    """Whether the channel is to hear it: also that an answer waits for whoever may let it out, for the clock runs on."""
    return event.kind in LOUD or _waits_to_be_let_out(event, file)


def line(
    event: CaseEvent, file: CaseFile, said: Mention | None = None, approvers: Collection[str] = ()
) -> Message | None:
    """What to write in the thread for an event; None for what the card alone shows. `said` is the post that it is about,
    where there is one; `approvers` are who may let answers out, where they are named."""
    who, data = person(event.actor), event.data
    match event.kind:
        case EventKind.CLAIMED:
            was = f" from {person(str(data['from']))}" if data.get("from") else ""
            return _plain(f"👋 {who} took the case{was}")
        case EventKind.RELEASED:
            whose = person(str(data.get("from", "")))
            over = f"{whose} is not on the desk any more" if data.get("why") == "left" else f"{whose}'s shift is over"
            return _plain(f"🕔 {over}; the case is free to take")
        case EventKind.OFFERED:
            return _plain(f"🤝 {who} offers the case to {offered_to(str(data['to']))}")
        case EventKind.ACCEPTED:
            to = f", for the team {one_line(str(data['team']), 60)}" if data.get("team") else ""
            return _plain(f"👋 {who} accepted the case{to}")
        case EventKind.DECLINED:
            return _plain(f"↩️ {who} declined; the case stays where it was")
        case EventKind.SNOOZED:
            return _plain(f"💤 {who} lets it rest until {_moment(data['until'])}")
        case EventKind.WOKEN:
            return _plain(
                f"⏰ It has rested long enough: {person(file.case.owner) if file.case.owner else 'who goes on?'}"
            )
        case EventKind.LOWERED:
            return _plain(f"🔽 {who} says that this is not urgent: {data['from']} → {data['to']}")
        case EventKind.RAISED:
            return _plain(f"🔼 More urgent now: {data['from']} → {data['to']}")
        case EventKind.RESOLVED | EventKind.DISMISSED:
            why = one_line(wording.outcome(str(data.get("reason", ""))), 200)
            note = f" ({one_line(event.note, 300)})" if event.note else ""
            mark = "✅" if event.kind is EventKind.RESOLVED else "➖"
            return _plain(f"{mark} {who} {event.kind.value} the case{f': {why}' if why else ''}{note}")
        case EventKind.REOPENED:
            return _plain("🔁 The case is open again")
        case EventKind.DRAFTED if _waits_to_be_let_out(event, file):
            whom = " ".join(person(one) for one in approvers if one != event.actor) or "a second person"
            return _plain(f"✍️ {who} wrote an answer. It waits to be let out by {whom}")
        case EventKind.DRAFTED:
            return _plain(f"✍️ {who} wrote an answer")
        case EventKind.APPROVED:
            return _plain(f"👍 {who} approved the answer")
        case EventKind.REJECTED:
            note = f": {one_line(event.note, 500)}" if event.note else ""
            return _plain(f"✋ {who} sent the answer back{note}")
        case EventKind.ANSWERED:
            return _plain(f"💬 Answered in public{f' by {who}' if event.actor[:1] in 'UW' else ''}")
        case EventKind.NOT_SENT if data.get("why") == "withdrawn":
            return _plain(f"↩️ {who} took the answer back")
        case EventKind.NOT_SENT:
            return _plain("⚠️ The answer was not sent; see the card")
        case EventKind.JOINED | EventKind.CAME_BACK if said is not None and said.text:
            return _said(file, said)
        case EventKind.CONFIRMED_CUSTOMER:
            return _plain(f"🔗 {who} confirmed the customer")
        case EventKind.WRONG_CUSTOMER:
            return _plain(f"⛔ {who} says that this is not the customer; the details are off the card")
        case EventKind.NOTED:
            return _plain(f"📝 {who} left a note on the customer")
        case EventKind.TICKETED:
            return _plain(f"🎫 {who} opened a ticket")
    return None


def _waits_to_be_let_out(event: CaseEvent, file: CaseFile) -> bool:
    """Whether the answer that was drafted then still does."""
    answer = file.answer
    if event.kind is not EventKind.DRAFTED or answer is None or answer.status is not AnswerStatus.TO_APPROVE:
        return False
    return answer.id == event.data.get("answer") and not file.case.status.is_closed


def clock_line(data: dict[str, Any], file: CaseFile) -> Message:
    """A clock that is about to run out, or did. `data`: `what` ("answer_warned", "resolve_breached", "answer_escalated_30"
    ...), `due` (ISO 8601) and `ping`, the Slack users and groups to name."""
    clock, _, what = str(data["what"]).partition("_")
    named = " ".join(person(str(one)) for one in data.get("ping", ()) if one != file.case.owner)
    due, of = _moment(data["due"]), _CLOCKS.get(clock, clock)
    owner = f" {person(file.case.owner)} has the case." if file.case.owner else " *Nobody has the case yet.*"
    about = f"{file.case.priority.name} · {wording.topic(file.case.department)}"
    if what.startswith("escalated"):
        late = lasting(60 * int(what.partition("_")[2]))
        return _plain(f"🚨 *{about}: the {of} is {late} overdue, since {due}.*{owner} {named}".rstrip())
    if what == "breached":
        return _plain(f"🚨 *{about}: the {of} was due {due}.*{owner} {named}".rstrip())
    return _plain(f"⏳ *{about}: the {of} is due {due}.*{owner} {named}".rstrip())


def still_runs(data: dict[str, Any], case: Case) -> bool:
    """Whether a clock's line, queued a moment ago, is still true of the case."""
    clock = str(data["what"]).partition("_")[0]
    due = case.answer_by if clock == "answer" else case.resolve_by
    over = case.status.is_closed or (
        case.answered_at is not None if clock == "answer" else case.waiting_since is not None
    )
    return not over and due is not None and due == datetime.fromisoformat(str(data["due"]))


def _said(file: CaseFile, said: Mention) -> Message:
    answered = file.case.answered_at
    same = said.author.id == file.mention.author.id
    who = "The customer" if same else f"@{one_line(said.author.handle.lstrip('@') or said.author.display_name, 60)}"
    wrote = "wrote back" if same and answered is not None and said.created_at > answered else "wrote more"
    post = link(said.url, "View post")
    view = f" · {post}" if post.startswith("<") else ""
    text = f"🗨️ *{who} {wrote}*{view}\n{quote(said.text, _WORDS)}"
    return message(f"🗨️ {who} {wrote}: {one_line(said.text, 160)}", [section(text)])


def _plain(text: str) -> Message:
    return message(text, [section(text)])


def _moment(iso: Any) -> str:
    return moment(datetime.fromisoformat(str(iso)), "{date_short_pretty} at {time}")
