"""Slack's Web API methods over a workspace, with Slack's own answers and errors.

A method is a function from a `Call` to the fields of its answer, in `METHODS` under its public name with
the scope it needs and its rate tier. It refuses by raising `Refused`. Shapes and error names are those of
docs.slack.dev/reference/methods, and of what slack_sdk reads. `api_views`, `api_people` and `api_files` have more.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.slack import blocks as block_kit
from sandbox.slack.people import BOT, BOT_USER, TEAM, TEAM_NAME, User
from sandbox.slack.state import SlackState
from sandbox.slack.workspace import Channel, Message

MAX_TEXT = 40_000
"""chat.postMessage cuts longer text off here."""
MAX_UPDATE_TEXT = 4_000
"""chat.update refuses longer text, unless there are blocks for which it is only the fallback."""

Answer = dict[str, Any]


class Refused(Exception):
    """`{"ok": false, "error": ...}` and what else the answer says. `retry_after` makes it an HTTP 429."""

    def __init__(self, error: str, retry_after: int | None = None, **more: Any) -> None:
        super().__init__(error)
        self.answer: Answer = {"ok": False, "error": error, **more}
        self.retry_after = retry_after


@dataclass
class Call:
    """One request: the workspace, the method, and its arguments whether they came as a form or as JSON."""

    state: SlackState
    method: str
    args: Mapping[str, Any]

    def text(self, name: str) -> str:
        value = self.args.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.args.get(name)
        return default if value in (None, "") else str(value).lower() in ("1", "true")

    def number(self, name: str, default: int, at_most: int) -> int:
        value = self.args.get(name)
        if value in (None, ""):
            return default
        try:
            return max(1, min(at_most, int(str(value))))
        except ValueError:
            raise invalid_arguments(f"must be an integer [json-pointer:/{name}]") from None

    def json(self, name: str, error: str) -> Any:
        """An argument that is JSON, which forms carry as text; None when it is not given."""
        value = self.args.get(name)
        if value in (None, ""):
            return None
        if isinstance(value, str):
            try:
                return json.loads(value)
            except ValueError:
                raise Refused(error) from None
        return value

    def required(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise invalid_arguments(f"missing required field: {name} [json-pointer:/{name}]")
        return value

    def channel(self, joined: bool = False, by_name: bool = False) -> Channel:
        """The channel of this id; with `joined` the app must be in it.

        Only posting takes names too (`by_name`), and a person's id for the direct messages with them:
        elsewhere Slack knows ids alone.
        """
        name = self.text("channel")
        try:
            if by_name and name in self.state.users:
                return self.state.direct(self.state.users[name])
            found = self.state.channel(name) if by_name else self.state.channels[name]
        except LookupError:
            raise Refused("channel_not_found") from None
        if joined and not found.is_member:
            raise Refused("not_in_channel")
        return found

    def user(self) -> User:
        try:
            return self.state.users[self.text("user")]
        except KeyError:
            raise Refused("user_not_found") from None


@dataclass(frozen=True)
class Method:
    run: Callable[[Call], Answer]
    scope: str | None
    tier: int


METHODS: dict[str, Method] = {}


def method(
    name: str, scope: str | None = None, tier: int = 3
) -> Callable[[Callable[[Call], Answer]], Callable[[Call], Answer]]:
    """Register a method; `scope` None needs none, `tier` 0 is not paced."""

    def register(run: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
        METHODS[name] = Method(run, scope, tier)
        return run

    return register


def answer(state: SlackState, name: str, token: str | None, args: Mapping[str, Any]) -> Answer:
    """Carry out one request. Raises Refused."""
    with state.lock:
        state.calls[name] = state.calls.get(name, 0) + 1
        found = METHODS.get(name)
        if found is None:
            raise Refused("unknown_method", req_method=name)
        if name != "api.test":
            _authorize(state, name, found, token)
        wait = state.limits.method(name, found.tier, state.clock())
        if wait:
            _slow_down(state, name, wait)
        return {"ok": True, **found.run(Call(state, name, args))}


def _authorize(state: SlackState, name: str, found: Method, token: str | None) -> None:
    wanted, other = state.bot_token, state.app_token
    if name == "apps.connections.open":
        wanted, other = other, wanted
    if not token:
        raise Refused("not_authed")
    if token == other and name != "auth.test":
        raise Refused("not_allowed_token_type")
    if token not in (wanted, other):
        raise Refused("invalid_auth")
    if found.scope and found.scope not in state.scopes:
        raise Refused("missing_scope", needed=found.scope, provided=",".join(sorted(state.scopes)))


def _slow_down(state: SlackState, what: str, wait: int) -> None:
    state.violated(what, wait)
    raise Refused("ratelimited", retry_after=wait)


def invalid_arguments(*problems: str) -> Refused:
    return Refused("invalid_arguments", response_metadata={"messages": [f"[ERROR] {p}" for p in problems]})


# The app itself


@method("api.test", tier=0)
def api_test(call: Call) -> Answer:
    if call.text("error"):
        raise Refused(call.text("error"), args=dict(call.args))
    return {"args": dict(call.args)} if call.args else {}


@method("auth.test", tier=0)
def auth_test(call: Call) -> Answer:
    return {
        "url": f"{call.state.base_url}/",
        "team": TEAM_NAME,
        "user": call.state.users[BOT_USER].name,
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", tier=0)
def apps_connections_open(call: Call) -> Answer:
    return {"url": call.state.open_ticket()}


# Messages


@method("chat.postMessage", "chat:write", tier=0)
def chat_post_message(call: Call) -> Answer:
    place = call.channel(joined=True, by_name=True)
    fields, warnings = message_fields(call)
    metadata = _metadata(call)
    wait = call.state.limits.message(place.id, call.state.clock())
    if wait:
        _slow_down(call.state, f"chat.postMessage #{place.name}", wait)
    message = call.state.by_app(fields)
    if metadata:
        message["metadata"] = metadata
    parent = message.get("thread_ts")
    if parent and parent not in place.messages:
        raise Refused("thread_not_found")
    if parent and call.flag("reply_broadcast"):
        message["subtype"] = "thread_broadcast"
    posted = call.state.add(place, message)
    return {"channel": place.id, "ts": posted["ts"], "message": _shown(posted, with_metadata=True), **warnings}


@method("chat.update", "chat:write")
def chat_update(call: Call) -> Answer:
    place = call.channel()
    ts = call.required("ts")
    before = place.messages.get(ts)
    if before is None:
        raise Refused("message_not_found")
    if before.get("bot_id") != BOT:
        raise Refused("cant_update_message")
    with_blocks = call.json("blocks", "invalid_blocks_format") is not None
    fields, _ = message_fields(call)
    if len(fields["text"]) > MAX_UPDATE_TEXT and not fields.get("blocks"):
        raise Refused("msg_too_long")
    changes: Message = {"text": fields["text"] or before["text"]}
    if with_blocks or call.text("text"):  # New text without blocks takes the old blocks away.
        changes["blocks"] = fields.get("blocks") or None
    metadata = _metadata(call)
    if metadata is not None:  # An empty object removes it; without the argument it stays.
        changes["metadata"] = metadata or None
    if not with_blocks:  # Slack marks new text as edited, but not new blocks.
        changes["edited"] = {"user": BOT_USER, "ts": call.state.next_ts()}
    after = call.state.amend(place, ts, changes)
    return {"channel": place.id, "ts": ts, "text": after["text"], "message": _shown(after)}


@method("chat.delete", "chat:write")
def chat_delete(call: Call) -> Answer:
    place = call.channel()
    ts = call.required("ts")
    message = place.messages.get(ts)
    if message is None or message.get("subtype") == "tombstone":
        raise Refused("message_not_found")
    if message.get("bot_id") != BOT:
        raise Refused("cant_delete_message")
    call.state.remove(place, ts)
    return {"channel": place.id, "ts": ts}


@method("chat.postEphemeral", "chat:write", tier=4)
def chat_post_ephemeral(call: Call) -> Answer:
    place = call.channel(joined=True, by_name=True)
    user = call.text("user")
    if user not in call.state.users:
        raise Refused("user_not_in_channel")
    fields, _ = message_fields(call)
    posted = call.state.add(place, call.state.by_app(fields), visible_to=user)
    return {"message_ts": posted["ts"]}


@method("chat.getPermalink", tier=0)
def chat_get_permalink(call: Call) -> Answer:
    place = call.channel()
    ts = call.text("message_ts")
    if ts not in place.messages:
        raise Refused("message_not_found")
    link = f"{call.state.base_url}/archives/{place.id}/p{ts.replace('.', '')}"
    parent = place.messages[ts].get("thread_ts")
    if parent and parent != ts:
        link += f"?thread_ts={parent}&cid={place.id}"
    return {"channel": place.id, "permalink": link}


@method("reactions.add", "reactions:write")
def reactions_add(call: Call) -> Answer:
    place = call.channel(joined=True)
    ts, name = call.text("timestamp"), call.text("name").strip(":")
    if not name:
        raise Refused("invalid_name")
    message = place.messages.get(ts)
    if message is None:
        raise Refused("message_not_found")
    reactions = [dict(r) for r in message.get("reactions", [])]
    mine = next((r for r in reactions if r["name"] == name), None)
    if mine is None:
        reactions.append({"name": name, "users": [BOT_USER], "count": 1})
    elif BOT_USER in mine["users"]:
        raise Refused("already_reacted")
    else:
        mine |= {"users": [*mine["users"], BOT_USER], "count": mine["count"] + 1}
    call.state.amend(place, ts, {"reactions": reactions})
    return {}


def message_fields(call: Call) -> tuple[dict[str, Any], Answer]:
    """The text, blocks and thread of a message that may be posted, and the warnings that go with it."""
    text = call.text("text")
    blocks = call.json("blocks", "invalid_blocks_format")
    attachments = call.json("attachments", "invalid_attachments")
    if blocks is not None and not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    if not text.strip() and not blocks and not attachments:
        raise Refused("no_text")
    problems = [*block_kit.message_problems(blocks or []), *_missing_files(call, blocks or [])]
    if problems:
        raise Refused(
            "invalid_blocks",
            errors=problems,
            response_metadata={"messages": [f"[ERROR] {problem}" for problem in problems]},
        )
    if block_kit.total_characters(blocks or []) > block_kit.MAX_TOTAL_CHARACTERS:
        raise Refused("msg_blocks_too_long")
    warnings: Answer = {}
    if len(text) > MAX_TEXT and call.method == "chat.postMessage":
        text = text[:MAX_TEXT]
        warnings = {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}}
    fields = {"text": text, "blocks": blocks, "attachments": attachments, "thread_ts": call.text("thread_ts")}
    return fields, warnings


def _missing_files(call: Call, blocks: list[Any]) -> Iterator[str]:
    """Image blocks whose file nobody has uploaded."""
    for place, block in enumerate(blocks):
        if isinstance(block, dict) and isinstance(named := block.get("slack_file"), dict):
            file = call.state.files.known.get(str(named.get("id")))
            if file is None or file.content is None:
                yield f"invalid slack file [json-pointer:/blocks/{place}/slack_file]"


def _metadata(call: Call) -> dict[str, Any] | None:
    """The message's metadata; {} takes it away, None was not given."""
    metadata = call.json("metadata", "invalid_metadata_format")
    if metadata is None or metadata == {}:
        return metadata  # type: ignore[no-any-return]
    if not isinstance(metadata, dict) or set(metadata) - {"event_type", "event_payload", "entities"}:
        raise Refused("invalid_metadata_format")
    if not isinstance(metadata.get("event_type"), str) or not isinstance(metadata.get("event_payload"), dict):
        raise Refused("invalid_metadata_format")
    return metadata


