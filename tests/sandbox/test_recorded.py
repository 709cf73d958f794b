"""The stand-in for Reddit, held against the answers that praw and prawcore were recorded with.

The recordings ship in the libraries' source packages. They are fetched by pip when the test runs, kept
in .sunwai/cassettes, and never committed. Field names and JSON types are compared, not values. tweepy's
source package holds no recordings, so X has no such test.
"""

import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.server import Sandbox
from sandbox.world import World

CACHE = Path(__file__).parents[2] / ".sunwai" / "cassettes"
Recording = tuple[str, int, Any]
"""Address, status and body of one recorded answer."""


def fetch(package: str) -> Path:
    """The source package of the version that is installed; pip must run its build to name it."""
    wanted = CACHE / f"{re.sub('[-.]', '_', package).lower()}-{version(package)}.tar.gz"
    if wanted.exists():
        return wanted
    CACHE.mkdir(parents=True, exist_ok=True)
    download = [
        "-m",
        "pip",
        "download",
        "--no-binary",
        ":all:",
        "--no-deps",
        "--quiet",
        f"{package}=={version(package)}",
    ]
    failures = []
    # A virtual environment made without pip still has the interpreter that it was made from.
    for python in (sys.executable, str(Path(sys.base_prefix) / "bin" / "python3")):
        with tempfile.TemporaryDirectory(dir=CACHE) as into:  # several workers may fetch at once
            done = subprocess.run([python, *download, "--dest", into], capture_output=True, text=True, timeout=110)
            if (fetched := Path(into) / wanted.name).exists():
                return fetched.replace(wanted)
        failures.append(done.stderr.strip()[-500:])
    message = f"could not fetch the source of {package}: {failures}"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def recordings(package: str) -> Iterator[Recording]:
    with tarfile.open(fetch(package)) as archive:
        for member in archive:
            if "/cassettes/" not in member.name or not member.name.endswith(".json"):
                continue
            for pair in json.load(archive.extractfile(member))["interactions"]:  # type: ignore[arg-type]
                text = pair["response"]["body"].get("string", "")
                try:
                    yield pair["request"]["uri"], pair["response"]["status"]["code"], json.loads(text)
                except ValueError:
                    continue


