"""The ingest stage: two at once, waits that grow, one stream's trouble, sources by name."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import requests

from connectors.ingest import LONGEST_BACKOFF, ingest, refresh
from connectors.social import REGISTRY, build
from connectors.social.source import HttpSession, SourceTable, raise_if_busy, retry_at, unreachable
from core.errors import Misconfigured, RetryLater
from core.mention import Author, Charge, Cursor, Heard, Mention, Page, Stream
from core.settings import Environment, Settings, parse
from core.store import Store, cursors, spend
from sandbox.server import Sandbox
from tests.connectors.platforms import RedditNew, X, heard, lines
from tests.connectors.site import open_site

BRAND = {"northwind": {"name": "Northwind", "queries": [{"name": "main", "any_of": ["northwind"]}]}}


def settings(**sources: dict[str, object]) -> Settings:
    return parse({"brands": BRAND, "sources": sources})


@dataclass
class Radio:
    """A fake platform with streams that say, or raise, what they are given."""

    says: dict[str, list[str] | Exception]
    table: SourceTable = field(default_factory=SourceTable)
    name: str = "radio"
    platform: str = "radio"
    gone: Sequence[str] = ()
    asked: list[str] = field(default_factory=list)

    def streams(self) -> Sequence[Stream]:
        return [Stream(name, settings().queries) for name in self.says]

    def pull(self, stream: Stream, cursor: Cursor | None, now: datetime) -> Iterator[Page]:
        self.asked.append(stream.name)
        assert cursor is None or "trouble" not in cursor.extra
        said = self.says[stream.name]
        if isinstance(said, Exception):
            raise said
        found = [
            Heard(Mention("radio", text, Author("radio", "1"), text, now), stream.queries, {"text": text})
            for text in said
        ]
        yield Page(Cursor("1", now, extra={"mine": 1}), found, charges=[Charge("post", text, 10_000) for text in said])

    def find_deleted(self, external_ids: Sequence[str], now: datetime) -> tuple[Sequence[str], Sequence[Charge]]:
        self.asked += external_ids
        return [id for id in external_ids if id in self.gone], [Charge("post", id, 10_000) for id in external_ids]


def listen(store: Store, radio: Radio, now: datetime) -> dict[str, int]:
    return ingest(store, [radio], settings(), now, jitter=lambda: 1.0)


def test_one_streams_trouble_stops_no_other(small_store: Store, now: datetime) -> None:
    radio = Radio({"bad": RetryLater("busy"), "worse": Misconfigured("no key"), "good": ["northwind"]})
    counts = listen(small_store, radio, now)
    assert (counts["pulled"], counts["failed"], counts["new"]) == (1, 2, 1)
    with small_store.read() as tx:
        state = cursors.state(tx, "radio")
    assert (state.last_ok_at, state.last_error, state.not_before) == (now, "no key", None)


def test_a_wait_doubles_up_to_a_limit_and_ends_with_the_trouble(small_store: Store, now: datetime) -> None:
    waits = []
    for _ in range(12):
        assert listen(small_store, Radio({"one": RetryLater("busy")}), now)["failed"] == 1
        with small_store.read() as tx:
            until = cursors.state(tx, "radio").not_before
        assert until is not None
        assert listen(small_store, Radio({"one": ["northwind"]}), until - timedelta(seconds=1))["waiting"] == 1
        waits.append((until - now).total_seconds())
        now = until
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == LONGEST_BACKOFF.total_seconds()
    listen(small_store, Radio({"one": ["northwind"]}), now)
    with small_store.read() as tx:
        state, (position,) = cursors.state(tx, "radio"), cursors.positions(tx)
        cursor = cursors.load(tx, "radio", "one")
    assert (state.error_kind, state.failures, state.not_before) == (None, 0, None)
    assert cursor == Cursor("1", position["floor_at"], extra={"mine": 1})


def test_a_failure_keeps_how_far_we_had_listened(small_store: Store, now: datetime) -> None:
    listen(small_store, Radio({"one": ["northwind"]}), now)
    listen(small_store, Radio({"one": RetryLater("busy")}), now)
    with small_store.read() as tx:
        cursor = cursors.load(tx, "radio", "one")
    assert cursor is not None
    assert (cursor.floor, cursor.floor_at, cursor.extra["mine"]) == ("1", now, 1)


def test_two_workers_at_once_store_everything_once(
    store: Store, sandbox: Sandbox, tmp_path: Path, now: datetime
) -> None:
    platforms = [X(sandbox, tmp_path), RedditNew(sandbox, tmp_path)]
    for platform in platforms:
        for number, text in enumerate(lines(platform.name, 35)):
            platform.say(text, now - timedelta(seconds=90 - number))
    troubles: list[BaseException] = []

    def work() -> None:
        try:
            for platform in platforms:
                ingest(store, [platform.source()], platform.settings(), now)
        except BaseException as error:
            troubles.append(error)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert troubles == []
    assert len(heard(store)) == 70


def test_refresh_erases_what_is_gone_in_batches_and_pays_for_asking(small_store: Store, now: datetime) -> None:
    texts = [f"northwind {number}" for number in range(250)]
    radio = Radio({"one": texts}, gone=texts[:3])
    listen(small_store, radio, now - timedelta(days=2))
    radio.asked.clear()
    assert refresh(small_store, [radio], now, limit=200) == {"checked": 200, "erased": 3, "failed": 0}
    assert refresh(small_store, [radio], now, limit=200)["checked"] == 50
    assert refresh(small_store, [radio], now, limit=200)["checked"] == 0
    assert sorted(radio.asked) == sorted(texts)
    assert len(heard(small_store)) == 247
    with small_store.read() as tx:
        assert spend.spent(tx, "radio", now.date().isoformat()) == 250 * 10_000


def test_refresh_spends_no_more_than_the_budget(small_store: Store, now: datetime) -> None:
    radio = Radio({"one": [f"northwind {number}" for number in range(250)]}, SourceTable(budget_usd_per_day=0.5))
    listen(small_store, radio, now - timedelta(days=2))
    assert refresh(small_store, [radio], now)["checked"] == 100
    assert refresh(small_store, [radio], now)["checked"] == 0


# Settings -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sources", "says"),
    [
        ({"twitter": {}}, "sources.twitter.type is 'twitter': it may be one of x, reddit, mastodon, rss, replay"),
        ({"x": {"poll_secnds": 5}}, "'sources.x.poll_secnds'; did you mean 'poll_seconds'"),
        ({"x": {"poll_seconds": 0.2}}, "'sources.x.poll_seconds' is wrong"),
        ({"mine": {"type": "x", "budget_usd_per_month": -1}}, "'sources.mine.budget_usd_per_month' is wrong"),
        ({"x": {"enabled": "maybe"}}, "'sources.x.enabled' is wrong"),
        ({"reddit": {}}, "'sources.reddit.subreddits' is missing"),
        ({"reddit": {"subreddits": ["r/india"]}}, "'sources.reddit.subreddits.0' is wrong"),
        ({"reddit": {"subreddits": ["india"], "about": {"acme": ["india"]}}}, "sources.reddit.about names 'acme'"),
        ({"replay": {}}, "'sources.replay.path' is missing"),
    ],
)
def test_a_mistake_in_a_source_is_told_in_one_sentence(sources: dict[str, dict[str, object]], says: str) -> None:
    with pytest.raises(Misconfigured) as told:
        build(settings(**sources), Environment({"X_BEARER_TOKEN": "t"}))
    assert says in str(told.value)
    assert "\n" not in str(told.value)


def test_sources_are_built_by_name_and_a_disabled_one_is_not(tmp_path: Path) -> None:
    path = str(tmp_path / "said.jsonl")
    asked = settings(
        replay={"path": path},
        more={"type": "replay", "path": path},
        off={"type": "replay", "path": path, "enabled": False},
    )
    assert [source.name for source in build(asked, Environment({}))] == ["replay", "more"]
    assert [source.name for source in build(asked, Environment({}), only=["more"])] == ["more"]
    with pytest.raises(Misconfigured, match="there is no source 'nope'"):
        build(asked, Environment({}), only=["nope"])


def test_every_registered_type_has_its_factory() -> None:
    from importlib import import_module

    for target in REGISTRY.values():
        module, factory = target.split(":")
        assert callable(getattr(import_module(module), factory))


# HTTP -----------------------------------------------------------------------------------------------------------------


def answer(status: int, **headers: str) -> requests.Response:
    made = requests.Response()
    made.status_code = status
    made.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return made


DATE = "Sat, 21 Nov 2026 12:00:00 GMT"  # epoch 1795262400


@pytest.mark.parametrize(
    ("response", "seconds"),
    [
        (answer(429, retry_after="7"), 7),
        (answer(503, retry_after="7.5"), 7.5),
        (answer(429, retry_after="Sat, 21 Nov 2026 12:01:00 GMT", date=DATE), 60),
        (answer(429, x_rate_limit_reset="1795262430", date=DATE), 30),
        (answer(429, x_rate_limit_reset="1795262300", date=DATE), 0),
        (answer(429, x_ratelimit_reset="45"), 45),
        (answer(429, retry_after="5", x_rate_limit_reset="1795262430", date=DATE), 5),
        (answer(429, retry_after="999999999"), 86_400),
        (answer(429, retry_after="soon"), None),
        (answer(429, retry_after="nan"), None),
        (answer(429, retry_after="inf"), None),
        (answer(503, retry_after="1e300"), None),
        (answer(429, x_rate_limit_reset="1e400", date=DATE), None),
        (answer(429, retry_after="9999999999"), 86_400),
        (answer(429), None),
        (answer(500, x_rate_limit_reset="1795262430", date=DATE), None),
    ],
)
def test_a_wait_is_read_from_the_answer_by_the_answers_own_clock(
    response: requests.Response, seconds: float | None, now: datetime
) -> None:
    expected = None if seconds is None else now + timedelta(seconds=seconds)
    assert retry_at(response, now) == expected
    with pytest.raises(RetryLater) as told:
        raise_if_busy(response, "X", now)
    assert told.value.until == expected


def test_an_sdks_address_is_replaced_prefix_and_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before requests looks for a proxy: a stand-in on loopback is never asked through the company's."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with open_site() as site:
        site.says("/gateway/x/2/tweets?ids=1", "{}")
        session = HttpSession(1, {"https://api.twitter.com": f"{site.url}/gateway/x/"})
        assert session.get("https://api.twitter.com/2/tweets", params={"ids": "1"}).status_code == 200
    with pytest.raises(requests.exceptions.ProxyError):
        HttpSession(1).get("https://api.twitter.com/2/tweets")


def test_a_failed_connection_is_told_without_addresses() -> None:
    for error in (
        requests.exceptions.ProxyError("http://user:hunter2@proxy"),
        requests.exceptions.SSLError("hunter2"),
        requests.exceptions.ReadTimeout("hunter2"),
        requests.exceptions.ChunkedEncodingError("hunter2"),
    ):
        assert "hunter2" not in str(unreachable("X", error))