def _shown(message: Message, with_metadata: bool = False) -> Message:
    return {name: value for name, value in message.items() if name != "metadata" or with_metadata}


# Conversations


@method("conversations.list", "channels:read", tier=2)
def conversations_list(call: Call) -> Answer:
    types = {kind.strip() for kind in (call.text("types") or "public_channel").split(",")}
    wanted = [c for c in call.state.channels.values() if ("im" if c.with_user else "public_channel") in types]
    everything = sorted(wanted, key=lambda c: c.id)
    page, cursor = page_of(call, everything, default=100, at_most=999)
    return {"channels": [conversation(call.state, c) for c in page], "response_metadata": {"next_cursor": cursor}}


@method("users.conversations", "channels:read")
def users_conversations(call: Call) -> Answer:
    answer = conversations_list(call)
    answer["channels"] = [c for c in answer["channels"] if c["is_member"]]
    return answer


@method("conversations.info", "channels:read")
def conversations_info(call: Call) -> Answer:
    return {"channel": conversation(call.state, call.channel())}


@method("conversations.join", "channels:join")
def conversations_join(call: Call) -> Answer:
    place = call.channel()
    already = place.is_member
    place.is_member = True
    more = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    return {"channel": conversation(call.state, place), **(more if already else {})}


@method("conversations.create", "channels:manage", tier=2)
def conversations_create(call: Call) -> Answer:
    name = call.text("name")
    if not name:
        raise Refused("invalid_name_required")
    if len(name) > 80:
        raise Refused("invalid_name_maxlength")
    if name != name.lower() or not all(c.isalnum() or c in "-_" for c in name):
        raise Refused("invalid_name_specials")
    try:
        return {"channel": conversation(call.state, call.state.create_channel(name))}
    except ValueError:
        raise Refused("name_taken") from None


