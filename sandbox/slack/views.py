"""Modals and Home tabs: who sees which view, in what stack, and what they have entered there."""

import copy
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.elements import Entries, NotThere, as_stored, initial_entries, kept_entries
from sandbox.slack.people import APP, BOT, TEAM

MAX_STACK = 3
"""How many views a modal holds: the one that was opened and two pushed onto it."""


class StackFull(Exception):
    """The modal holds MAX_STACK views already."""


class Taken(Exception):
    """Another view has this external_id."""


@dataclass
class View:
    """A view, and who sees it.

    `wire` is the view as the app gets it, but for its state. `errors` stand under the fields that the app
    refused ({block_id: words}); `trouble` says why the last answer of the app could not be used.
    `suggested` are the options that the app gave an external select, by (block_id, action_id).
    """

    wire: dict[str, Any]
    user: str
    entries: Entries
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str = ""
    suggested: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return str(self.wire["id"])

    @property
    def blocks(self) -> list[dict[str, Any]]:
        blocks: list[dict[str, Any]] = self.wire["blocks"]
        return blocks

    def public(self) -> dict[str, Any]:
        """The view as the app gets to see it, with what was entered so far."""
        return copy.deepcopy(self.wire | {"state": {"values": self.entries}})

    def shown(self) -> dict[str, Any]:
        """The view as the page draws it."""
        return self.public() | {"for_user": self.user, "errors": self.errors, "trouble": self.trouble}


class Views:
    """Every view that somebody sees. `stamp` gives epoch seconds; `tell` hears of each change."""

    def __init__(self, stamp: Callable[[], float], tell: Callable[[dict[str, Any]], None]) -> None:
        self._stamp, self._tell = stamp, tell
        self._open: dict[str, View] = {}

    def __iter__(self) -> Any:
        return iter(list(self._open.values()))

    def get(self, view_id: str) -> View:
        """The view of this id. Raises NotThere."""
        if view_id not in self._open:
            raise NotThere(f"no view {view_id} is open")
        return self._open[view_id]

    def find(self, id_or_external_id: str) -> View | None:
        wanted = id_or_external_id
        return next((v for v in self if wanted and wanted in (v.id, v.wire["external_id"])), None)

    def modals(self, user: str) -> list[View]:
        """The modals that this user id has open; the last one is on top."""
        return [view for view in self if view.user == user and view.wire["type"] == "modal"]

    def home(self, user: str) -> View | None:
        """What this user id's Home tab shows, once the app has published something."""
        return next((view for view in self if view.user == user and view.wire["type"] == "home"), None)

    def open(self, wanted: dict[str, Any], user: str) -> View:
        """Open a modal, or publish a first Home tab. Raises Taken."""
        return self._add(wanted, user, None)

    def push(self, wanted: dict[str, Any], onto: View) -> View:
        """Put a view on top of a modal's. Raises StackFull and Taken."""
        stack = self._stack(onto)
        if len(stack) >= MAX_STACK:
            raise StackFull
        return self._add(wanted, onto.user, stack[-1])

    def update(self, view: View, wanted: dict[str, Any]) -> View:
        """Redraw a view; what was entered stays where ids and types do. Raises Taken."""
        self._check_free(wanted, view)
        links = {name: view.wire[name] for name in ("id", "root_view_id", "previous_view_id")}
        view.wire = self._worded(wanted, links)
        view.entries = kept_entries(view.blocks, view.entries)
        view.errors, view.trouble = {}, ""
        self.changed(view)
        return view

    def publish(self, wanted: dict[str, Any], user: str) -> View:
        """Show this in the user's Home tab. Raises Taken."""
        before = self.home(user)
        return self.update(before, wanted) if before else self.open(wanted, user)

    def close(self, view: View) -> None:
        """Take a view away, and what lies on top of it; the one beneath shows again."""
        stack = self._stack(view)
        for one in reversed(stack[stack.index(view) :]):
            del self._open[one.id]
            self._tell({"type": "view_closed", "view": one.id})

    def clear(self, view: View) -> list[View]:
        """Take the whole modal away, and return the views that it had, the bottom one first."""
        stack = self._stack(view)
        self.close(stack[0])
        return stack

    def changed(self, view: View) -> None:
        self._tell({"type": "view", "view": view.shown()})

    def _stack(self, view: View) -> list[View]:
        return [one for one in self if one.wire["root_view_id"] == view.wire["root_view_id"]]

    def _add(self, wanted: dict[str, Any], user: str, beneath: View | None) -> View:
        self._check_free(wanted, None)
        view_id = "V" + secrets.token_hex(5).upper()
        root = beneath.wire["root_view_id"] if beneath else view_id
        links = {"id": view_id, "root_view_id": root, "previous_view_id": beneath.id if beneath else None}
        wire = self._worded(wanted, links)
        view = View(wire, user, initial_entries(wire["blocks"]))
        self._open[view_id] = view
        self.changed(view)
        return view

    def _check_free(self, wanted: dict[str, Any], but: View | None) -> None:
        other = self.find(wanted.get("external_id") or "")
        if other is not None and other is not but:
            raise Taken

    def _worded(self, wanted: dict[str, Any], links: dict[str, Any]) -> dict[str, Any]:
        """The view with what Slack adds to it."""
        defaults: dict[str, Any] = {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "submit": None,
            "close": None,
            "clear_on_close": False,
            "notify_on_close": False,
        }
        added = {
            "blocks": as_stored(wanted["blocks"]),
            "team_id": TEAM,
            "app_id": APP,
            "app_installed_team_id": TEAM,
            "bot_id": BOT,
            "hash": f"{int(self._stamp())}.{secrets.token_hex(4)}",
        }
        return defaults | wanted | added | links
