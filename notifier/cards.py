"""What Slack shows: a case as a card, and the pipeline's own troubles. Pure Block Kit, no network, no database.

A card is read by a tired person in two seconds, so it says first how urgent and about what, then the clock and who has
it, then the author's own words, then why it rang and who the customer is; the buttons come last, the small print after
them. Limits: https://docs.slack.dev/reference/block-kit (section text 3,000 characters, a message about 13,000).
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from core import wording
from core.assessment import Assessment, Priority, Reason
from core.case import Candidate, Case, CaseFile, CaseStatus
from core.customer import Order
from core.mention import Author, Mention
from notifier.words import escape, excerpt, link, one_line, quote

Block = dict[str, Any]
Message = dict[str, Any]
"""`text` and `blocks`, as chat.postMessage and chat.update take them."""

CASE_EVENT = "sunwai_case"
OPS_EVENT = "sunwai_ops"

_DOTS = {Priority.P1: "🔴", Priority.P2: "🟠", Priority.P3: "🟡", Priority.P4: "⚪"}
_PLATFORMS = wording.PLATFORMS | {"rss": "the web"}
_FINISHED_ORDERS = ("deliver", "return", "cancel", "refund", "complet", "closed")
_WORDS, _WORDS_WHEN_CLOSED = 1500, 400
_REASONS, _ORDERS, _POSTS = 4, 3, 4


def case_card(file: CaseFile, now: datetime, own_accounts: Collection[str] = ()) -> Message:
    """Draw a case: who said what, why it rang, how long is left, what can be done.

    One function draws the first post and every update, so a card cannot disagree with its case. `own_accounts` are the
    brand's (author ids or `platform:@handle`, lower case), so that its posts in the conversation are told apart. Orders
    are drawn only for a `linked` customer, whatever the file holds.
    """
    case = file.case
    closed = case.status.is_closed
    blocks = [_header(file)]
    if file.erased:
        gone = "_This post was deleted, or its author asked to be forgotten; its text was removed._"
        owned = f" {_person(case.owner)} has it." if case.owner else ""
        if closed or file.joined:
            left = _standing(file, now)
        else:
            left = f"There is nothing left to answer.{owned}"
        return _message(_summary(file), [*blocks, _section(f"{gone}\n{left}"), *_buttons(case), _small_print(file)])
    blocks.append(_section(_standing(file, now)))
    blocks.append(_section(_said(file.mention, _WORDS_WHEN_CLOSED if closed else _WORDS, now)))
    if not closed:
        blocks.append(_section("\n".join((_why(case, file.assessment), *_customer(file.candidates)))))
        if conversation := _conversation(file, own_accounts):
            blocks.append(_section(conversation))
    return _message(_summary(file), [*blocks, *_buttons(case), _small_print(file)])


def case_metadata(file: CaseFile, dedupe_key: str) -> dict[str, Any]:
    """What lets a sender find its own message again: the outbox row's key, beside the ids of mention and case."""
    payload = {"id": dedupe_key, "mention": file.mention.id, "case": file.case.id}
    return {"event_type": CASE_EVENT, "event_payload": payload}


def _header(file: CaseFile) -> Block:
    case = file.case
    open_mark = "🗑️ Deleted ·" if file.erased else _DOTS[case.priority]
    mark = {CaseStatus.RESOLVED: "✅ Resolved ·", CaseStatus.DISMISSED: "➖ Dismissed ·"}.get(case.status, open_mark)
    text = f"{mark} {case.priority.name} · {_topic(case)} · {file.brand_name}"
    return {"type": "header", "text": {"type": "plain_text", "text": text[:150], "emoji": True}}


def _standing(file: CaseFile, now: datetime) -> str:
    """The clock and the owner, the more pressing one first; and how many speak, where they are several."""
    standing = _clock_and_owner(file.case, now)
    if file.erased and file.joined:
        return f"{standing} · 👥 *{wording.crowd(file)}* {'is' if file.joined == 1 else 'are'} still there"
    return f"{standing} · 👥 *{wording.crowd(file)}*" if file.authors > 1 else standing