@method("conversations.history", "channels:history")
def conversations_history(call: Call) -> Answer:
    place = call.channel(joined=True)
    in_channel = [
        m
        for m in place.messages.values()
        if m.get("thread_ts") in (None, "", m["ts"]) or m.get("subtype") == "thread_broadcast"
    ]
    wanted = list(reversed(_between(call, in_channel)))
    page, cursor = page_of(call, wanted, default=100, at_most=999)
    found: Answer = {"messages": _with_threads(call, place, page), "has_more": bool(cursor), "pin_count": 0}
    return found | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


@method("conversations.replies", "channels:history")
def conversations_replies(call: Call) -> Answer:
    place = call.channel(joined=True)
    parent = call.required("ts")
    if parent not in place.messages:
        raise Refused("thread_not_found")
    replies = [place.messages[ts] for ts in place.replies.get(parent, [])]
    wanted = [place.messages[parent], *_between(call, replies)]
    page, cursor = page_of(call, wanted, default=1000, at_most=1000)
    found: Answer = {"messages": _with_threads(call, place, page), "has_more": bool(cursor)}
    return found | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def _between(call: Call, messages: list[Message]) -> list[Message]:
    """Those between `oldest` and `latest`, the ends excluded unless `inclusive`."""
    try:
        oldest = _moment(call.text("oldest"), 0)
        latest = _moment(call.text("latest"), 10**18)
    except ValueError:
        raise Refused("invalid_ts_oldest") from None
    inclusive = call.flag("inclusive")

    def within(message: Message) -> bool:
        at = _moment(message["ts"], 0)
        return oldest < at < latest or (inclusive and at in (oldest, latest))

    return [m for m in messages if within(m)]


