"""Mastodon: answers as the account behind the token.

An answer names whom it goes to, or they would not hear of it. It is as public as the post that it answers, and is sent with
an idempotency key, which the server remembers for an hour (docs.joinmastodon.org, methods/statuses); later, and where the
receipt was lost, it is looked for among the account's own statuses.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from connectors.social.markup import read_html
from connectors.social.mastodon_server import TOKEN, Refused, Server, snowflake
from connectors.social.mastodon_server import connect as connect_server
from connectors.social.posting import Posted, same_words
from core.errors import BadRecord, Misconfigured, RetryLater
from core.settings import Environment

CLOCKS_APART = timedelta(minutes=5)
MOST_PAGES = 10
_GONE = "The post is gone from Mastodon, or its author does not show it to us."


def connect(environment: Environment, timeout: float) -> "MastodonPoster | None":
    """The account behind MASTODON_ACCESS_TOKEN; None without one."""
    if environment.secret(TOKEN) is None:
        return None
    return MastodonPoster(connect_server(environment, timeout))


class MastodonPoster:
    """See `connectors.social.posting.Poster`. Mastodon bills nothing."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._me = ""

    def post(self, parent_id: str, text: str, now: datetime) -> Posted:
        try:
            parent = self._server.ask("status", now, parent_id).body
            author, visibility = str(parent["account"]["acct"]), str(parent["visibility"])
        except Refused as refused:
            raise _refused(refused) from None
        except (KeyError, TypeError):
            raise RetryLater("Mastodon sent an answer that cannot be read.") from None
        try:
            answer = self._server.ask(
                "status_post",
                now,
                _addressed(text, author),
                in_reply_to_id=parent_id,
                visibility=visibility if visibility in ("public", "unlisted") else "unlisted",
                idempotency_key=hashlib.sha256(f"{parent_id}\n{text}".encode()).hexdigest(),
            )
        except Refused as refused:
            raise _refused(refused) from None
        return _posted(answer.body)

    def find(self, parent_id: str, text: str, since: datetime, now: datetime) -> Posted | None:
        try:
            if not self._me:
                self._me = str(self._server.ask("account_verify_credentials", now).body["id"])
            oldest, below = snowflake(since - CLOCKS_APART), None
            for _ in range(MOST_PAGES):
                span = {"since_id": oldest, "limit": 40} | ({"max_id": below} if below is not None else {})
                answer = self._server.ask("account_statuses", now, self._me, exclude_reblogs=True, **span)
                for status in answer.body:
                    said = read_html(str(status["content"]))[0]
                    if str(status.get("in_reply_to_id")) == parent_id and same_words(text, said):
                        return _posted(status)
                if not answer.body or not answer.has_more:
                    return None
                below = min(int(status["id"]) for status in answer.body)
        except Refused:
            raise RetryLater("Mastodon refuses to show the account's own posts.") from None
        except (KeyError, TypeError, ValueError, AttributeError):
            raise RetryLater("Mastodon sent an answer that cannot be read.") from None
        raise RetryLater("The account has said so much on Mastodon since then that the answer cannot be looked for.")


def _addressed(text: str, author: str) -> str:
    """The text, with the name of whom it goes to before it, unless it is there already."""
    return text if f"@{author}".lower() in text.lower() else f"@{author} {text}"


def _refused(refused: Refused) -> Exception:
    if refused.status in (404, 410):
        return BadRecord(_GONE)
    if refused.status == 403:
        return Misconfigured(
            f"Mastodon does not let the account post: give {TOKEN} the scopes read and write:statuses."
        )
    return BadRecord("Mastodon does not take this answer; change its words.")


def _posted(status: Any) -> Posted:
    try:
        return Posted(str(int(status["id"])), str(status.get("url") or status.get("uri") or ""))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RetryLater("Mastodon sent an answer that does not name the post.") from None
