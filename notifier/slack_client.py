"""The few things that we ask of Slack's Web API, with its errors turned into errors by remedy.

slack_sdk's default retry handler sends a request again when the connection breaks, even when Slack carried the first one
out and only its answer was lost: a message would be posted twice (slack_sdk/http_retry/builtin_handlers.py). So the client
here retries nothing; the outbox does, after looking whether the message is there.
"""

import http.client
import logging
import socket
import ssl
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.parse import urlsplit

from core.errors import BadRecord, Misconfigured, RetryLater
from core.settings import Environment, Settings

if TYPE_CHECKING:
    from slack_sdk import WebClient
    from slack_sdk.errors import SlackApiError

DEFAULT_URL = "https://slack.com/api/"
_PAGE = 200
_BAD_TOKEN = {
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "not_allowed_token_type",
    "org_login_required",
    "team_access_not_granted",
}
_BAD_CHANNEL = {
    "channel_not_found": "there is no channel {channel} that Sunwai can see; correct its name in the settings, or "
    "invite the bot to it (/invite @sunwai)",
    "not_in_channel": "the bot is not in {channel}; invite it there (/invite @sunwai)",
    "is_archived": "{channel} is archived; name another channel in the settings",
    "restricted_action": "the workspace does not let the bot post in {channel}; ask its administrator",
    "restricted_action_read_only_channel": "the bot may only read in {channel}; let it post there",
}
_TOO_LATE = {"expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "trigger_exchanged", "hash_conflict"}
_OWN_TROUBLE = {
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "accesslimited",
    "team_added_to_org",  # the workspace is being moved
}


class TooFast(RetryLater):
    """Slack asks us to wait `seconds`; it did nothing."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


class Unreachable(RetryLater):
    """Nobody was there to hear us, so nothing was done."""


class Unanswered(RetryLater):
    """The answer was lost or makes no sense: Slack may have done what we asked, or may still be doing it."""


class BadChannel(Misconfigured):
    """One channel cannot take our messages; the others can."""


class TooLate(BadRecord):
    """The form that somebody asked for can no longer be shown, or was changed meanwhile: only they can ask again."""


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message is: the channel's id and the message's `ts`."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Thread:
    """Under which message to write (its `ts`), and whether the channel is to hear it too."""

    ts: str
    broadcast: bool = False


class Slack:
    """A workspace, as the bot sees it. Every method raises RetryLater, Misconfigured or BadRecord, and no SDK's error."""

    def __init__(self, client: "WebClient") -> None:
        self.client = client
        self._ids: dict[str, str] = {}
        self._address = ""
        self._ours: frozenset[str] = frozenset()

    def post(
        self, channel: str, message: dict[str, Any], metadata: dict[str, Any], thread: Thread | None = None
    ) -> Posted:
        """Post a message, in a thread if one is named. Raises Unanswered when it may have been posted all the same."""
        with remedies(channel):
            answer = self.client.chat_postMessage(
                channel=channel,
                metadata=metadata,
                thread_ts=thread.ts if thread else None,
                reply_broadcast=thread.broadcast if thread else None,
                unfurl_links=False,
                unfurl_media=False,
                **message,
            )
            posted = Posted(answer["channel"], answer["ts"])
        self._ids[channel] = posted.channel
        return posted

    def update(self, at: Posted, message: dict[str, Any]) -> bool:
        """Replace what a message shows; its metadata stays. False if it is gone, or was never ours."""
        with remedies(at.channel, missing_is_fine=True):
            self.client.chat_update(channel=at.channel, ts=at.ts, **message)
            return True
        return False

    def delete(self, at: Posted) -> None:
        """Take a message of ours back. One that is gone is no error."""
        with remedies(at.channel, missing_is_fine=True):
            self.client.chat_delete(channel=at.channel, ts=at.ts)

    def upload(self, filename: str, content: bytes, title: str, alt: str) -> str:
        """Give Slack a file that no channel shows yet; a message can then hold it. Returns its id. Needs files:write."""
        with remedies():
            answer = self.client.files_upload_v2(filename=filename, content=content, title=title, alt_txt=alt[:1000])
            return str(answer["files"][0]["id"])
        return ""

    def link_to(self, at: Posted) -> str:
        """The address of a message, for people. Known without asking: https://docs.slack.dev/reference/methods/chat.getPermalink"""
        return f"{self.address()}archives/{at.channel}/p{at.ts.replace('.', '')}"

    def address(self) -> str:
        """The workspace's web address, such as https://team.slack.com/. Asked once."""
        if not self._address:
            self.check()
        return self._address

    def is_ours(self, workspace: str) -> bool:
        """Whether this is the id of the bot's workspace, or of the organisation that it belongs to: Slack names people of an
        organisation by that (https://docs.slack.dev/reference/interaction-payloads/block_actions-payload). Asked once."""
        if not self._ours:
            self.check()
        return workspace in self._ours

    def group_members(self, group: str) -> frozenset[str]:
        """The users of a user group (`S...`). Raises Misconfigured where the app may not see it."""
        with remedies():
            return frozenset(self.client.usergroups_users_list(usergroup=group)["users"])
        return frozenset()

    def zone_of(self, user: str) -> str:
        """The IANA zone that a user lives in; UTC where Slack does not say."""
        with remedies():
            return str(self.client.users_info(user=user)["user"].get("tz") or "UTC")
        return "UTC"

    def is_active(self, user: str) -> bool:
        """Whether a user is still in the workspace: neither deactivated nor gone."""
        with remedies(missing_is_fine=True):
            return not self.client.users_info(user=user)["user"].get("deleted")
        return False

    def find(self, channel: str, key: str, since: datetime, thread: Thread | None = None) -> Posted | None:
        """The message that carries `key` in its metadata, if one was posted to `channel` (or to the thread there) since
        then. Reads every page."""
        place = self.channel_id(channel)
        cursor: str | None = None
        while True:
            span: dict[str, Any] = {
                "oldest": f"{since.timestamp():.6f}",
                "inclusive": True,
                "limit": _PAGE,
                "cursor": cursor,
            }
            with remedies(channel):
                if thread is not None:
                    answer = self.client.conversations_replies(
                        channel=place, ts=thread.ts, include_all_metadata=True, **span
                    )
                else:
                    answer = self.client.conversations_history(channel=place, include_all_metadata=True, **span)
                for message in answer["messages"]:
                    if message.get("metadata", {}).get("event_payload", {}).get("id") == key:
                        return Posted(place, message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return None

    def channel_id(self, channel: str) -> str:
        """The id of a channel that the settings name; one that already is an id stays. Raises BadChannel."""
        name = channel.removeprefix("#")
        if channel not in self._ids and name == channel and name[:1] in "CGD" and name.isalnum() and name.isupper():
            return channel
        if channel not in self._ids:
            for found_name, found_id in self._channels():
                self._ids.setdefault(f"#{found_name}", found_id)
                self._ids.setdefault(found_name, found_id)
                if found_name == name:
                    break
        if channel not in self._ids:
            raise BadChannel(_sentence(_BAD_CHANNEL["channel_not_found"].format(channel=channel)))
        return self._ids[channel]

    def whisper(self, channel: str, user: str, text: str, blocks: Sequence[dict[str, Any]] | None = None) -> None:
        """Tell one person something in a channel; only they see it."""
        with remedies(channel):
            self.client.chat_postEphemeral(channel=channel, user=user, text=text, blocks=blocks)

    def say_to(self, user: str, text: str, blocks: Sequence[dict[str, Any]] | None = None) -> None:
        """Tell one person something in their messages with the app."""
        with remedies():
            self.client.chat_postMessage(channel=user, text=text, blocks=blocks)

    def open_view(self, trigger: str, view: dict[str, Any]) -> None:
        """Open a form over what the person looks at. Slack's `trigger` of their press holds for three seconds."""
        with remedies():
            self.client.views_open(trigger_id=trigger, view=view)

    def update_view(self, view_id: str, seen: str, view: dict[str, Any]) -> None:
        """Draw a form anew, unless it was changed since `seen`, its hash."""
        with remedies():
            self.client.views_update(view_id=view_id, hash=seen or None, view=view)

    def publish_home(self, user: str, view: dict[str, Any]) -> None:
        """Draw one person's Home tab."""
        with remedies():
            self.client.views_publish(user_id=user, view=view)

    def name_of(self, user: str) -> str:
        """What a user is called in Slack; their first name where they have several."""
        with remedies():
            profile = self.client.users_info(user=user)["user"]
            name = str(profile.get("real_name") or profile.get("name") or "")
            return name.split()[0] if name else ""
        return ""

    def called(self, user: str) -> str:
        """What a user is called in full. Empty for who has left the workspace."""
        with remedies(missing_is_fine=True):
            found = self.client.users_info(user=user)["user"]
            name = found.get("real_name") or found.get("name") or ""
            return "" if found.get("deleted") else str(name)
        return ""

    def check(self) -> str:
        """The bot's user id. Raises Misconfigured when Slack does not take the token."""
        with remedies():
            told = self.client.auth_test()
            self._address = str(told["url"])
            self._ours = frozenset(filter(None, (str(told["team_id"]), str(told.get("enterprise_id") or ""))))
            return str(told["user_id"])

    def _channels(self) -> Iterator[tuple[str, str]]:
        cursor: str | None = None
        while True:
            with remedies():
                answer = self.client.conversations_list(
                    exclude_archived=True, types="public_channel,private_channel", limit=1000, cursor=cursor
                )
            yield from ((channel["name"], channel["id"]) for channel in answer["channels"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return


def connect(settings: Settings, environment: Environment) -> Slack:
    """The workspace that SLACK_BOT_TOKEN opens, at SLACK_API_BASE_URL where that is set. No call is made.

    Raises Misconfigured when the token is missing.
    """
    token = environment.need("SLACK_BOT_TOKEN", "Sunwai posts its cards with it")
    return Slack(web_client(settings, environment, token.get_secret_value()))


def web_client(settings: Settings, environment: Environment, token: str | None) -> "WebClient":
    """slack_sdk's client as we want it: no retries of its own, a timeout, proxies and certificates from the environment."""
    from slack_sdk import WebClient

    url = environment.get("SLACK_API_BASE_URL") or DEFAULT_URL
    if urlsplit(url).scheme not in ("http", "https"):
        raise Misconfigured("SLACK_API_BASE_URL is not a web address; write it as https://host/api/.")
    client = WebClient(
        token=token,
        base_url=url,
        timeout=max(1, round(settings.slack.timeout_seconds)),
        retry_handlers=[],
        ssl=ssl.create_default_context(),  # honours SSL_CERT_FILE
        logger=quiet_logger(),
    )
    client.proxy = proxy_for(url)
    return client


def quiet_logger() -> logging.Logger:
    """For the SDKs: every failure of theirs is translated and told by us, without tokens or strangers' words."""
    logger = logging.getLogger("sunwai.slack.sdk")
    logger.setLevel(logging.CRITICAL)
    return logger


def proxy_for(url: str) -> str | None:
    """The proxy that the environment names for `url`; None where NO_PROXY exempts its host, which slack_sdk overlooks."""
    parts = urlsplit(url)
    if urllib.request.proxy_bypass(parts.hostname or ""):
        return None
    return urllib.request.getproxies().get(parts.scheme)


@contextmanager
def remedies(channel: str = "", *, token: str = "SLACK_BOT_TOKEN", missing_is_fine: bool = False) -> Iterator[None]:  # noqa: S107
    """Turn what slack_sdk raises into errors by remedy.

    `channel` and `token` (the variable's name) are what a sentence for a person names. With `missing_is_fine` a message,
    or a user, that is not there is no error.
    """
    from slack_sdk.errors import SlackApiError, SlackClientError

    try:
        yield
    except SlackApiError as error:
        if missing_is_fine and error.response.get("error") in (
            "message_not_found",
            "cant_update_message",
            "cant_delete_message",
            "thread_not_found",
            "user_not_found",
        ):
            return
        raise _remedy(error, channel, token) from None
    except SlackClientError as error:
        raise Unanswered(f"Slack's client could not make sense of an answer ({type(error).__name__}).") from None
    except (OSError, http.client.HTTPException, UnicodeDecodeError, KeyError) as error:
        cause = error.reason if isinstance(error, URLError) else error
        if isinstance(cause, ConnectionRefusedError | socket.gaierror):
            raise Unreachable("Slack cannot be reached; nothing was sent.") from None
        raise Unanswered(f"Slack's answer was lost ({type(cause).__name__}).") from None


def _remedy(error: "SlackApiError", channel: str, token: str) -> Exception:
    response = error.response
    code, status = str(response.get("error")), response.status_code
    if code == "ratelimited" or status == 429:
        return TooFast("Slack asks us to go slower.", _retry_after(response.headers))
    if code in _BAD_TOKEN:
        kind = "an app-level token with connections:write" if token == "SLACK_APP_TOKEN" else "the bot token of the app"  # noqa: S105
        return Misconfigured(f"Slack does not take {token} ({code}): set it to {kind}.")
    if code == "missing_scope":
        return Misconfigured(
            f"{token} lacks the scope {response.get('needed') or '(unnamed)'}: add it to the app and reinstall it."
        )
    if code in _BAD_CHANNEL:
        return BadChannel(_sentence(_BAD_CHANNEL[code].format(channel=channel)))
    if status in (401, 403, 404) or code in ("access_denied", "no_permission", "unknown_method"):
        return Misconfigured(f"Slack refuses us ({code}): see SLACK_API_BASE_URL, and what {token} may do.")
    if status >= 500 or code in _OWN_TROUBLE or not code.replace("_", "").isalnum():
        return Unanswered(f"Slack is in trouble itself (HTTP {status}).")
    if code in _TOO_LATE:
        return TooLate(f"Slack waited for the form no longer ({code}).")
    details = "; ".join((response.get("response_metadata") or {}).get("messages") or ())
    return BadRecord(f"Slack refuses the message: {code}{f' ({details})' if details else ''}.")


def _retry_after(headers: dict[str, Any]) -> float:
    """Seconds to wait; Slack's own tier limits are per minute, so without a hint a few seconds are a fair guess."""
    named = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    try:
        return max(1.0, float(named if isinstance(named, str) else named[0]))  # type: ignore[index]
    except (TypeError, ValueError, IndexError):
        return 5.0


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
