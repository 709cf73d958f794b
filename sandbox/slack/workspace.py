"""What is in the workspace: people, channels and messages, kept as Slack words them on the wire."""

import copy
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.slack.elements import NotThere, as_stored
from sandbox.slack.journal import Journal
from sandbox.slack.people import CHANNELS, GROUPS, TEAM, USERS, Group, User, channel_id

Message = dict[str, Any]


@dataclass
class Channel:
    """A conversation. `messages` is keyed by `ts`, oldest first; `ephemeral` has those only one person sees.

    The app's direct messages with somebody are one too, with that person's id in `with_user`.
    """

    id: str
    name: str
    topic: str = ""
    created: int = 0
    is_member: bool = True
    with_user: str = ""
    messages: dict[str, Message] = field(default_factory=dict)
    ephemeral: dict[str, Message] = field(default_factory=dict)
    replies: dict[str, list[str]] = field(default_factory=dict)
    """Thread parent's ts to the ts of each reply, oldest first."""


class Workspace:
    """The channels and their messages. Everything here may be called from any thread.

    `channels` are made beside the seeded ones. `state_file` is a journal from which a restart takes up the
    channels and their messages. `clock` gives epoch seconds.
    """

    def __init__(self, channels: Iterable[str], state_file: Path | str | None, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.users: dict[str, User] = {user.id: user for user in USERS}
        self.groups: dict[str, Group] = {group.id: group for group in GROUPS}
        self.channels: dict[str, Channel] = {}
        self._watchers: list[Callable[[dict[str, Any]], None]] = []
        self._last_ts = 0
        self._journal: Journal | None = None
        for name in (*CHANNELS, *channels):
            self._add_channel(name, CHANNELS.get(name, ""))
        if state_file is not None:
            self._take_up(Journal(Path(state_file)))

    # Looking

    def channel(self, name_or_id: str) -> Channel:
        """The channel called `triage`, `#triage` or by its id. Raises NotThere."""
        with self.lock:
            found = self.channels.get(name_or_id)
            if found is None:
                name = name_or_id.removeprefix("#")
                found = next((c for c in self.channels.values() if c.name == name), None)
            if found is None:
                raise NotThere(f"no channel is called {name_or_id}")
            return found

    def user(self, name_or_id: str) -> User:
        """The user of this id, handle or full name. Raises NotThere."""
        for user in self.users.values():
            if name_or_id in (user.id, user.name, user.real_name):
                return user
        raise NotThere(f"no user is called {name_or_id}")

    def direct(self, user: User) -> Channel:
        """The app's direct messages with `user`, begun if need be."""
        with self.lock:
            name = f"@{user.name}"
            known = self.channels.get(channel_id(name))
            return known or self._begin(name)

    def shown_channel(self, channel: Channel) -> dict[str, Any]:
        """A channel as the page gets it, without its messages."""
        with self.lock:
            return {
                "id": channel.id,
                "name": channel.name,
                "topic": channel.topic,
                "is_member": channel.is_member,
                "with_user": channel.with_user,
                "ephemeral": list(channel.ephemeral.values()),
            }

    def messages(self, channel: str) -> list[Message]:
        """Every message of `channel` that everybody sees, replies too, oldest first, with its metadata."""
        with self.lock:
            return [copy.deepcopy(m) for m in self.channel(channel).messages.values()]

    def ephemeral(self, channel: str, user: str | None = None) -> list[Message]:
        """What only one person sees in `channel`, oldest first; of `user` alone if named."""
        with self.lock:
            seen_by = self.user(user).id if user else None
            notes = self.channel(channel).ephemeral.values()
            return [copy.deepcopy(m) for m in notes if seen_by in (None, m["visible_to"])]

    def message(self, channel: str, ts: str) -> Message:
        """One message, ephemeral ones included. Raises NotThere."""
        with self.lock:
            place = self.channel(channel)
            found = place.messages.get(ts) or place.ephemeral.get(ts)
            if found is None:
                raise NotThere(f"no message {ts} in #{place.name}")
            return copy.deepcopy(found)

    def in_thread(self, message: Message, channel: Channel) -> Message:
        """The message with the thread fields that Slack adds to a parent."""
        replies = channel.replies.get(message["ts"], [])
        if not replies:
            return message
        people = list(dict.fromkeys(channel.messages[ts]["user"] for ts in replies))
        return message | {
            "thread_ts": message["ts"],
            "reply_count": len(replies),
            "reply_users": people,
            "reply_users_count": len(people),
            "latest_reply": replies[-1],
            "is_locked": False,
            "subscribed": False,
        }

    def watch(self, watcher: Callable[[dict[str, Any]], None]) -> Callable[[], None]:
        """Call `watcher` with every change, under the lock, so it must only hand it on; returns how to stop."""
        with self.lock:
            self._watchers.append(watcher)

        def stop() -> None:
            with self.lock:
                self._watchers.remove(watcher)

        return stop

    def tell(self, change: dict[str, Any]) -> None:
        """Hand a change to everyone who watches."""
        with self.lock:
            for watcher in list(self._watchers):
                watcher(change)

    # Changing

    def create_channel(self, name: str) -> Channel:
        """Make a channel with the app in it. Raises ValueError when the name is taken."""
        with self.lock:
            if any(c.name == name for c in self.channels.values()):
                raise ValueError(name)
            return self._begin(name)

    def next_ts(self) -> str:
        """A message timestamp that no message of this workspace had before; they only rise."""
        with self.lock:
            self._last_ts = max(self._last_ts + 1, int(self.clock() * 1_000_000))
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def add(self, channel: Channel, message: Message, visible_to: str | None = None) -> Message:
        """Post `message`, which gets its `ts`; with `visible_to` it is ephemeral and kept apart."""
        with self.lock:
            posted: Message = {"type": "message", "ts": self.next_ts(), "team": TEAM} | message
            if "blocks" in posted:
                posted["blocks"] = as_stored(posted["blocks"])
            if visible_to is not None:
                posted |= {"visible_to": visible_to, "is_ephemeral": True}
                channel.ephemeral[posted["ts"]] = posted
            else:
                self._keep(channel, posted)
                self._note({"channel": channel.name, "message": posted})
            self._changed(channel, posted)
            return posted

    def amend(self, channel: Channel, ts: str, changes: Message) -> Message:
        """Change a message; a change to None takes the field away. Raises NotThere."""
        with self.lock:
            place = channel.messages if ts in channel.messages else channel.ephemeral
            if ts not in place:
                raise NotThere(f"no message {ts} in #{channel.name}")
            if changes.get("blocks"):
                changes = changes | {"blocks": as_stored(changes["blocks"])}
            merged = place[ts] | changes
            place[ts] = {name: value for name, value in merged.items() if value is not None}
            if place is channel.messages:
                self._note({"channel": channel.name, "message": place[ts]})
            self._changed(channel, place[ts])
            return place[ts]

    def remove(self, channel: Channel, ts: str) -> None:
        """Delete a message; one that has replies leaves a tombstone, as in Slack. Raises NotThere."""
        with self.lock:
            if ts in channel.ephemeral:
                del channel.ephemeral[ts]
            elif ts not in channel.messages:
                raise NotThere(f"no message {ts} in #{channel.name}")
            elif channel.replies.get(ts):
                tombstone = {
                    "type": "message",
                    "subtype": "tombstone",
                    "hidden": True,
                    "user": "USLACKBOT",
                    "text": "This message was deleted.",
                    "ts": ts,
                }
                channel.messages[ts] = tombstone
                self._note({"channel": channel.name, "message": tombstone})
                self._changed(channel, tombstone)
                return
            else:
                self._forget(channel, ts)
                self._note({"channel": channel.name, "deleted": ts})
            self.tell({"type": "deleted", "channel": channel.id, "ts": ts})

    # Inside

    def _begin(self, name: str) -> Channel:
        made = self._add_channel(name, "")
        self._note({"channel": name})
        self.tell({"type": "channel", "channel": self.shown_channel(made) | {"messages": []}})
        return made

    def _add_channel(self, name: str, topic: str) -> Channel:
        with_user = self.user(name[1:]).id if name.startswith("@") else ""
        made = Channel(channel_id(name), name, topic, created=int(self.clock()), with_user=with_user)
        self.channels.setdefault(made.id, made)
        return self.channels[made.id]

    def _keep(self, channel: Channel, message: Message) -> None:
        ts, parent = message["ts"], message.get("thread_ts")
        if ts not in channel.messages and parent and parent != ts:
            channel.replies.setdefault(parent, []).append(ts)
        channel.messages[ts] = message

    def _forget(self, channel: Channel, ts: str) -> None:
        gone = channel.messages.pop(ts, {})
        siblings = channel.replies.get(gone.get("thread_ts", ""), [])
        if ts in siblings:
            siblings.remove(ts)

    def _changed(self, channel: Channel, message: Message) -> None:
        self.tell({"type": "message", "channel": channel.id, "message": self.in_thread(message, channel)})
        parent = channel.messages.get(message.get("thread_ts", ""))
        if parent is not None and parent is not message:
            self.tell({"type": "message", "channel": channel.id, "message": self.in_thread(parent, channel)})

    def _note(self, change: dict[str, Any]) -> None:
        if self._journal is not None:
            self._journal.note(change)

    def _take_up(self, journal: Journal) -> None:
        """Replay the journal, then write it anew with only what is left."""
        for change in journal.changes():
            place = self._add_channel(change["channel"], "")
            if "deleted" in change:
                self._forget(place, change["deleted"])
            elif "message" in change:
                self._keep(place, change["message"])
                seconds, micros = change["message"]["ts"].split(".")
                self._last_ts = max(self._last_ts, int(seconds) * 1_000_000 + int(micros))
        journal.rewrite(self._what_is_left())
        self._journal = journal

    def _what_is_left(self) -> Iterator[dict[str, Any]]:
        for place in self.channels.values():
            yield {"channel": place.name}
            for message in place.messages.values():
                yield {"channel": place.name, "message": message}
