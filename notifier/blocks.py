"""The pieces of Block Kit that everything which Slack shows is made of. Limits: https://docs.slack.dev/reference/block-kit"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from notifier.words import one_line

Block = dict[str, Any]
Message = dict[str, Any]
"""`text` and `blocks`, as chat.postMessage and chat.update take them."""

LONGEST_SECTION = 3000
LONGEST_OPTION = 75
MOST_OPTIONS = 100
CASE_BLOCK = "case:"
"""How the `block_id` of a block with a menu begins, for its options carry nothing but their action's name."""
RINGS = "rings"
"""How that `block_id` ends on a card that shows a case which rings: an option does not say what it was pressed on."""


def section(text: str, accessory: Block | None = None, block_id: str = "") -> Block:
    """`verbatim` keeps Slack from finding links, channels and people in what a stranger wrote."""
    made: Block = {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
    if accessory:
        made["accessory"] = accessory
    if block_id:
        made["block_id"] = block_id
    return made


def context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text[:150])}


def divider() -> Block:
    return {"type": "divider"}


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": True}


def message(text: str, blocks: list[Block]) -> Message:
    return {"text": text, "blocks": blocks}


def actions(case_id: int, elements: Sequence[Block], part: str = "") -> Block:
    """A row of buttons of a case; `part` tells two rows of one message apart."""
    block_id = f"{CASE_BLOCK}{case_id}{f':{part}' if part else ''}"
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def button(action: str, label: str, value: Mapping[str, int], style: str = "", confirm: Block | None = None) -> Block:
    made: Block = {
        "type": "button",
        "action_id": action,
        "text": plain(label),
        "value": json.dumps({**value, "v": 1}),
    }
    if style:
        made["style"] = style
    if confirm:
        made["confirm"] = confirm
    return made


def menu(options: Mapping[str, str]) -> Block:
    """The overflow menu: {action: what it says}, at most five."""
    made = [{"text": plain(label), "value": action} for action, label in options.items()]
    return {"type": "overflow", "action_id": "more", "options": made[:5]}


def option(label: str, value: str) -> Block:
    """An option of a menu or a list; longer labels are cut as Slack asks."""
    return {"text": plain(label if len(label) <= LONGEST_OPTION else f"{label[: LONGEST_OPTION - 1]}…"), "value": value}


def confirmation(title: str, text: str, yes: str) -> Block:
    return {"title": plain(title), "text": plain(text), "confirm": plain(yes), "deny": plain("Back")}


def person(owner: str) -> str:
    """A Slack user or user group as a mention; anybody else by name."""
    if re.fullmatch(r"[UW][A-Z0-9]{2,20}", owner):
        return f"<@{owner}>"
    if re.fullmatch(r"S[A-Z0-9]{2,20}", owner):
        return f"<!subteam^{owner}>"
    return one_line(owner, 60)


def moment(at: datetime, form: str) -> str:
    """A time that each reader sees in their own zone and habit; in UTC where Slack cannot show that.

    `form` uses Slack's tokens: https://docs.slack.dev/messaging/formatting-message-text#date-formatting
    """
    plain_form = (
        f"{at:%H:%M} UTC" if form == "{time}" else f"{at:%d %b %Y}" if "{time}" not in form else f"{at:%d %b %H:%M} UTC"
    )
    return f"<!date^{int(at.timestamp())}^{form}|{plain_form}>"


def case_of(value: str) -> int:
    """The case that a button's value, or the `block_id` of a menu, belongs to. Raises ValueError for others."""
    try:
        if value.startswith(CASE_BLOCK):
            return int(value.split(":")[1])
        return int(json.loads(value)["case"])
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise ValueError("this button belongs to no case") from error
