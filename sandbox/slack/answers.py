"""What Slack does with the answer that comes with an acknowledgement.

An answer that Slack would not take is noted in `state.mistakes`, and the person sees that it went wrong.
"""

from typing import TYPE_CHECKING, Any

from sandbox.slack.blocks import message_problems, suggestion_problems, view_problems
from sandbox.slack.envelopes import Envelope
from sandbox.slack.views import StackFull, Taken, View

if TYPE_CHECKING:
    from sandbox.slack.state import SlackState

TROUBLE = "We had some trouble connecting. Try again?"


def act_on(state: "SlackState", envelope: Envelope, answer: dict[str, Any]) -> None:
    """Do what the app asked for in its acknowledgement."""
    kind = envelope.payload.get("type")
    if envelope.kind == "slash_commands":
        _command(state, envelope, answer)
    elif kind == "view_submission":
        view = state.views.find(envelope.subject["view"])
        if view is not None:
            _submission(state, view, answer)
    elif kind == "block_suggestion":
        _suggestion(state, envelope, answer)


def act_on_silence(state: "SlackState", envelope: Envelope) -> None:
    """Show the person that the app did not acknowledge in time."""
    if envelope.payload.get("type") == "view_submission":
        view = state.views.find(envelope.subject["view"])
        if view is not None:
            view.trouble = TROUBLE
            state.views.changed(view)


def _command(state: "SlackState", envelope: Envelope, answer: dict[str, Any]) -> None:
    if not (answer.get("text") or answer.get("blocks")):
        return
    problems = message_problems(answer.get("blocks") or [])
    if problems:
        state.mistaken(f"the answer to {envelope.subject['command']}: {problems[0]}")
        return
    seen_by = None if answer.get("response_type") == "in_channel" else envelope.payload["user_id"]
    state.add(state.channel(envelope.subject["channel"]), state.by_app(answer), visible_to=seen_by)


def _submission(state: "SlackState", view: View, answer: dict[str, Any]) -> None:
    """`response_action`: none closes the view, clear closes the modal; errors, update and push say so."""
    action = answer.get("response_action")
    view.errors, view.trouble = {}, ""
    if action is None:
        state.views.close(view)
    elif action == "clear":
        state.views.clear(view)
    elif action == "errors":
        _errors(state, view, answer.get("errors"))
    elif action in ("update", "push"):
        _next_view(state, view, action, answer.get("view"))
    else:
        _trouble(state, view, f"no response_action is called {action}")


def _errors(state: "SlackState", view: View, errors: Any) -> None:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        _trouble(state, view, "errors must be {block_id: words}")
    elif set(errors) - inputs:
        _trouble(state, view, f"errors name what is no input block: {', '.join(sorted(set(errors) - inputs))}")
    else:
        view.errors = {block_id: str(words) for block_id, words in errors.items()}
        state.views.changed(view)


def _next_view(state: "SlackState", view: View, action: str, wanted: Any) -> None:
    problems = view_problems(wanted)
    if problems or wanted["type"] != "modal":
        _trouble(state, view, problems[0] if problems else "must be a modal")
        return
    try:
        if action == "update":
            state.views.update(view, wanted)
        else:
            state.views.push(wanted, view)
    except StackFull:
        _trouble(state, view, "push_limit_reached")
    except Taken:
        _trouble(state, view, "duplicate_external_id")


def _trouble(state: "SlackState", view: View, why: str) -> None:
    state.mistaken(f"the answer to the submission of {view.wire['callback_id'] or view.id}: {why}")
    view.trouble = TROUBLE
    state.views.changed(view)


def _suggestion(state: "SlackState", envelope: Envelope, answer: dict[str, Any]) -> None:
    problems = suggestion_problems(answer)
    if problems:
        state.mistaken(f"the options for {envelope.payload['action_id']}: {problems[0]}")
        return
    groups = answer.get("option_groups") or [answer]
    options = [option for group in groups for option in group["options"]]
    place = (envelope.payload["block_id"], envelope.payload["action_id"])
    state.suggested(envelope)[place] = options