def _clock_and_owner(case: Case, now: datetime) -> str:
    owner = _person(case.owner) if case.owner else ""
    if case.status.is_closed:
        by = f" by {owner}" if owner else ""
        when = f" at {_at(case.resolved_at, now)}" if case.resolved_at else ""
        why = f": {one_line(case.resolution, 300)}" if case.resolution else ""
        return f"{case.status.value.capitalize()}{by}{when}{why}"
    clock = _clock(case, now)
    if not owner:
        return f"{clock} · *nobody has it yet*" if clock else "*Nobody has it yet*"
    return f"{owner} has it{f' · {clock}' if clock else ''}"


def _clock(case: Case, now: datetime) -> str:
    if case.answered_at is None and case.answer_by is not None:
        if now > case.answer_by:
            return f"⏰ *Overdue: the answer was due {_by(case.answer_by, now)}*"
        return f"*Answer {_by(case.answer_by, now)}*"
    parts = []
    if case.answered_at is not None:
        late = case.answer_by is not None and case.answered_at > case.answer_by
        parts.append(f"answered at {_at(case.answered_at, now)}{' (late)' if late else ''}")
    if case.status is CaseStatus.WAITING:
        parts.append("waiting for the customer")
    elif case.resolve_by is not None:
        overdue = "⏰ *resolution was due" if now > case.resolve_by else "*resolve"
        parts.append(f"{overdue} {_by(case.resolve_by, now)}*")
    return " · ".join(parts)


def _by(at: datetime, now: datetime) -> str:
    """`by 14:32`, with the day where that alone could mislead."""
    return f"by {_at(at, now)}"


def _at(at: datetime, now: datetime) -> str:
    near = abs(at - now) < timedelta(hours=12)
    return moment(at, "{time}" if near else "{time}, {date_short}")


def _said(mention: Mention, limit: int, now: datetime) -> str:
    """Whose words, from where, and the words."""
    parts = [f"{_author(mention.author)} on {_where(mention)}", _at(mention.created_at, now)]
    if post := link(mention.url, "View post"):
        parts.append(f"*{post}*" if post.startswith("<") else "")
    lines = [" · ".join(part for part in parts if part)]
    if mention.title:
        lines.append(f"> *{one_line(mention.title, 200)}*")
    if mention.text:
        lines.append(quote(mention.text, limit))
    if mention.quoted_text:
        lines.append(f"{'Reposting' if mention.kind == 'repost' else 'Quoting'}: {one_line(mention.quoted_text, 300)}")
    return "\n".join(line for line in lines if line)


def _author(author: Author) -> str:
    name, handle = one_line(author.display_name, 80), one_line(author.handle.lstrip("@"), 80)
    parts = [f"*{name}*"] if name else []
    if handle and handle.casefold() != name.casefold():  # Reddit and most feeds know only one of the two
        parts.append(f"@{handle}" if name else f"*@{handle}*")
    if author.verified:
        parts.append("✓ verified")
    if author.followers is not None:
        parts.append(f"({_short_number(author.followers)} follower{'' if author.followers == 1 else 's'})")
    return " ".join(parts) or "*Somebody*"


def _where(mention: Mention) -> str:
    platform = _PLATFORMS.get(mention.platform) or escape(mention.platform).capitalize()[:40]
    return f"{platform}, {one_line(mention.place, 80)}" if mention.place else platform


def _why(case: Case, assessment: Assessment) -> str:
    told = "; ".join(_reason(reason) for reason in wording.told(assessment)[:_REASONS]) or "no single signal stands out"
    raised = ", raised by a later post" if case.priority < assessment.urgency.priority else ""
    return f"*Why {case.priority.name}{raised}:* {told}"


def _reason(reason: Reason) -> str:
    name, shown = excerpt(wording.signal(reason.signal), 80), one_line(reason.text, 80)
    if not shown:
        return name
    return f"{name} (“{shown}”)" if wording.is_quote(reason) else f"{name} ({shown})"