def _moment(ts: str, missing: int) -> int:
    """A timestamp in whole microseconds, which floats would blur."""
    if not ts:
        return missing
    seconds, _, fraction = ts.partition(".")
    return int(seconds) * 1_000_000 + int((fraction + "000000")[:6])


def _with_threads(call: Call, place: Channel, messages: list[Message]) -> list[Message]:
    with_metadata = call.flag("include_all_metadata")
    return [_shown(call.state.in_thread(m, place), with_metadata) for m in messages]


def page_of(call: Call, everything: list[Any], default: int, at_most: int) -> tuple[list[Any], str]:
    """One page, and the cursor of the next or "". A cursor is opaque, as Slack's base64 is."""
    size = call.number("limit", default, at_most)
    start = 0
    if call.text("cursor"):
        try:
            start = int(base64.b64decode(call.text("cursor"), validate=True).decode().removeprefix("next:"))
        except ValueError:
            raise Refused("invalid_cursor") from None
    end = start + size
    cursor = base64.b64encode(f"next:{end}".encode()).decode() if end < len(everything) else ""
    return everything[start:end], cursor


def conversation(state: SlackState, channel: Channel) -> Answer:
    """A channel, or direct messages, as the conversations methods show them."""
    if channel.with_user:
        return {
            "id": channel.id,
            "created": channel.created,
            "is_archived": False,
            "is_im": True,
            "is_org_shared": False,
            "context_team_id": TEAM,
            "user": channel.with_user,
            "is_user_deleted": False,
            "is_open": True,
        }
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": False,
        "is_archived": False,
        "is_general": False,
        "is_shared": False,
        "is_org_shared": False,
        "is_member": channel.is_member,
        "created": channel.created,
        "creator": BOT_USER,
        "context_team_id": TEAM,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": channel.topic, "creator": "", "last_set": 0},
        "num_members": len(state.users),
    }