def things(body: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every kind and data in an answer, however deep."""
    if isinstance(body, list):
        for item in body:
            yield from things(item)
    if isinstance(body, dict):
        if body.get("kind") in KINDS and isinstance(body.get("data"), dict):
            yield body["kind"], body["data"]
        for value in body.values():
            yield from things(value)


KINDS = ("t1", "t2", "t3", "t5", "more", "Listing")


class Shapes:
    """Which fields were seen of each kind, how often, and with which JSON types."""

    def __init__(self, found: Iterator[tuple[str, dict[str, Any]]]) -> None:
        self.count: Counter[str] = Counter()
        self.types: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        for kind, data in found:
            self.count[kind] += 1
            for name, value in data.items():
                self.types[kind][name][json_type(value)] += 1

    def always(self, kind: str) -> set[str]:
        return {name for name, types in self.types[kind].items() if types.total() == self.count[kind]}

    def beyond(self, other: "Shapes", kind: str) -> dict[str, set[str]]:
        """The fields of a kind, and their types, that the other never showed."""
        new = {name: set(types) - set(other.types[kind].get(name, ())) for name, types in self.types[kind].items()}
        return {name: types for name, types in new.items() if types}


def json_type(value: Any) -> str:
    return {bool: "boolean", int: "number", float: "number", str: "string", type(None): "null"}.get(
        type(value), type(value).__name__
    )


@pytest.fixture(scope="module")
def recorded() -> Shapes:
    return Shapes(thing for _, _, body in recordings("praw") for thing in things(body))


@pytest.fixture
def token(sandbox: Sandbox) -> dict[str, Any]:
    return ask_token(sandbox, grant_type="client_credentials")


def ask_token(sandbox: Sandbox, **form: str) -> dict[str, Any]:
    keys = sandbox.world.keys
    answer = requests.post(
        f"{sandbox.reddit_url}/api/v1/access_token",
        auth=(keys.reddit_client_id, keys.reddit_client_secret),
        data=form,
        headers={"User-Agent": keys.reddit_user_agent},
        timeout=5,
    )
    body: dict[str, Any] = answer.json()
    return body


@pytest.fixture
def ours(sandbox: Sandbox, token: dict[str, Any]) -> Shapes:
    """The shapes of the sandbox's own answers, of whole, edited, deleted, removed and linked things."""
    top = people_talk(sandbox.world)
    headers = {
        "User-Agent": sandbox.world.keys.reddit_user_agent,
        "Authorization": f"bearer {token['access_token']}",
    }
    paths = ["/r/northwind/new", "/r/northwind/comments", "/r/northwind/search?q=link", "/r/northwind/about"]
    paths.append("/api/info?id=" + ",".join(post.id for post in sandbox.world.newest_first("reddit")))
    paths += [f"/comments/{top[3:]}?limit=5", "/user/asha/about"]
    answers = [requests.get(f"{sandbox.oauth_url}{path}", headers=headers, timeout=5).json() for path in paths]
    return Shapes(things(answers))


def people_talk(world: World) -> str:
    top = world.post("reddit", "asha", "text", place="northwind", title="A title")
    world.post("reddit", "asha", "", place="northwind", title="A link", link="https://example.org/x")
    for act in ("edit", "delete", "remove", "keep"):
        comment = world.post("reddit", "deniz", "comment", reply_to=top.id)
        post = world.post("reddit", "deniz", "text", place="northwind", title=act)
        world.post("reddit", "asha", "reply", reply_to=comment.id)
        for id in (comment.id, post.id):
            if act == "edit":
                world.edit("reddit", id, "edited")
            elif act != "keep":
                world.delete("reddit", id, by="author" if act == "delete" else "moderator")
    return top.id


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_reddit_always_sends_is_left_out(recorded: Shapes, ours: Shapes, kind: str) -> None:
    assert recorded.count[kind] > 100
    assert recorded.always(kind) - ours.always(kind) == set()


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_has_a_name_and_types_that_reddit_uses(recorded: Shapes, ours: Shapes, kind: str) -> None:
    assert ours.count[kind] > 0
    assert ours.beyond(recorded, kind) == {}


def test_tokens_are_answered_as_recorded(sandbox: Sandbox, token: dict[str, Any]) -> None:
    answers = [(uri, body) for uri, _, body in recordings("prawcore") if uri.endswith("/api/v1/access_token")]
    granted = [body for _, body in answers if "access_token" in body]
    assert len(granted) > 10
    shape = {name: json_type(value) for name, value in granted[0].items() if name != "refresh_token"}
    assert {name: json_type(value) for name, value in token.items()} == shape
    keys = sandbox.world.keys
    refreshed = ask_token(sandbox, grant_type="refresh_token", refresh_token=keys.reddit_refresh_token)
    installed = frozenset({*token, "device_id"})  # an app without a secret, which the product is not
    assert {frozenset(body) for body in granted} - {installed} == {frozenset(token), frozenset(refreshed)}
    refused = ask_token(sandbox, grant_type="password", username="a", password="b")
    assert "error" in refused
    assert any("error" in body for _, body in answers)


def test_refusals_are_answered_as_recorded(sandbox: Sandbox) -> None:
    agent = {"User-Agent": sandbox.world.keys.reddit_user_agent}
    stale = {**agent, "Authorization": "bearer stale"}
    answer = requests.get(f"{sandbox.oauth_url}/api/v1/me", headers=stale, timeout=5)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="reddit", error="invalid_token"'
    unauthorized = [body for _, status, body in recordings("prawcore") if status == 401]
    assert unauthorized
    assert all(answer.json()[name] == value for name, value in unauthorized[0].items())
