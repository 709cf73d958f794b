"""What Slack does with the answer that comes with an acknowledgement.

An answer that Slack would not take is noted in `app.mistakes`, and the person sees that it went wrong.
"""

from typing import TYPE_CHECKING, Any

from sandbox.slack.blocks import message_problems, suggestion_problems, view_problems
from sandbox.slack.envelopes import Envelope
from sandbox.slack.views import StackFull, Taken, View

if TYPE_CHECKING:
    from sandbox.slack.installation import Installation

TROUBLE = "We had some trouble connecting. Try again?"


def act_on(app: "Installation", envelope: Envelope, answer: Any) -> None:
    """Do what the app asked for in its acknowledgement."""
    kind = envelope.payload.get("type")
    if not isinstance(answer, dict):
        app.mistaken(f"the answer to a {kind or envelope.kind}: must be an object")
    elif envelope.kind == "slash_commands":
        _command(app, envelope, answer)
    elif kind == "view_submission":
        view = app.views.find(envelope.subject["view"])
        if view is not None:
            _submission(app, view, answer)
    elif kind == "block_suggestion":
        _suggestion(app, envelope, answer)


def act_on_silence(app: "Installation", envelope: Envelope) -> None:
    """Show the person that the app did not acknowledge in time."""
    if envelope.payload.get("type") == "view_submission":
        view = app.views.find(envelope.subject["view"])
        if view is not None:
            view.trouble = TROUBLE
            app.views.changed(view)


def _command(app: "Installation", envelope: Envelope, answer: dict[str, Any]) -> None:
    if not (answer.get("text") or answer.get("blocks")):
        return
    problems = message_problems(answer.get("blocks") or [])
    if problems:
        app.mistaken(f"the answer to {envelope.subject['command']}: {problems[0]}")
        return
    seen_by = None if answer.get("response_type") == "in_channel" else envelope.payload["user_id"]
    app.add(app.channel(envelope.subject["channel"]), app.by_app(answer), visible_to=seen_by)


def _submission(app: "Installation", view: View, answer: dict[str, Any]) -> None:
    """`response_action`: none closes the view, clear closes the modal; errors, update and push say so."""
    action = answer.get("response_action")
    view.errors, view.trouble = {}, ""
    if action is None:
        app.views.close(view)
    elif action == "clear":
        app.views.clear(view)
    elif action == "errors":
        _errors(app, view, answer.get("errors"))
    elif action in ("update", "push"):
        _next_view(app, view, action, answer.get("view"))
    else:
        _trouble(app, view, f"no response_action is called {action}")


def _errors(app: "Installation", view: View, errors: Any) -> None:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        _trouble(app, view, "errors must be {block_id: words}")
    elif set(errors) - inputs:
        _trouble(app, view, f"errors name what is no input block: {', '.join(sorted(set(errors) - inputs))}")
    else:
        view.errors = {block_id: str(words) for block_id, words in errors.items()}
        app.views.changed(view)


def _next_view(app: "Installation", view: View, action: str, wanted: Any) -> None:
    problems = view_problems(wanted)
    if problems or wanted["type"] != "modal":
        _trouble(app, view, problems[0] if problems else "must be a modal")
        return
    try:
        if action == "update":
            app.views.update(view, wanted)
        else:
            app.views.push(wanted, view)
    except StackFull:
        _trouble(app, view, "push_limit_reached")
    except Taken:
        _trouble(app, view, "duplicate_external_id")


def _trouble(app: "Installation", view: View, why: str) -> None:
    app.mistaken(f"the answer to the submission of {view.wire['callback_id'] or view.id}: {why}")
    view.trouble = TROUBLE
    app.views.changed(view)


def _suggestion(app: "Installation", envelope: Envelope, answer: dict[str, Any]) -> None:
    problems = suggestion_problems(answer)
    if problems:
        app.mistaken(f"the options for {envelope.payload['action_id']}: {problems[0]}")
        return
    groups = answer.get("option_groups") or [answer]
    options = [option for group in groups for option in group["options"]]
    place = (envelope.payload["block_id"], envelope.payload["action_id"])
    app.suggested(envelope)[place] = options
