"""Who and what is in the made workspace: its agents, its app and its channels."""

import hashlib
from dataclasses import dataclass
from typing import Any

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
    "ops": "How Sunwai itself is doing",
}
"""The seeded channels and what each is for; the app is a member of all of them."""

SCOPES = (
    *("chat:write", "commands", "reactions:write", "files:write", "im:write", "app_mentions:read"),
    *("channels:read", "channels:history", "channels:join", "channels:manage", "groups:read", "groups:history"),
    *("users:read", "users:read.email"),
)
"""What the bot token may do; not `chat:write.public`, so it must join a channel to post there."""


@dataclass(frozen=True)
class User:
    """A member of the workspace; `name` is the handle, `tz` an IANA zone with its offset in seconds."""

    id: str
    name: str
    real_name: str
    tz: str = "Etc/UTC"
    tz_offset: int = 0
    is_bot: bool = False

    @property
    def email(self) -> str:
        return f"{self.name}@northwind.example"

    def wire(self, with_email: bool) -> dict[str, Any]:
        """The user as users.info answers it."""
        profile: dict[str, Any] = {
            "real_name": self.real_name,
            "display_name": self.name,
            "real_name_normalized": self.real_name,
            "display_name_normalized": self.name,
            "title": "",
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
            "deleted": False,
            "tz": self.tz,
            "tz_offset": self.tz_offset,
            "profile": profile,
            "is_admin": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
        }


USERS = (
    User("U0ASHA0001", "asha", "Asha Verma", "Asia/Kolkata", 19_800),
    User("U0DENIZ001", "deniz", "Deniz Kaya", "Europe/Istanbul", 10_800),
    User("U0GRACE001", "grace", "Grace Okafor", "Europe/London", 0),
    User(BOT_USER, "sunwai", "Sunwai", is_bot=True),
)


def channel_id(name: str) -> str:
    """An id that a channel of this name always has, so that a restart or another run agrees."""
    return "C" + hashlib.sha256(name.encode()).hexdigest()[:10].upper()
