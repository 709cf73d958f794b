"""Reddit: answers as the brand's account, through praw with the account's own login.

Comments are written and read as the JSON that praw gets, as in `connectors.social.reddit`, so that no call is made, and none
repeated, that is not seen here.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

import praw
import prawcore
import requests

from connectors.social.posting import Posted, same_words
from connectors.social.reddit import Requestor
from connectors.social.source import HttpSession, NotDone
from core.errors import BadRecord, Misconfigured, RetryLater
from core.settings import Environment

LOGIN = "REDDIT_USERNAME and REDDIT_PASSWORD, or REDDIT_REFRESH_TOKEN"
CLOCKS_APART = timedelta(minutes=5)
MOST_PAGES = 5
REFUSALS = {
    "DELETED_COMMENT": "The comment is gone from Reddit.",
    "DELETED_LINK": "The post is gone from Reddit.",
    "THREAD_LOCKED": "Moderators locked this thread on Reddit: nobody can answer there any more.",
    "TOO_OLD": "This thread is too old: Reddit takes no more comments there.",
    "USER_BLOCKED": "The author blocked the account on Reddit.",
    "SUBREDDIT_NOTALLOWED": "This subreddit does not let the account comment.",
}
"""Reddit's own words for why a comment cannot be, and ours."""

logging.getLogger("prawcore").setLevel(logging.INFO)  # at DEBUG it logs what is posted


def connect(environment: Environment, timeout: float) -> "RedditPoster | None":
    """The account behind the environment's login; None without one. Raises Misconfigured where half of it is missing."""
    user, password = environment.get("REDDIT_USERNAME"), environment.secret("REDDIT_PASSWORD")
    token = environment.secret("REDDIT_REFRESH_TOKEN")
    if token is None and not (user or password):
        return None
    if token is None and not (user and password):
        raise Misconfigured(f"Half of the account to answer with on Reddit is missing: set {LOGIN}.")
    purpose = "Sunwai answers on Reddit as this app"
    login = (
        {"refresh_token": token.get_secret_value()}
        if token is not None
        else {"username": user, "password": password.get_secret_value() if password else ""}
    )
    reddit = praw.Reddit(
        client_id=environment.need("REDDIT_CLIENT_ID", purpose).get_secret_value(),
        client_secret=environment.need("REDDIT_CLIENT_SECRET", purpose).get_secret_value(),
        user_agent=environment.need("REDDIT_USER_AGENT", purpose).get_secret_value(),
        reddit_url=(environment.get("REDDIT_URL") or "https://www.reddit.com").rstrip("/"),
        oauth_url=(environment.get("REDDIT_OAUTH_URL") or "https://oauth.reddit.com").rstrip("/") + "/",
        check_for_updates=False,
        check_for_async=False,
        requestor_class=Requestor,
        requestor_kwargs={"session": HttpSession(timeout), "timeout": timeout},
        **login,
    )
    return RedditPoster(reddit)


class RedditPoster:
    """See `connectors.social.posting.Poster`. Reddit bills nothing."""

    def __init__(self, reddit: praw.Reddit) -> None:
        self._reddit = reddit
        self._me = ""

    def post(self, parent_id: str, text: str, now: datetime) -> Posted:
        form = {"api_type": "json", "thing_id": parent_id, "text": text}
        try:
            body = self._call("POST", "api/comment", now, data=form)
            answer = body["json"]
            errors = [str(error[0]) for error in answer.get("errors") or []]
            if not errors:
                return _posted(answer["data"]["things"][0]["data"])
        except prawcore.Forbidden:
            raise BadRecord(
                "Reddit does not let the account comment there: it is banned, or the place closed."
            ) from None
        except prawcore.NotFound:
            raise BadRecord("The post is gone from Reddit.") from None
        except (KeyError, TypeError, IndexError, AttributeError):
            raise RetryLater("Reddit sent an answer that cannot be read.") from None
        if "RATELIMIT" in errors:
            wait = answer.get("ratelimit")
            seconds = float(wait) if isinstance(wait, int | float) else 60.0
            raise NotDone("Reddit makes the account wait before it comments again.", now + timedelta(seconds=seconds))
        known = next((REFUSALS[error] for error in errors if error in REFUSALS), None)
        raise BadRecord(known or f"Reddit does not take this answer ({errors[0][:40]}).")

    def find(self, parent_id: str, text: str, since: datetime, now: datetime) -> Posted | None:
        oldest, after = (since - CLOCKS_APART).timestamp(), None
        try:
            if not self._me:
                self._me = str(self._call("GET", "api/v1/me", now)["name"])
            for _ in range(MOST_PAGES):
                page = {"limit": 100, "sort": "new", **({"after": after} if after else {})}
                listing = self._call("GET", f"user/{self._me}/comments", now, params=page)["data"]
                mine = [thing["data"] for thing in listing["children"]]
                for comment in mine:
                    if comment["parent_id"] == parent_id and same_words(text, comment["body"]):
                        return _posted(comment)
                after = listing.get("after")
                if not after or (mine and float(mine[-1]["created_utc"]) < oldest):
                    return None
        except (prawcore.Forbidden, prawcore.NotFound):
            raise RetryLater("Reddit refuses to show the account's own comments.") from None
        except (KeyError, TypeError, ValueError, AttributeError):
            raise RetryLater("Reddit sent an answer that cannot be read.") from None
        raise RetryLater("The account has said so much on Reddit since then that the answer cannot be looked for.")

    def _call(self, method: str, path: str, now: datetime, **more: Any) -> Any:
        """praw's answer. Raises errors by remedy; only 403 and 404 pass."""
        self._reddit._core.requestor.now = now
        try:
            return self._reddit.request(method=method, path=path, **more)
        except (prawcore.exceptions.InvalidToken, prawcore.OAuthException):
            raise Misconfigured(f"Reddit rejects the account to answer with: check {LOGIN}.") from None
        except prawcore.exceptions.InsufficientScope:
            raise Misconfigured(
                "Reddit does not let the app comment: REDDIT_REFRESH_TOKEN needs the scopes identity, read, history and "
                "submit."
            ) from None
        except (prawcore.Forbidden, prawcore.NotFound):
            raise
        except prawcore.ResponseException as error:
            status = error.response.status_code
            if status in (400, 401) and "access_token" in (error.response.url or ""):
                raise Misconfigured(f"Reddit rejects the account to answer with: check {LOGIN}.") from None
            raise RetryLater(f"Reddit gave an answer that we did not expect ({status}).") from None
        except (prawcore.PrawcoreException, requests.RequestException, ValueError):
            raise RetryLater("Reddit sent an answer that cannot be read.") from None


def _posted(comment: Any) -> Posted:
    return Posted(str(comment["name"]), f"https://www.reddit.com{comment['permalink']}")
