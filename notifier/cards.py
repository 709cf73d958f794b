"""What Slack shows: a case as a card, and the pipeline's own troubles. Pure Block Kit, no network, no database.

A card is read by a tired person in two seconds, so it says first how urgent and about what, then the clock and who has
it, then the author's own words, then why it rang and who the customer is; the buttons come last, the small print after
them. Limits: https://docs.slack.dev/reference/block-kit (section text 3,000 characters, a message about 13,000).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from core import wording
from core.answer import Answer, AnswerStatus, deep_link
from core.assessment import Priority, Reason
from core.case import NEXT_SHIFT, TEAM, Candidate, Case, CaseFile, CaseStatus
from core.context import Context, Stock
from core.customer import Order
from core.mention import Author, Mention
from core.ticket import Ticket
from notifier.blocks import (
    CASE_BLOCK,
    RINGS,
    Block,
    Message,
    actions,
    button,
    context,
    header,
    menu,
    message,
    moment,
    person,
    section,
)
from notifier.words import escape, excerpt, link, one_line, quote

CASE_EVENT = "sunwai_case"
OPS_EVENT = "sunwai_ops"

_DOTS = {Priority.P1: "🔴", Priority.P2: "🟠", Priority.P3: "🟡", Priority.P4: "⚪"}
_PLATFORMS = wording.PLATFORMS | {"rss": "the web"}
_FINISHED_ORDERS = ("deliver", "return", "cancel", "refund", "complet", "closed")
_WORDS, _WORDS_WHEN_CLOSED, _WORDS_OF_ANSWER = 1500, 400, 1000
_REASONS, _ORDERS, _POSTS = 4, 3, 4
MOST_BUTTONS = 3


def case_card(
    file: CaseFile,
    now: datetime,
    own_accounts: Collection[str] = (),
    *,
    about: Context | None = None,
    speakers: Collection[str] = (),
    insiders: Collection[str] = (),
    tickets: bool = False,
) -> Message:
    """Draw a case: who said what, why it rang, how long is left, what can be done.

    One function draws the first post and every update, so a card cannot disagree with its case. `own_accounts` are the
    brand's (author ids or `platform:@handle`, lower case), so that its posts in the conversation are told apart. Orders
    are drawn only for a `linked` customer, whatever the file holds. `about` is what else we know of the person and of what
    they ask; `speakers` are colleagues who speak their language, `insiders` those who know where they live, named while
    nobody has the case; `tickets` says that tickets can be opened.
    """
    case = file.case
    closed = case.status.is_closed
    blocks = [_header(file)]
    if file.erased:
        gone = "_This post was deleted, or its author asked to be forgotten; its text was removed._"
        owned = f" {person(case.owner)} has it." if case.owner else ""
        if closed or file.joined:
            left = _standing(file, now)
        else:
            left = f"There is nothing left to answer.{owned}"
        return message(
            _summary(file), [*blocks, section(f"{gone}\n{left}"), *_buttons(file, tickets), _small_print(file)]
        )
    blocks.append(section(f"{_standing(file, now)}{_helpers(file, speakers, insiders)}"))
    blocks.append(section(said(file.mention, _WORDS_WHEN_CLOSED if closed else _WORDS, now)))
    if not closed:
        blocks.append(section(_why(file)))
        who = "\n".join((*customer_lines(file.candidates), *person_lines(about, now)))
        blocks.append(section(who, _about_the_customer(file), f"{CASE_BLOCK}{case.id}:customer"))
        if help_found := help_lines(about):
            blocks.append(section("\n".join(help_found)))
        if conversation := _conversation(file, own_accounts):
            blocks.append(section(conversation))
        blocks += _answer(file)
    return message(_summary(file), [*blocks, *_buttons(file, tickets), _small_print(file)])


def case_metadata(file: CaseFile, dedupe_key: str) -> dict[str, Any]:
    """What lets a sender find its own message again: the outbox row's key, beside the ids of mention and case."""
    payload = {"id": dedupe_key, "mention": file.mention.id, "case": file.case.id}
    return {"event_type": CASE_EVENT, "event_payload": payload}


