"""Blocks as Slack keeps them, and what a press or an entry in one of their elements tells the app."""

import secrets
from typing import Any


class NotThere(LookupError):
    """No such channel, user, message, button or view: the message names it."""


def as_stored(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The blocks as Slack keeps them: with ids where none were given, and texts' defaults spelt out."""
    named: list[dict[str, Any]] = [_spelt_out(block) for block in blocks]
    for block in named:
        if not block.get("block_id"):
            block["block_id"] = secrets.token_urlsafe(4)
        inside = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        for element in inside if block["type"] in ("actions", "section", "input") else []:
            if element and element["type"] != "image":
                element.setdefault("action_id", secrets.token_urlsafe(4))
    return named


def _spelt_out(value: Any) -> Any:
    if isinstance(value, list):
        return [_spelt_out(item) for item in value]
    if not isinstance(value, dict):
        return value
    default = {"plain_text": {"emoji": True}, "mrkdwn": {"verbatim": False}}.get(str(value.get("type")), {})
    return {name: _spelt_out(item) for name, item in value.items()} | {
        name: item for name, item in default.items() if name not in value
    }


def find_element(
    blocks: list[dict[str, Any]], action_id: str, block_id: str | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    for block in blocks:
        if block_id not in (None, block["block_id"]):
            continue
        for element in (*block.get("elements", []), block.get("accessory") or {}, block.get("element") or {}):
            if element.get("action_id") == action_id:
                return block, element
    raise NotThere(f"the message shows no {action_id}")


def choice(element: dict[str, Any], option: str | None) -> dict[str, Any]:
    """What a press of this element tells the app."""
    kind = element["type"]
    if kind == "button":
        return {name: element[name] for name in ("text", "value", "style", "url") if name in element}
    return entered(element, option)


def entered(element: dict[str, Any], given: Any) -> dict[str, Any]:
    """The state of a menu or an input after `given` was chosen or typed; None leaves it empty."""
    kind = element["type"]
    if kind in ("static_select", "overflow", "radio_buttons", "external_select"):
        return {"type": kind, "selected_option": None if given is None else _option(element, given)}
    if kind in ("checkboxes", "multi_static_select"):
        return {"type": kind, "selected_options": [_option(element, one) for one in given or []]}
    field_of = {
        "users_select": "selected_user",
        "channels_select": "selected_channel",
        "conversations_select": "selected_conversation",
        "multi_users_select": "selected_users",
        "datepicker": "selected_date",
        "timepicker": "selected_time",
        "datetimepicker": "selected_date_time",
    }
    return {"type": kind, field_of.get(kind, "value"): given}


def _option(element: dict[str, Any], wanted: str) -> dict[str, Any]:
    groups = element.get("option_groups") or [element]
    for option in (option for group in groups for option in group.get("options", [])):
        if wanted in (option["value"], option["text"]["text"]):
            return dict(option)
    raise NotThere(f"{element.get('action_id')} has no option {wanted}")
