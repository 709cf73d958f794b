"""Web API methods about views: modals and the Home tab."""

import json
from collections.abc import Callable
from typing import Any

from sandbox.slack.blocks import view_problems
from sandbox.slack.installation import Trigger
from sandbox.slack.views import StackFull, Taken, View
from sandbox.slack.web_api import Answer, Call, Refused, invalid_arguments, method

MAX_VIEW_BYTES = 250_000


@method("views.open", tier=4)
def views_open(call: Call) -> Answer:
    view = _view(call, "modal")
    trigger = _trigger(call)
    return _shown(lambda: call.state.views.open(view, trigger.user))


@method("views.push", tier=4)
def views_push(call: Call) -> Answer:
    """Onto the modal that the trigger came from, which must still be open."""
    view = _view(call, "modal")
    beneath = call.state.views.find(_trigger(call).view or "")
    if beneath is None or beneath.wire["type"] != "modal":
        raise Refused("not_found")
    return _shown(lambda: call.state.views.push(view, beneath))


@method("views.update", tier=4)
def views_update(call: Call) -> Answer:
    wanted = call.text("view_id") or call.text("external_id")
    if not wanted:
        raise invalid_arguments("missing required field: view_id [json-pointer:/view_id]")
    before = call.state.views.find(wanted)
    if before is None:
        raise Refused("not_found")
    view = _view(call, before.wire["type"])
    _check_hash(call, before)
    return _shown(lambda: call.state.views.update(before, view))


@method("views.publish", tier=4)
def views_publish(call: Call) -> Answer:
    user = call.state.users.get(call.text("user_id"))
    if user is None or user.is_bot:
        raise Refused("invalid_arguments", response_metadata={"messages": ["invalid `user_id`"]})
    view = _view(call, "home")
    before = call.state.views.home(user.id)
    if before is not None:
        _check_hash(call, before)
    return _shown(lambda: call.state.views.publish(view, user.id))


def _shown(made: Callable[[], View]) -> Answer:
    try:
        return {"view": made().public()}
    except StackFull:
        raise Refused("push_limit_reached") from None
    except Taken:
        raise Refused("duplicate_external_id") from None


def _check_hash(call: Call, before: View) -> None:
    if call.text("hash") and call.text("hash") != before.wire["hash"]:
        raise Refused("hash_conflict")


def _view(call: Call, kind: str) -> dict[str, Any]:
    view = call.json("view", "invalid_arguments")
    problems = view_problems(view)
    if not problems and view["type"] != kind:
        problems = [f"must be a {kind} view [json-pointer:/view/type]"]
    if problems:
        raise invalid_arguments(*problems)
    if len(json.dumps(view, ensure_ascii=False).encode()) > MAX_VIEW_BYTES:
        raise Refused("view_too_large")
    return view  # type: ignore[no-any-return]


def _trigger(call: Call) -> Trigger:
    """What the press was that this trigger came from. A trigger works once, and not for long."""
    trigger = call.state.triggers.get(call.required("trigger_id"))
    if trigger is None:
        raise Refused("invalid_trigger_id")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    if call.state.clock() > trigger.expires_at:
        raise Refused("expired_trigger_id")
    trigger.used = True
    return trigger