def offer(file: CaseFile, card: str) -> Message:
    """A case that is offered to another team, in that team's channel; `card` is the link to its card. It quotes nobody, so
    nothing of it need be taken back when a post is deleted."""
    case = file.case
    who = person(case.handed_by or case.owner or "somebody")
    where = link(card, "its card")
    text = f"🤝 {who} offers a case to this team: {_DOTS[case.priority]} *{case.priority.name} · {_topic(case)}*"
    value = {"case": case.id}
    buttons = [button("accept", "Accept", value, "primary"), button("decline", "Decline", value)]
    told = f"{text}\nSee {where} before you accept." if card else text
    return message(
        f"🤝 A case is offered to this team: {case.priority.name} {_topic(case)}",
        [section(told), actions(case.id, buttons)],
    )


def _header(file: CaseFile) -> Block:
    case = file.case
    open_mark = "🗑️ Deleted ·" if file.erased else _DOTS[case.priority]
    mark = {CaseStatus.RESOLVED: "✅ Resolved ·", CaseStatus.DISMISSED: "➖ Dismissed ·"}.get(case.status, open_mark)
    text = f"{mark} {case.priority.name} · {_topic(case)} · {file.brand_name}"
    return header(text)


def _standing(file: CaseFile, now: datetime) -> str:
    """The clock and the owner, the more pressing one first; whom it is offered to or how long it rests; and how many
    speak, where they are several."""
    standing = f"{_clock_and_owner(file.case, now)}{_wrote_back(file, now)}{_offer(file.case)}{_rest(file.case, now)}"
    if file.erased and file.joined:
        return f"{standing} · 👥 *{wording.crowd(file)}* {'is' if file.joined == 1 else 'are'} still there"
    return f"{standing} · 👥 *{wording.crowd(file)}*" if file.authors > 1 else standing


def _clock_and_owner(case: Case, now: datetime) -> str:
    owner = person(case.owner) if case.owner else ""
    if case.status.is_closed:
        by = f" by {owner}" if owner else ""
        when = f" at {_at(case.resolved_at, now)}" if case.resolved_at else ""
        why = f": {one_line(wording.outcome(case.resolution), 300)}" if case.resolution else ""
        return f"{case.status.value.capitalize()}{by}{when}{why}"
    clock = _clock(case, now)
    if not owner:
        return f"{clock} · *nobody has it yet*" if clock else "*Nobody has it yet*"
    return f"{owner} has it{f' · {clock}' if clock else ''}"


def _helpers(file: CaseFile, speakers: Collection[str], insiders: Collection[str]) -> str:
    """Who is right for it, while nobody has it; each is named once."""
    if file.case.owner or file.case.status.is_closed:
        return ""
    language = wording.LANGUAGES.get(file.assessment.language, file.assessment.language)
    others = [one for one in insiders if one not in speakers]
    named = {f"🗣️ Speaks {language}": list(speakers), "🧭 Knows their market": others}
    told = (f"\n{what}: {' '.join(person(one) for one in people[:5])}" for what, people in named.items() if people)
    return "".join(told)


def _wrote_back(file: CaseFile, now: datetime) -> str:
    """That it is our turn again: what they wrote since stands far below, in the conversation."""
    answered = file.case.answered_at
    if file.case.status is not CaseStatus.OPEN or answered is None:
        return ""
    theirs = (said for said in file.conversation if said.author.id == file.mention.author.id)
    since = max((said.created_at for said in theirs if said.created_at > answered), default=None)
    return f" · 🗨️ *they wrote back at {_at(since, now)}*" if since is not None else ""


def _offer(case: Case) -> str:
    if case.handed_to is None:
        return ""
    return f" · 🤝 offered to {offered_to(case.handed_to)}"


def offered_to(to: str) -> str:
    """Whom a case is offered to, in words."""
    if to == NEXT_SHIFT:
        return "the next shift"
    return f"the team {one_line(to.removeprefix(TEAM), 60)}" if to.startswith(TEAM) else person(to)


def _rest(case: Case, now: datetime) -> str:
    if case.snoozed_until is None or case.snoozed_until <= now:
        return ""
    return f" · 💤 rests until {_at(case.snoozed_until, now)}"


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
        parts.append("*waiting for the customer*")
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


def said(mention: Mention, limit: int, now: datetime) -> str:
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


