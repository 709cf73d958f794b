"""The forms that open over Slack when a press needs more than a press. Pure: drawn from a case file, read from what Slack
sends back.

The case, and how far its story was when the form was drawn, travel in `private_metadata`, so that what is sent says what
the agent saw. Limits: https://docs.slack.dev/reference/views (title 24 characters, text input 3,000).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core import wording
from core.answer import LONGEST, LONGEST_ELSEWHERE
from core.case import LONGEST_SNOOZE, NEXT_SHIFT, TEAM, CaseFile
from core.context import Context
from core.teams import SavedReply
from notifier.blocks import Block, button, divider, option, plain, section
from notifier.blocks import context as small
from notifier.cards import customer_lines, help_lines, person_lines, said
from notifier.words import one_line, quote

View = dict[str, Any]

REPLY, RESOLVE, SNOOZE, HAND_OVER, CUSTOMER, REJECT, NOTE = (
    "reply_form",
    "resolve_form",
    "snooze_form",
    "hand_over_form",
    "customer_form",
    "reject_form",
    "note_form",
)
"""`callback_id`s."""
SAVED_REPLY, TO_PRIVATE = "saved_reply", "to_private"
"""`action_id`s inside the reply form: both write into its text."""
A_PERSON = "person"

_CONVERSATION, _WORDS = 4, 900
_LONGEST_INPUT = 3000
SNOOZES = {
    "1h": "For an hour",
    "3h": "For three hours",
    "morning": "Until tomorrow, 9:00",
    "monday": "Until Monday, 9:00",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a form was drawn from: the case, a mark of the last thing that the brand said in it, what else the form is
    about (an answer, an action), and the channel in which it was opened."""

    case: int
    mark: int = 0
    extra: str = ""
    channel: str = ""

    @staticmethod
    def of(view: Mapping[str, Any]) -> "Seen":
        """Raises ValueError for a form that is not ours."""
        try:
            told = json.loads(view["private_metadata"])
            return Seen(int(told["case"]), int(told["mark"]), str(told.get("extra", "")), str(told.get("channel", "")))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError("this form belongs to no case") from error


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings say to the one who answers: saved replies, the guideline, and whether a second person must let the
    answer out. `by_hand` says that the platform wants a person to send it."""

    saved_replies: Sequence[SavedReply] = ()
    guideline: str = ""
    guideline_version: int = 1
    needs_approval: bool = False
    by_hand: bool = False


def reply_form(
    file: CaseFile,
    rules: Rules,
    now: datetime,
    text: str = "",
    *,
    context: Context | None = None,
    mark: int = 0,
    round: int = 0,
) -> View:
    """Write an answer: the post, what was said around it, what may be offered, texts to start from, the text; and beneath
    it, so that post and text stand together, who it is and what helps.

    `round` must change whenever `text` is put in by us: Slack keeps what is typed in an input whose `block_id` it knows.
    `mark` is of the last thing that the brand said (`core.store.answers.seen`).
    """
    limit = min(LONGEST.get(file.mention.platform, LONGEST_ELSEWHERE), _LONGEST_INPUT)
    blocks = [section(said(file.mention, _WORDS, now))]
    others = [m for m in file.conversation if m.id != file.mention.id and m.text][-_CONVERSATION:]
    if others:
        told = "\n".join(f"• @{one_line(m.author.handle.lstrip('@'), 40)}: {one_line(m.text, 200)}" for m in others)
        blocks.append(section(f"*Conversation so far*\n{told}"))
    if rules.guideline:
        blocks.append(section(f"*Guideline (version {rules.guideline_version})*\n{quote(rules.guideline, 2000, 30)}"))
    spoken = file.assessment.language
    fitting = [(i, r) for i, r in enumerate(rules.saved_replies) if r.language in ("", spoken)][:100]
    tools: list[Block] = []
    if fitting:
        options = [option(reply.name, str(i)) for i, reply in fitting]
        tools.append(
            {
                "type": "static_select",
                "action_id": SAVED_REPLY,
                "placeholder": plain("Start from a saved reply"),
                "options": options,
            }
        )
    tools.append(button(TO_PRIVATE, "Move to private", {"case": file.case.id}))
    blocks.append({"type": "actions", "block_id": "tools", "elements": tools})
    box: Block = {
        "type": "plain_text_input",
        "action_id": "text",
        "multiline": True,
        "max_length": _LONGEST_INPUT,
        "placeholder": plain("What everybody may read. Never order numbers, addresses or phone numbers."),
    }
    if text:
        box["initial_value"] = text[:_LONGEST_INPUT]
    hint = f"At most {limit:,} characters on this platform."
    blocks.append({"type": "input", "block_id": f"text:{round}", "label": plain("Public answer"), "element": box})
    blocks.append(small(f"{hint} {_what_happens(rules)}"))
    blocks += [divider(), section("\n".join((*customer_lines(file.candidates), *person_lines(context, now))))]
    if found := help_lines(context):
        blocks.append(section("\n".join(found)))
    send = "Ask for approval" if rules.needs_approval else "Get it ready" if rules.by_hand else "Send in public"
    return _modal(REPLY, "Answer in public", blocks, send, file, str(round), mark)


def _what_happens(rules: Rules) -> str:
    if rules.needs_approval:
        return "A second person approves it before it goes out."
    if rules.by_hand:
        return "The card then gives you the text and the way to the reply box; this platform wants a person to send it."
    return "It is posted from the brand's account at once."


def resolve_form(file: CaseFile) -> View:
    """Why the case is done: one reason of a list, and a note for colleagues."""
    return _modal(
        RESOLVE,
        "Resolve the case",
        [
            _select(
                "reason",
                "How did it end?",
                [option(label, value) for value, label in wording.OUTCOMES.items()],
                "solved",
            ),
            _line("note", "Note for colleagues", "What was done, without names or numbers", optional=True),
        ],
        "Resolve",
        file,
    )


def snooze_form(file: CaseFile) -> View:
    """Until when the case may rest: a handy time, or any."""
    picker: Block = {"type": "datetimepicker", "action_id": "at"}
    return _modal(
        SNOOZE,
        "Let the case rest",
        [
            _select("until", "For how long?", [option(label, key) for key, label in SNOOZES.items()], "1h"),
            {
                "type": "input",
                "block_id": "at",
                "optional": True,
                "label": plain("Or until exactly"),
                "element": picker,
            },
            small(f"At most {LONGEST_SNOOZE.days} days, and never past the first answer's deadline."),
        ],
        "Let it rest",
        file,
    )


def hand_over_form(file: CaseFile, teams: Sequence[str]) -> View:
    """To whom: a person, another team or the next shift. The owner keeps the case until it is accepted."""
    options = [option("A person, chosen below", A_PERSON), option("The next shift", NEXT_SHIFT)]
    options += [option(f"Team: {team}", f"{TEAM}{team}") for team in teams if team != file.case.team][:90]
    choose: Block = {"type": "users_select", "action_id": "person", "placeholder": plain("Choose a colleague")}
    return _modal(
        HAND_OVER,
        "Hand the case over",
        [
            _select("to", "To whom?", options, A_PERSON),
            {
                "type": "input",
                "block_id": "person",
                "optional": True,
                "label": plain("The person"),
                "element": choose,
            },
            small("You keep the case until they accept it."),
        ],
        "Offer",
        file,
    )


def customer_form(file: CaseFile, action: str) -> View:
    """Which customer is the right one, or the wrong one."""
    options = [
        {
            **option(f"{c.customer.name or 'unnamed'} ({c.customer.customer_id})", c.customer.customer_id),
            "description": plain(_why_linked(c)[:75]),
        }
        for c in file.candidates[:5]
    ]
    right = action == "confirm_customer"
    element: Block = {"type": "radio_buttons", "action_id": "customer", "options": options}
    if len(options) == 1:
        element["initial_option"] = options[0]
    asked = "Who is it?" if right else "Who is it not?"
    told = (
        "Confirm only what you know: from then on their orders are shown to agents."
        if right
        else "Their details leave the card at once, and this pair is never offered again."
    )
    return _modal(
        CUSTOMER,
        "Confirm the customer" if right else "Wrong customer",
        [{"type": "input", "block_id": "customer", "label": plain(asked), "element": element}, small(told)],
        "Confirm" if right else "Take it off",
        file,
        action,
    )


def _why_linked(candidate: Any) -> str:
    evidence = "; ".join(e.text or e.kind.replace("_", " ") for e in candidate.link.evidence[:2])
    sure = round(candidate.link.probability * 100)
    return f"{sure}%: {evidence}" if evidence else f"{sure}%"


def reject_form(file: CaseFile, answer_id: int) -> View:
    """Why the answer goes back to who wrote it."""
    blocks = [_line("note", "What should be different?", "They read it in the thread")]
    return _modal(REJECT, "Send the answer back", blocks, "Send back", file, str(answer_id))


def note_form(file: CaseFile) -> View:
    """What colleagues should know of this customer next time."""
    box: Block = {"type": "plain_text_input", "action_id": "value", "multiline": True, "max_length": 1000}
    return _modal(
        NOTE,
        "Note on the customer",
        [
            {"type": "input", "block_id": "note", "label": plain("What should colleagues know?"), "element": box},
            small("It stays with the customer, and is there next time. Write nothing that they may not read."),
        ],
        "Keep the note",
        file,
    )


def opened_in(view: View, channel: str) -> View:
    """The form, remembering in which channel it was opened: Slack does not tell when it is sent."""
    told = json.loads(view["private_metadata"]) | {"channel": channel}
    return view | {"private_metadata": json.dumps(told)}


def chosen(view: Mapping[str, Any], block: str) -> str:
    """What was put in a block of a form: text, the chosen option's value, a user's id or a time in seconds; "" for nothing.
    A `block` of the reply form's text is found whatever its round."""
    values = view["state"]["values"]
    found: Mapping[str, Any] = values.get(block_of(view, block), {})
    element: Mapping[str, Any] = next(iter(found.values()), {})
    picked = element.get("selected_option") or {}
    told = element.get("value") or picked.get("value") or element.get("selected_user")
    return str(told or element.get("selected_date_time") or "")


