"""Who has signed in, kept in their browser: a signed cookie that says who they are and until when."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

LASTS = timedelta(hours=12)
SIGN_IN_LASTS = timedelta(minutes=10)
"""From the press of the button to the way back from whoever vouches."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who signed in. `email` is empty unless whoever vouched for them has verified it; `key` is the session's."""

    id: str
    name: str
    email: str
    key: str


class Sessions:
    """Signs and reads cookies with a key that only this dashboard has; another key, and all must sign in again.

    A cookie holds until its time is over, or until it is signed out: see `core.store.signed_out`.
    """

    def __init__(self, secret: str) -> None:
        made = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
        self._sessions = URLSafeSerializer(secret, "sunwai session", signer_kwargs=made)
        self._sign_ins = URLSafeSerializer(secret, "sunwai sign-in", signer_kwargs=made)
        self._forms = hmac.new(secret.encode(), b"sunwai form", hashlib.sha256).digest()

    def begin(self, id: str, name: str, email: str, now: datetime) -> str:
        """The cookie of somebody who signed in just now."""
        session = Session(id, name, email, secrets.token_urlsafe(16))
        return str(self._sessions.dumps(asdict(session) | {"until": int((now + LASTS).timestamp())}))

    def read(self, cookie: str, now: datetime) -> Session | None:
        """Whose cookie this is; None for one that is over, or is not ours."""
        said = _unsigned(self._sessions, cookie, now)
        return Session(said["id"], said["name"], said["email"], said["key"]) if said is not None else None

    def form_token(self, session: Session) -> str:
        """What stands in each form that is drawn for this session: nobody else can know it."""
        return hmac.new(self._forms, session.key.encode(), hashlib.sha256).hexdigest()

    def begin_sign_in(self, values: Mapping[str, str], now: datetime) -> str:
        """A cookie that ties the way back to the browser that set out."""
        return str(self._sign_ins.dumps(dict(values) | {"until": int((now + SIGN_IN_LASTS).timestamp())}))

    def read_sign_in(self, cookie: str, now: datetime) -> Mapping[str, str] | None:
        return _unsigned(self._sign_ins, cookie, now)


def _unsigned(serializer: URLSafeSerializer, cookie: str, now: datetime) -> dict[str, Any] | None:
    try:
        said: dict[str, Any] = serializer.loads(cookie)
    except BadSignature:
        return None
    return said if datetime.fromtimestamp(said["until"], UTC) > now else None