def _why(file: CaseFile) -> str:
    case, told = file.case, "; ".join(_reason(reason) for reason in wording.told(file.decisive)[:_REASONS])
    told = told or "no single signal stands out"
    raised = ", raised by a later post" if case.priority < file.assessment.urgency.priority else ""
    return f"*Why {case.priority.name}{raised}:* {told}"


def _reason(reason: Reason) -> str:
    name, shown = excerpt(wording.signal(reason.signal), 80), one_line(reason.text, 80)
    if not shown:
        return name
    return f"{name} (“{shown}”)" if wording.is_quote(reason) else f"{name} ({shown})"


def customer_lines(candidates: tuple[Candidate, ...]) -> list[str]:
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
    """Open orders, newest first, and the latest of those that are done with."""
    done = [order for order in orders if order.status.lower().startswith(_FINISHED_ORDERS)]
    still_open = [order for order in orders if order not in done]
    return [_order(order) for order in [*still_open, *done[:1]][:_ORDERS]]


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


def person_lines(about: Context | None, now: datetime) -> list[str]:
    """What else we know of the person: where they stand, how earlier cases ended, colleagues' notes."""
    if about is None:
        return []
    lines = []
    if about.standing is not None:
        mark = {"promoter": "💚", "detractor": "💔", "passive": "➖"}[about.standing.kind]
        lines.append(f"*Stands:* {mark} {about.standing.kind}, by {about.standing.posts} posts")
    if about.earlier:
        told = "; ".join(_earlier(case, now) for case in about.earlier[:3])
        lines.append(f"*Earlier cases:* {about.earlier_count}: {told}")
    lines += [f"*Note* by {person(note.by)}: {one_line(note.text, 300)}" for note in about.notes[:2]]
    return lines


def help_lines(about: Context | None) -> list[str]:
    """What helps to answer: stock, help articles, and whether others have answered already."""
    if about is None:
        return []
    lines = []
    if about.stock:
        found = "; ".join(_stock(stock) for stock in about.stock[:3])
        lines.append(f"*In stock:* {found}")
    if about.articles:
        found = " · ".join(link(article.url, one_line(article.title, 80)) for article in about.articles[:3])
        lines.append(f"*Help:* {found}")
    if others := about.answered_by_others:
        lines.append(f"*{others}* other {'person has' if others == 1 else 'people have'} answered them already")
    return lines


def _earlier(case: Case, now: datetime) -> str:
    ended = wording.outcome(case.resolution) if case.status.is_closed else "still open"
    return f"{_topic(case)}, {moment(case.opened_at, '{date_short}')} ({one_line(ended or case.status.value, 60)})"


def _stock(stock: Stock) -> str:
    place = f"{one_line(stock.shop, 60)}{f', {one_line(stock.city, 40)}' if stock.city else ''}"
    left = "sold out" if stock.quantity <= 0 else f"{stock.quantity:,} left"
    return f"{one_line(stock.product, 80)}, {place}: *{left}*"


def _about_the_customer(file: CaseFile) -> Block | None:
    """The menu beside the customer: put the link right."""
    if not file.candidates:
        return None
    linked = any(candidate.link.status == "linked" for candidate in file.candidates)
    right = {} if linked else {"confirm_customer": "Confirm the customer"}
    return menu({**right, "wrong_customer": "Wrong customer", "note": "Leave a note"})


def _answer(file: CaseFile) -> list[Block]:
    """The answer that is on its way, or that could not be sent: its words, and what it waits for."""
    answer = file.answer
    if answer is None:
        return []
    author = person(answer.author)
    if answer.status is AnswerStatus.TO_APPROVE:
        return [section(f"✍️ *{author} wrote an answer. It waits for a second person to approve it:*\n{_draft(answer)}")]
    if answer.status is AnswerStatus.TO_SEND:
        return [section(f"📤 *{author}'s answer is on its way:*\n{_draft(answer)}")]
    if answer.status is AnswerStatus.BY_HAND:
        filled = file.mention.platform == "x"  # its reply box opens with the text in it
        way = link(deep_link(file.mention, answer.text), "Open the reply box" if filled else "Open the post")
        then = "send what is in it" if filled else "paste this, send it"
        told = f"✋ *This platform wants a person to send it. {way}, {then}, then press Sent.*\n{_copy(answer)}"
        return [section(told)]
    if answer.status is AnswerStatus.FAILED:
        why = one_line(answer.error or "the platform did not take it", 300)
        return [section(f"⚠️ *{author}'s answer was not sent:* {why}\n{_draft(answer)}")]
    return []


