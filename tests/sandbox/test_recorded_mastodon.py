"""The stand-in for Mastodon, held against the answers that Mastodon.py was recorded with; see test_recorded.py."""

import json
import tarfile
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import yaml

from sandbox.server import Sandbox
from tests.sandbox.test_recorded import Recording, Shapes, fetch, json_type

KINDS = {
    "status": {"content", "visibility", "account"},
    "account": {"acct", "note", "followers_count"},
    "mention": {"acct", "username", "url", "id"},
    "tag": {"name", "url"},
    "notification": {"type", "group_key", "account"},
}
"""What tells each kind of thing: fields that nothing else has together. A mention has no more than these."""


def recordings() -> Iterator[Recording]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with tarfile.open(fetch("Mastodon.py")) as archive:
        for member in archive:
            if "/cassettes/" not in member.name or not member.name.endswith(".yaml") or ".ws." in member.name:
                continue
            cassette = yaml.load(archive.extractfile(member), Loader=loader)  # type: ignore[arg-type]
            for pair in cassette["interactions"]:
                text = pair["response"]["body"].get("string", "")
                try:
                    yield pair["request"]["uri"], pair["response"]["status"]["code"], json.loads(text)
                except (ValueError, UnicodeDecodeError):
                    continue


def things(body: Any, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every kind and its fields in an answer, however deep; mentions and tags only where a status names them."""
    if isinstance(body, list):
        for item in body:
            yield from things(item, at)
    if isinstance(body, dict):
        for kind, fields in KINDS.items():
            place = {"mention": "mentions", "tag": "tags"}.get(kind)
            if (at == place if place else fields <= set(body)) and "poll" not in at:
                yield kind, body
        for name, value in body.items():
            if name not in ("role", "source"):
                yield from things(value, name)


@pytest.fixture(scope="module")
def answers() -> list[Recording]:
    return list(recordings())


@pytest.fixture(scope="module")
def recorded(answers: list[Recording]) -> Shapes:
    return Shapes(thing for _, _, body in answers for thing in things(body))


def ask(sandbox: Sandbox, path: str, token: str | None = None) -> requests.Response:
    token = token or sandbox.world.keys.mastodon_token
    return requests.get(f"{sandbox.mastodon_url}{path}", headers={"Authorization": f"Bearer {token}"}, timeout=5)


@pytest.fixture
def ours(sandbox: Sandbox) -> Shapes:
    """The shapes of the sandbox's own answers, of plain, edited, quoting and answering posts."""
    say = sandbox.world.post
    sandbox.world.author("mastodon", "asha", bio="Tea", url="https://asha.example")
    first = say("mastodon", "asha", "@northwind hello #northwind https://asha.example")
    quoting = say("mastodon", "deniz", "@asha look #northwind", quote_of=first.id)
    say("mastodon", "deniz", "@northwind too", reply_to=first.id)
    sandbox.world.edit("mastodon", quoting.id, "@asha look here #northwind")
    paths = ("/api/v1/timelines/tag/northwind", "/api/v1/notifications", f"/api/v1/statuses/{first.id}/context")
    return Shapes(thing for path in paths for thing in things(ask(sandbox, path).json()))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_mastodon_always_sends_is_left_out(recorded: Shapes, ours: Shapes, kind: str) -> None:
    assert recorded.count[kind] > 5
    assert recorded.always(kind) - ours.always(kind) == set()


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_has_a_name_and_types_that_mastodon_uses(recorded: Shapes, ours: Shapes, kind: str) -> None:
    assert ours.count[kind] > 0
    assert ours.beyond(recorded, kind) == {}


def test_refusals_are_answered_as_recorded(sandbox: Sandbox, answers: list[Recording]) -> None:
    told = {status: {json_type(body.get("error"))} for _, status, body in answers if status in (401, 404, 422)}
    assert told == {status: {"string"} for status in (401, 404, 422)}
    stale = ask(sandbox, "/api/v1/timelines/tag/northwind", "stale")
    assert (stale.status_code, stale.json()) == (401, {"error": "The access token is invalid"})
    assert stale.json() in [body for _, status, body in answers if status == 401]
    gone = ask(sandbox, "/api/v1/statuses/1")
    assert (gone.status_code, gone.json()) == (404, {"error": "Record not found"})
    assert gone.json() in [body for _, status, body in answers if status == 404]
