"""X: answers as the brand's account, through tweepy with OAuth 1.0a user keys.

Since 2026-02-23 an app may reply only to who mentioned or quoted its account (PLATFORMS.md); X's own word on that is its
403. Limits and prices: docs.x.com (rate limits, pricing).
"""

from datetime import datetime, timedelta
from typing import Any

import requests
import tweepy

from connectors.social.posting import OnlyByHand, Posted, SaidBefore, same_words
from connectors.social.source import HttpSession
from connectors.social.x import POST_MICROS, snowflake
from connectors.social.x_client import call
from core.answer import LINK
from core.errors import BadRecord, Misconfigured, RetryLater
from core.mention import Charge
from core.settings import Environment

KEYS = "X_CONSUMER_KEY, X_CONSUMER_SECRET, X_ACCESS_TOKEN and X_ACCESS_TOKEN_SECRET"
REPLY_MICROS, REPLY_WITH_LINK_MICROS = 10_000, 200_000
"""What X bills for a reply to who summoned us, and for a post with a link, in millionths of a dollar."""
CLOCKS_APART = timedelta(minutes=5)
MOST_PAGES = 5


def connect(environment: Environment, timeout: float) -> "XPoster | None":
    """The account behind the environment's keys; None without keys. Raises Misconfigured where some of them are missing."""
    keys = {
        "X_CONSUMER_KEY": environment.secret("X_CONSUMER_KEY"),
        "X_CONSUMER_SECRET": environment.secret("X_CONSUMER_SECRET"),
        "X_ACCESS_TOKEN": environment.secret("X_ACCESS_TOKEN"),
        "X_ACCESS_TOKEN_SECRET": environment.secret("X_ACCESS_TOKEN_SECRET"),
    }
    given = [key.get_secret_value() for key in keys.values() if key is not None]
    if not given:
        return None
    if len(given) < len(keys):
        missing = ", ".join(name for name, key in keys.items() if key is None)
        raise Misconfigured(f"{missing} is not set: to answer on X it takes {KEYS}, all or none.")
    client = tweepy.Client(
        None, *given, return_type=requests.Response, wait_on_rate_limit=False
    )  # bearer token, then the four in this order
    address = environment.get("X_API_BASE_URL") or "https://api.x.com"
    client.session = HttpSession(timeout, {"https://api.twitter.com": address})
    return XPoster(client)


class XPoster:
    """See `connectors.social.posting.Poster`."""

    def __init__(self, client: tweepy.Client) -> None:
        self._client = client
        self._me = ""

    def post(self, parent_id: str, text: str, now: datetime) -> Posted:
        try:
            body = self._call(self._client.create_tweet, now, text=text, in_reply_to_tweet_id=parent_id)
        except tweepy.Forbidden as refusal:
            raise _refused(refusal) from None
        except (tweepy.BadRequest, tweepy.NotFound):
            raise BadRecord("X does not take this answer; change its words.") from None
        price = REPLY_WITH_LINK_MICROS if LINK.search(text) else REPLY_MICROS
        return _posted(body.get("data"), price, "reply")

    def find(self, parent_id: str, text: str, since: datetime, now: datetime) -> Posted | None:
        if not self._me:
            body = self._read(self._client.get_me, now)
            self._me = str((body.get("data") or {}).get("id") or "")
            if not self._me:
                raise RetryLater("X does not say which account we answer with.")
        token = None
        for _ in range(MOST_PAGES):
            body = self._read(
                self._client.get_users_tweets,
                now,
                self._me,
                since_id=snowflake(since - CLOCKS_APART),
                max_results=100,
                pagination_token=token,
                tweet_fields=["referenced_tweets", "note_tweet"],
            )
            for post in body.get("data") or []:
                if _answers(post, parent_id) and same_words(text, _whole(post)):
                    return _posted(post, POST_MICROS, "post")
            token = (body.get("meta") or {}).get("next_token")
            if not token:
                return None
        raise RetryLater("The account has said so much on X since then that the answer cannot be looked for.")

    def _read(self, method: Any, now: datetime, *args: Any, **kwargs: Any) -> dict[str, Any]:
        try:
            return self._call(method, now, *args, user_auth=True, **kwargs)
        except tweepy.Forbidden:
            raise Misconfigured(f"X does not let the app behind {KEYS} read the account's own posts.") from None
        except (tweepy.BadRequest, tweepy.NotFound):
            raise RetryLater("X refuses to show the account's own posts.") from None

    def _call(self, method: Any, now: datetime, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return call(method, now, KEYS, *args, **kwargs)[0]


def _refused(refusal: tweepy.Forbidden) -> Exception:
    """What a 403 means. What it says about the app is a person's to mend; else it is about this post alone."""
    try:
        body = refusal.response.json()
        kind, detail = str(body.get("type", "")), str(body.get("detail", ""))
    except (ValueError, AttributeError):
        kind = detail = ""
    if any(word in kind for word in ("client-forbidden", "oauth1-permissions", "unsupported-authentication")):
        return Misconfigured(f"X does not let the app behind {KEYS} post: give it read and write permission.")
    if "duplicate content" in detail:
        return SaidBefore("X does not take the same words twice.")
    if "deleted or not visible" in detail:
        return BadRecord("The post is gone from X, or its author does not show it to us.")
    if "mentioned or otherwise engaged" in detail:
        return OnlyByHand("X lets apps answer only people who mention or quote the account.")
    return OnlyByHand("X does not take this answer from an app.")


def _posted(post: Any, micros: int, kind: str) -> Posted:
    try:
        id = str(int(post["id"]))
    except (KeyError, TypeError, ValueError):
        raise RetryLater("X sent an answer that does not name the post.") from None
    return Posted(id, f"https://x.com/i/status/{id}", (Charge(kind, id, micros),))


def _answers(post: Any, parent_id: str) -> bool:
    references = post.get("referenced_tweets") if isinstance(post, dict) else None
    return any(r.get("type") == "replied_to" and str(r.get("id")) == parent_id for r in references or [])


def _whole(post: dict[str, Any]) -> str:
    return str((post.get("note_tweet") or {}).get("text") or post.get("text") or "")