def _draft(answer: Answer) -> str:
    return quote(answer.text, _WORDS_OF_ANSWER)


def _copy(answer: Answer) -> str:
    """The text in a block that Slack shows letter by letter, to be copied."""
    return f"```{escape(answer.text)[:_WORDS_OF_ANSWER]}```"


def _buttons(file: CaseFile, tickets: bool) -> list[Block]:
    """At most three, and none before it works, the likeliest first; what else can be done is in the menu after them."""
    case, answer = file.case, file.answer
    value = {"case": case.id}
    if case.status.is_closed:
        return [] if file.erased else [actions(case.id, [button("reopen", "Reopen", value)])]
    whose = _whose(case)
    resolve = button("resolve", "Resolve", value)
    if file.erased and not file.joined:
        return [actions(case.id, [*([] if case.owner else whose), resolve])]
    this = {**value, "answer": answer.id if answer is not None else 0}
    withdraw = button("withdraw", "Take it back", this)
    waits = answer.status if answer is not None else None
    if waits is AnswerStatus.TO_APPROVE:
        approve = button("approve", "Approve and send", this, "primary")
        wanted = [approve, button("reject", "Send back", this), withdraw, *whose]
    elif waits is AnswerStatus.BY_HAND:
        wanted = [button("sent", "Sent", this, "primary"), withdraw, resolve, *whose]
    elif waits is AnswerStatus.TO_SEND:
        wanted = [*whose, withdraw, resolve]
    else:  # whoever has it keeps it until an offer is accepted, and its clock runs: it can be answered meanwhile
        wanted = [*whose, button("reply", "Reply", value, "" if whose else "primary"), resolve]
    left_over = {one["action_id"]: one["text"]["text"] for one in wanted[MOST_BUTTONS:]}
    more = menu(left_over | _more(case, tickets, file.ticket))
    return [actions(case.id, [*wanted[:MOST_BUTTONS], more], RINGS if case.priority.rings else "")]


def _whose(case: Case) -> list[Block]:
    """What settles who has it: an offer, or that nobody has."""
    value = {"case": case.id}
    if case.handed_to is not None:
        return [button("accept", "Accept", value, "primary"), button("decline", "Decline", value)]
    return [] if case.owner else [button("claim", "Claim", value, "primary")]


def _more(case: Case, tickets: bool, ticket: Ticket | None) -> dict[str, str]:
    """What the menu offers beside the buttons. What is offered to somebody is declined before it goes to another."""
    more = {"snooze": "Snooze"} | ({} if case.handed_to is not None else {"hand_over": "Hand over"})
    more["not_urgent"] = "Not urgent" if case.priority.rings else "No answer needed"
    more["not_us"] = "Not about us"
    if tickets and ticket is None:
        more["open_ticket"] = "Open a ticket"
    return more


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
    if moved := file.case.transfers:
        parts.append(f"handed to another team {'once' if moved == 1 else f'{moved} times'}")
    parts.append(f"case {file.case.id}")
    if file.ticket is not None:
        name = f"ticket {one_line(file.ticket.external_id, 40)}".strip()
        parts.append(f"🎫 {link(file.ticket.url, name)}")
    return context(" · ".join(parts))


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
    return message(f"{'✅ Recovered:' if over else '⚠️'} {title}", [section(text), context(f"Sunwai · {since}")])


def ops_metadata(dedupe_key: str) -> dict[str, Any]:
    return {"event_type": OPS_EVENT, "event_payload": {"id": dedupe_key}}


# Pieces


def _topic(case: Case) -> str:
    return wording.topic(case.department)


def _short_number(number: int) -> str:
    """999, 1.2k, 12k, 3.4M."""
    for size, unit in ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k")):
        if number >= size:
            value = number / size
            return f"{value:.1f}".removesuffix(".0") + unit if value < 10 else f"{int(value)}{unit}"
    return str(number)
