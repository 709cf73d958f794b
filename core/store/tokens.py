"""The tokens with which programs ask the API: what each may do, and when it was last used. Of a token itself only a hash is
kept, so that who reads the database cannot use it."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, select, update

from core.errors import BadRecord
from core.store.schema import api_tokens

TokenRole = Literal["viewer", "agent", "lead"]
SEEN_EVERY = timedelta(minutes=5)
"""So often the last use is written down: reading the API must not cost a write each time."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as its keepers see it."""

    id: int
    name: str
    role: TokenRole
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    def told(self) -> dict[str, str | None]:
        """The token in words, for a terminal or a machine."""
        times = {"created_at": self.created_at, "last_used_at": self.last_used_at, "revoked_at": self.revoked_at}
        shown = {name: at.isoformat(timespec="seconds") if at else None for name, at in times.items()}
        return {"name": self.name, "role": self.role, **shown}


def create(tx: Connection, name: str, role: TokenRole, now: datetime) -> str:
    """Make a token, and return it: it can never be shown again. Raises BadRecord where the name is empty or in use."""
    name = " ".join(name.split())[:64]
    if not name:
        raise BadRecord("A token needs a name that says what it is for.")
    if any(token.name == name and token.revoked_at is None for token in every(tx)):
        raise BadRecord(f"There is a token '{name}' already: revoke it, or give this one another name.")
    secret = f"sunwai_{secrets.token_urlsafe(32)}"
    tx.execute(api_tokens.insert().values(digest=_digest(secret), name=name, role=role, created_at=now))
    return secret


def every(tx: Connection) -> tuple[Token, ...]:
    """All tokens, the oldest first, those that were revoked too."""
    return tuple(_token(row) for row in tx.execute(select(api_tokens).order_by(api_tokens.c.id)))


def find(tx: Connection, secret: str) -> Token | None:
    """The token, if it is one and was not revoked."""
    query = select(api_tokens).where(api_tokens.c.digest == _digest(secret), api_tokens.c.revoked_at.is_(None))
    row = tx.execute(query).one_or_none()
    return _token(row) if row else None


def is_long_unseen(token: Token, now: datetime) -> bool:
    """Is it time to write down that it was used?"""
    return token.last_used_at is None or now - token.last_used_at >= SEEN_EVERY


def saw(tx: Connection, token: Token, now: datetime) -> None:
    """Write down that it was used."""
    tx.execute(update(api_tokens).where(api_tokens.c.id == token.id).values(last_used_at=now))


def revoke(tx: Connection, name: str, now: datetime) -> bool:
    """Make the token of this name open nothing from now on. False where there is none that does."""
    found = update(api_tokens).where(api_tokens.c.name == name, api_tokens.c.revoked_at.is_(None))
    return tx.execute(found.values(revoked_at=now)).rowcount > 0


def _digest(secret: str) -> str:
    """A hash without salt or stretching: nobody guesses 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _token(row: object) -> Token:
    return Token(**{name: getattr(row, name) for name in Token.__slots__})
