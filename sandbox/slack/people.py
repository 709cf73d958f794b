"""Who and what is in the made workspace: its people and groups, its app and its channels."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

TEAM = "T0SANDBOX1"
TEAM_NAME = "Northwind"
TEAM_DOMAIN = "northwind-sandbox"
APP = "A0SUNWAI01"
BOT = "B0SUNWAI01"
BOT_USER = "U0SUNWAI01"

CHANNELS = {
    "triage": "What nobody has sorted yet",
    "care-billing": "Charges, refunds and invoices",
    "care-delivery": "Parcels, drivers and pick-up points",
    "care-tech": "Outages, the app and the site",
    "safety": "Anything that can hurt somebody",
    "privacy": "Accounts, fraud and personal data",
    "sales": "People who want to buy",
    "marketing": "What people think of us, and what moves it",
    "ops": "How Sunwai itself is doing",
}
"""The seeded channels and what each is for; the app is a member of all of them."""

SCOPES = (
    *("chat:write", "commands", "reactions:write", "files:read", "files:write", "im:write", "app_mentions:read"),
    *("channels:read", "channels:history", "channels:join", "channels:manage", "groups:read", "groups:history"),
    *("users:read", "users:read.email", "usergroups:read"),
)
"""What the bot token may do; not `chat:write.public`, so it must join a channel to post there."""

SUBSCRIPTIONS = ("app_home_opened", "app_mention", "message.channels", "message.im")
"""The events that the app asked for."""
COMMANDS = ("/sunwai",)
"""The slash commands that the app has."""


@dataclass(frozen=True)
class User:
    """A member of the workspace; `name` is the handle, `tz` an IANA zone, `title` what they do in which languages. One who
    left is deactivated, not gone."""

    id: str
    name: str
    real_name: str
    tz: str = "Etc/UTC"
    title: str = ""
    is_bot: bool = False
    is_deactivated: bool = False

    @property
    def email(self) -> str:
        return f"{self.name}@northwind.example"

    def wire(self, now: float, with_email: bool) -> dict[str, Any]:
        """The user as users.info answers it at epoch second `now`, which decides about daylight saving."""
        local = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(self.tz))
        offset = local.utcoffset()
        profile: dict[str, Any] = {
            "real_name": self.real_name,
            "display_name": self.name,
            "real_name_normalized": self.real_name,
            "display_name_normalized": self.name,
            "title": self.title,
            "team": TEAM,
        }
        if self.is_bot:
            profile |= {"api_app_id": APP, "bot_id": BOT}
        elif with_email:
            profile["email"] = self.email
        return {
            "id": self.id,
            "team_id": TEAM,
            "name": self.name,
            "real_name": self.real_name,
            "deleted": self.is_deactivated,
            "tz": self.tz,
            "tz_label": local.tzname() or self.tz,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "profile": profile,
            "is_admin": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
        }


USERS = (
    User("U0ASHA0001", "asha", "Asha Verma", "Asia/Kolkata", "Care agent · हिन्दी, English"),
    User("U0DENIZ001", "deniz", "Deniz Kaya", "Europe/Istanbul", "Care agent · Türkçe, English"),
    User("U0GRACE001", "grace", "Grace Okafor", "Europe/London", "Care lead · English"),
    User("U0MEERA001", "meera", "Meera Nair", "Asia/Kolkata", "Approver, safety on call · हिन्दी, English"),
    User("U0SAM00001", "sam", "Sam Rivera", "America/New_York", "Care agent, nights · English"),
    User(BOT_USER, "sunwai", "Sunwai", is_bot=True),
)


@dataclass(frozen=True)
class Group:
    """A user group: `handle` is what people type after the @, `users` the ids of its members."""

    id: str
    handle: str
    name: str
    description: str
    users: tuple[str, ...]

    def wire(self, with_users: bool, with_count: bool = False) -> dict[str, Any]:
        """The group as usergroups.list answers it."""
        shown: dict[str, Any] = {
            "id": self.id,
            "team_id": TEAM,
            "is_usergroup": True,
            "is_subteam": True,
            "name": self.name,
            "description": self.description,
            "handle": self.handle,
            "is_external": False,
            "auto_type": None,
            "date_create": 0,
            "date_update": 0,
            "date_delete": 0,
            "created_by": self.users[0],
            "updated_by": self.users[0],
            "deleted_by": None,
            "prefs": {"channels": [], "groups": []},
        }
        if with_users:
            shown["users"] = list(self.users)
        if with_count:
            shown["user_count"] = len(self.users)
        return shown


GROUPS = (
    Group("S0AGENTS01", "care-agents", "Care agents", "Take and answer cases",
          ("U0ASHA0001", "U0DENIZ001", "U0SAM00001", "U0GRACE001")),
    Group("S0APPROVE1", "approvers", "Approvers", "Second pair of eyes before anything is public",
          ("U0MEERA001", "U0GRACE001")),
    Group("S0LEADS001", "care-leads", "Care leads", "Answer for the desk", ("U0GRACE001",)),
    Group("S0SAFETY01", "safety-oncall", "Safety on call", "Woken when somebody may be hurt",
          ("U0MEERA001", "U0DENIZ001")),
)  # fmt: skip


def channel_id(name: str) -> str:
    """An id that a channel of this name always has, so that a restart or another run agrees.

    A name that begins with @ is that of the app's direct messages with somebody.
    """
    return ("D" if name.startswith("@") else "C") + hashlib.sha256(name.encode()).hexdigest()[:10].upper()