def _customer(candidates: tuple[Candidate, ...]) -> list[str]:
    """One line for the customer that we know, or one for each that it may be; orders only for the first kind."""
    linked = [candidate for candidate in candidates if candidate.link.status == "linked"]
    if linked:
        customer = linked[0].customer
        tier = f", {one_line(customer.tier, 40)}" if customer.tier else ""
        who = f"{one_line(customer.name, 100) or 'unnamed'} ({one_line(customer.customer_id, 60)}{tier})"
        return [f"*Customer:* {who} · linked{_evidence(linked[0])}", *_orders(linked[0].orders)]
    if not candidates:
        return ["*Customer:* not found in our records"]
    return [_possible(candidate) for candidate in candidates[:2]]


def _possible(candidate: Candidate) -> str:
    customer = candidate.customer
    name = one_line(customer.name, 100) or one_line(customer.customer_id, 60)
    sure = round(min(max(candidate.link.probability, 0.0), 1.0) * 100)
    return f"*Customer:* possibly {name} ({sure}%){_evidence(candidate)}. Check before you share anything."


def _evidence(candidate: Candidate) -> str:
    enough = 1 if candidate.link.status == "linked" else 2  # a proof needs no second; guesses add up
    found = candidate.link.evidence[:enough]
    told = [one_line(evidence.text or evidence.kind.replace("_", " "), 100) for evidence in found]
    return f": {'; '.join(told)}" if told else ""


def _orders(orders: tuple[Order, ...]) -> list[str]:
    """Open orders, newest first; where none is open, the latest one."""
    still_open = [order for order in orders if not order.status.lower().startswith(_FINISHED_ORDERS)]
    return [_order(order) for order in (still_open[:_ORDERS] or orders[:1])]


def _order(order: Order) -> str:
    parts = [one_line(order.order_id, 60), f"*{one_line(order.status, 40)}*" if order.status else ""]
    parts += [one_line(order.items, 120), one_line(order.total, 40)]
    if order.placed_at:
        parts.append(f"placed {moment(order.placed_at, '{date_short}')}")
    return "• Order " + " · ".join(part for part in parts if part)


def _conversation(file: CaseFile, own_accounts: Collection[str]) -> str:
    others = [mention for mention in file.conversation if mention.id != file.mention.id and mention.text]
    if not others:
        return ""
    earlier = len(others) - _POSTS
    lines = ["*Conversation so far*" + (f" ({earlier} earlier left out)" if earlier > 0 else "")]
    for mention in others[-_POSTS:]:
        author = mention.author
        ours = {author.id.lower(), f"{author.platform}:@{author.handle.lstrip('@')}".lower()} & set(own_accounts)
        handle = one_line(author.handle.lstrip("@") or author.display_name, 60) or "somebody"
        who = f"*{one_line(file.brand_name, 60)} (us)*" if ours else f"@{handle}"
        lines.append(f"• {who}: {one_line(mention.text, 160)}")
    return "\n".join(lines)


def _buttons(case: Case) -> list[Block]:
    """At most three, and none before it works: Claim while nobody has it, Resolve until it is closed."""
    if case.status.is_closed:
        return []
    buttons = [] if case.owner else [_button("claim", "Claim", case, "primary")]
    buttons.append(_button("resolve", "Resolve", case))
    return [{"type": "actions", "block_id": "case_actions", "elements": buttons}]


def _button(action: str, label: str, case: Case, style: str | None = None) -> Block:
    text = {"type": "plain_text", "text": label, "emoji": True}
    button: Block = {
        "type": "button",
        "action_id": action,
        "text": text,
        "value": json.dumps({"case": case.id, "v": 1}),
    }
    return {**button, "style": style} if style else button


def case_of(button_value: str) -> int:
    """The case that a button of a card belongs to. Raises ValueError for a value that no card of ours carries."""
    try:
        return int(json.loads(button_value)["case"])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("this button belongs to no case") from error


