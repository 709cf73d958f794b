"""A Slack on loopback that the real slack_sdk and slack_bolt use unchanged: the demo's desk, and the tests'.

`SlackState` is the workspace, `create_app` serves it: the Web API under `/api/`, Socket Mode, response
URLs, and at `/` a page on which several people work: channels, threads, modals and the Home tab. A new
method is one function in `web_api.py` or one of the `api_` modules.
"""

from sandbox.slack.elements import NotSent, NotThere
from sandbox.slack.server import create_app
from sandbox.slack.state import SlackState

__all__ = ["NotSent", "NotThere", "SlackState", "create_app"]
