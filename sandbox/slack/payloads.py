"""What Slack tells the app of what people do: the payloads, worded as docs.slack.dev/reference/interaction-payloads."""

import secrets
from typing import Any

from sandbox.slack.people import APP, BOT_USER, TEAM, TEAM_DOMAIN, User

Payload = dict[str, Any]

TOKEN = "sandbox-verification"  # noqa: S105 - the old verification token, which Bolt does not look at


def interaction(kind: str, user: User) -> Payload:
    """What every interaction says: its kind, who did it and where."""
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": TEAM},
        "api_app_id": APP,
        "token": TOKEN,
        "team": {"id": TEAM, "domain": TEAM_DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def slash_command(user: User, channel: dict[str, str], command: str, text: str) -> Payload:
    """A typed command, without its trigger and response URL; `channel` has its id and name."""
    return {
        "token": TOKEN,
        "team_id": TEAM,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel["id"],
        "channel_name": channel["name"],
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
    }


def event_callback(event: Payload, at: int) -> Payload:
    """An event of the Events API, at epoch second `at`."""
    return {
        "token": TOKEN,
        "team_id": TEAM,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": "Ev" + secrets.token_hex(5).upper(),
        "event_time": at,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": secrets.token_hex(8),
    }
