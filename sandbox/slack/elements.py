"""Blocks as Slack keeps them, and what a press or an entry in one of their elements tells the app."""

import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

Block = dict[str, Any]
Entries = dict[str, dict[str, dict[str, Any]]]
"""What was typed or chosen, as `state.values` has it: {block_id: {action_id: {"type": ..., ...}}}."""

ENTRY_FIELD = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
}
"""Where each kind of element keeps its entry. What is not here, a button for one, keeps none."""

MAX_TYPED = 3000
"""Characters that a text input takes unless it says less."""


class NotThere(LookupError):
    """No such channel, user, message, button or view: the message names it."""


class NotSent(ValueError):
    """Slack's own window would not send this form: `errors` says why, in a sentence for each block_id."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(f"{block_id}: {words}" for block_id, words in errors.items()))
        self.errors = errors


def as_stored(blocks: list[Block]) -> list[Block]:
    """The blocks as Slack keeps them: with ids where none were given, and texts' defaults spelt out."""
    named: list[Block] = [_spelt_out(block) for block in blocks]
    for block in named:
        if not block.get("block_id"):
            block["block_id"] = secrets.token_urlsafe(4)
        for element in _elements(block):
            if element["type"] != "image":
                element.setdefault("action_id", secrets.token_urlsafe(4))
    return named


def _elements(block: Block) -> Iterator[dict[str, Any]]:
    """The elements of a block that may be interactive."""
    if block["type"] in ("actions", "section", "input"):
        inside = (*block.get("elements", []), block.get("accessory"), block.get("element"))
        yield from (element for element in inside if element)


def _spelt_out(value: Any) -> Any:
    if isinstance(value, list):
        return [_spelt_out(item) for item in value]
    if not isinstance(value, dict):
        return value
    default = {"plain_text": {"emoji": True}, "mrkdwn": {"verbatim": False}}.get(str(value.get("type")), {})
    return {name: _spelt_out(item) for name, item in value.items()} | {
        name: item for name, item in default.items() if name not in value
    }


def find_element(blocks: list[Block], action_id: str, block_id: str | None) -> tuple[Block, dict[str, Any]]:
    """The block and its element with this action_id; the first one, unless `block_id` says which.

    Raises NotThere.
    """
    for block in blocks:
        if block_id in (None, block["block_id"]):
            for element in _elements(block):
                if element.get("action_id") == action_id:
                    return block, element
    raise NotThere(f"the message shows no {action_id}")


def choice(element: dict[str, Any], given: Any) -> dict[str, Any]:
    """What a press of this element tells the app."""
    if element["type"] == "button":
        return {name: element[name] for name in ("text", "value", "style", "url") if name in element}
    return entered(element, given)


def entered(element: dict[str, Any], given: Any) -> dict[str, Any]:
    """The entry of a menu or an input after `given` was chosen or typed; None leaves it empty.

    Options are named by their value or their text; dates and times may be Python's own. Raises NotThere
    when the element offers no such option.
    """
    kind = element["type"]
    name = ENTRY_FIELD.get(kind)
    if name is None:
        raise NotThere(f"nothing can be entered in {element.get('action_id')}, a {kind}")
    if given in (None, "", []):
        value: Any = [] if name.endswith("s") else None
    elif name == "selected_option":
        value = _option(element, given)
    elif name == "selected_options":
        value = [_option(element, one) for one in given]
    elif isinstance(given, datetime):
        value = int(given.timestamp())
    elif kind == "datetimepicker":
        value = int(given)
    elif isinstance(given, date):
        value = given.isoformat()
    else:
        value = list(given) if name.endswith("s") else str(given)
    return {"type": kind, name: value}


def _option(element: dict[str, Any], wanted: str) -> dict[str, Any]:
    groups = element.get("option_groups") or [element]
    for option in (option for group in groups for option in group.get("options", [])):
        if wanted in (option["value"], option["text"]["text"]):
            return dict(option)
    raise NotThere(f"{element.get('action_id')} has no option {wanted}")


def initial_entries(blocks: list[Block]) -> Entries:
    """What a message or view holds before anybody touches it, for every element that keeps an entry."""
    entries: Entries = {}
    for block in blocks:
        for element in _elements(block):
            name = ENTRY_FIELD.get(element["type"])
            if name and element["type"] != "overflow":
                empty: Any = [] if name.endswith("s") else None
                value = element.get(name.replace("selected", "initial") if name != "value" else "initial_value")
                entry = {"type": element["type"], name: empty if value is None else value}
                entries.setdefault(block["block_id"], {})[element["action_id"]] = entry
    return entries


def kept_entries(blocks: list[Block], before: Entries) -> Entries:
    """The entries of redrawn blocks: an element keeps what it held if its ids and its type stay."""
    entries = initial_entries(blocks)
    for block_id, inside in entries.items():
        for action_id, entry in inside.items():
            old = before.get(block_id, {}).get(action_id)
            if old is not None and old["type"] == entry["type"]:
                inside[action_id] = old
    return entries


def unfinished(blocks: list[Block], entries: Entries) -> dict[str, str]:
    """Why Slack's window would not send this form: {block_id: a sentence}, empty when it would."""
    found = {}
    for block in blocks:
        if block["type"] == "input":
            element = block["element"]
            words = _refusal(block, entries[block["block_id"]][element["action_id"]])
            if words:
                found[block["block_id"]] = words
    return found


def _refusal(block: Block, entry: Mapping[str, Any]) -> str:
    element, value = block["element"], entry[ENTRY_FIELD[entry["type"]]]
    if value in (None, "", []):
        return "" if block.get("optional") else "Fill this in, please."
    if isinstance(value, list) and len(value) > element.get("max_selected_items", len(value)):
        return f"Choose {element['max_selected_items']} at most."
    typed = {"email_text_input": _not_an_email, "url_text_input": _not_an_address, "number_input": _not_a_number}
    if entry["type"] == "plain_text_input":
        return _wrong_length(element, value)
    return typed[entry["type"]](element, value) if entry["type"] in typed else ""


def _wrong_length(element: Mapping[str, Any], typed: str) -> str:
    at_least, at_most = element.get("min_length", 0), element.get("max_length", MAX_TYPED)
    if len(typed) < at_least:
        return f"Write {at_least} characters at least."
    return f"Write {at_most} characters at most." if len(typed) > at_most else ""


def _not_an_email(_element: Mapping[str, Any], typed: str) -> str:
    return "" if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", typed) else "Write an e-mail address."


def _not_an_address(_element: Mapping[str, Any], typed: str) -> str:
    return "" if re.fullmatch(r"https?://\S+", typed) else "Write an address that begins with https://."


def _not_a_number(element: Mapping[str, Any], typed: str) -> str:
    try:
        number = Decimal(typed)
    except InvalidOperation:
        return "Write a number."
    if not number.is_finite() or (number != number.to_integral_value() and not element["is_decimal_allowed"]):
        return "Write a whole number."
    if "min_value" in element and number < Decimal(element["min_value"]):
        return f"Write {element['min_value']} or more."
    if "max_value" in element and number > Decimal(element["max_value"]):
        return f"Write {element['max_value']} or less."
    return ""