def _small_print(file: CaseFile) -> Block:
    assessment, parts = file.assessment, []
    if file.joined and file.authors == 1 and not file.erased:
        parts.append(f"➕ {file.joined} more post{'' if file.joined == 1 else 's'} by the author joined")
    if not file.erased:
        spoken = assessment.language
        parts.append(wording.LANGUAGES.get(spoken) or excerpt(spoken, 20) or wording.LANGUAGES["und"])
        feeling = assessment.sentiment
        parts.append(
            "sentiment not judged" if feeling.label == "unsupported" else f"{feeling.label} ({feeling.score:+.2f})"
        )
        if assessment.intent != "other":
            parts.append(assessment.intent)
    parts.append(f"case {file.case.id}")
    return _context(" · ".join(parts))


def _summary(file: CaseFile) -> str:
    """One line for notifications, screen readers and search."""
    case = file.case
    standing = case.status.value.capitalize() + " " if case.status.is_closed else ""
    head = f"{_DOTS[case.priority]} {standing}{case.priority.name} {_topic(case)}"
    if file.erased:
        return f"{head}: the post was deleted"
    author = file.mention.author
    who = one_line(author.display_name or author.handle.lstrip("@"), 60) or "somebody"
    said = one_line(file.mention.text or file.mention.title or file.mention.quoted_text, 160)
    due = f" Answer by {case.answer_by:%H:%M} UTC." if case.answer_by and not (case.answered_at or standing) else ""
    return f"{head}: {who} on {_where(file.mention)}: “{said}”{due}"


# The pipeline's own troubles


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something wrong with the pipeline itself, or the news that it is over.

    `title` is what happened, `detail` what is known of it, `remedy` what a person can do; all in our own words.
    """

    state: Literal["raised", "recovered"]
    title: str
    detail: str
    remedy: str
    at: datetime


def ops_message(alarm: Alarm) -> Message:
    """Draw an alarm for the ops channel: what is wrong, since when, what to do; or that it is over."""
    over = alarm.state == "recovered"
    title = one_line(alarm.title, 300)
    lines = [f"{'✅ Recovered:' if over else '⚠️'} *{title}*", "" if over else one_line(alarm.detail, 600)]
    if alarm.remedy and not over:
        lines.append(f"*To do:* {one_line(alarm.remedy, 400)}")
    text = "\n".join(line for line in lines if line)
    since = moment(alarm.at, "{date_short}, {time}")
    return _message(f"{'✅ Recovered:' if over else '⚠️'} {title}", [_section(text), _context(f"Sunwai · {since}")])


def ops_metadata(dedupe_key: str) -> dict[str, Any]:
    return {"event_type": OPS_EVENT, "event_payload": {"id": dedupe_key}}


# Pieces


def moment(at: datetime, form: str) -> str:
    """A time that each reader sees in their own zone and habit; in UTC where Slack cannot show that.

    `form` uses Slack's tokens: https://docs.slack.dev/messaging/formatting-message-text#date-formatting
    """
    plain = (
        f"{at:%H:%M} UTC" if form == "{time}" else f"{at:%d %b %Y}" if "{time}" not in form else f"{at:%d %b %H:%M} UTC"
    )
    return f"<!date^{int(at.timestamp())}^{form}|{plain}>"


def _person(owner: str) -> str:
    """A Slack user as a mention; anybody else by name."""
    return f"<@{owner}>" if re.fullmatch(r"[UW][A-Z0-9]{2,20}", owner) else one_line(owner, 60)


def _topic(case: Case) -> str:
    return wording.topic(case.department)


def _short_number(number: int) -> str:
    """999, 1.2k, 12k, 3.4M."""
    for size, unit in ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k")):
        if number >= size:
            value = number / size
            return f"{value:.1f}".removesuffix(".0") + unit if value < 10 else f"{int(value)}{unit}"
    return str(number)


def _section(text: str) -> Block:
    """`verbatim` keeps Slack from finding links, channels and people in what a stranger wrote."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def _message(text: str, blocks: list[Block]) -> Message:
    return {"text": text, "blocks": blocks}