def block_of(view: Mapping[str, Any], block: str) -> str:
    """The `block_id` under which an error of that block is to be shown."""
    values = view["state"]["values"]
    return next((key for key in values if key == block or key.startswith(f"{block}:")), block)


def snoozed_until(choice: str, at: str, now: datetime, zone: str) -> datetime:
    """When the case wakes: the exact time where one was given, else the choice, in the agent's own zone."""
    if at:
        return datetime.fromtimestamp(int(at), tz=now.tzinfo)
    if choice in ("1h", "3h"):
        return now + timedelta(hours=int(choice[0]))
    here = now.astimezone(ZoneInfo(zone))
    days = (7 - here.weekday()) % 7 or 7 if choice == "monday" else 1
    return (here + timedelta(days=days)).replace(hour=9, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)


def _modal(
    callback: str, title: str, blocks: list[Block], submit: str, file: CaseFile, extra: str = "", mark: int = 0
) -> View:
    told = {"case": file.case.id, "mark": mark, "extra": extra}
    return {
        "type": "modal",
        "callback_id": callback,
        "title": plain(title),
        "submit": plain(submit),
        "close": plain("Cancel"),
        "private_metadata": json.dumps(told),
        "blocks": blocks,
    }


def _select(block: str, label: str, options: list[Block], initial: str) -> Block:
    first = next(one for one in options if one["value"] == initial)
    element = {"type": "static_select", "action_id": "value", "options": options, "initial_option": first}
    return {"type": "input", "block_id": block, "label": plain(label), "element": element}


def _line(block: str, label: str, placeholder: str, *, optional: bool = False) -> Block:
    element = {
        "type": "plain_text_input",
        "action_id": "value",
        "max_length": 300,
        "placeholder": plain(placeholder),
    }
    return {"type": "input", "block_id": block, "optional": optional, "label": plain(label), "element": element}
