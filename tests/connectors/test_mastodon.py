"""What is Mastodon's own: who is meant, what is public, whole conversations, the brand's account, servers of all ages."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from connectors.ingest import ingest
from connectors.social import build
from connectors.social.mastodon import MastodonConnector, read_status
from core.errors import BadRecord, Misconfigured, RetryLater
from core.mention import Mention
from core.settings import Environment, Settings, parse
from core.store import Store, browse, cursors
from sandbox.mastodon import MastodonApi
from sandbox.server import Sandbox

BRANDS = {
    "northwind": {
        "name": "Northwind",
        "own_accounts": ["mastodon:@northwind"],
        "queries": [{"name": "main", "any_of": ["northwind", "north wind"], "none_of": ["airlines"]}],
    }
}


def settings(**table: Any) -> Settings:
    return parse({"brands": BRANDS, "sources": {"mastodon": {"timeout_seconds": 1, **table}}})


def made(sandbox: Sandbox, *, without: tuple[str, ...] = (), **table: Any) -> MastodonConnector:
    environment = {name: value for name, value in sandbox.env().items() if name not in without}
    (source,) = build(settings(**table), Environment(environment))
    return cast(MastodonConnector, source)


@pytest.fixture
def listen(sandbox: Sandbox, small_store: Store, now: datetime) -> Callable[..., dict[str, Mention]]:
    def pull(**table: Any) -> dict[str, Mention]:
        counts = ingest(small_store, [made(sandbox, **table)], settings(**table), now)
        assert counts["failed"] == 0
        with small_store.read() as tx:
            return {one.mention.text: one.mention for one in browse.latest(tx, limit=100).items}

    return pull


def test_without_a_token_hashtags_are_heard_and_nothing_else(sandbox: Sandbox) -> None:
    names = [stream.name for stream in made(sandbox, without=("MASTODON_ACCESS_TOKEN",)).streams()]
    assert names == ["tag:northwind"], "the words of the queries, written together"
    assert [stream.name for stream in made(sandbox).streams()] == ["tag:northwind", "mentions", "own"]
    words = [stream.name for stream in made(sandbox, listen=["search"]).streams()]
    assert words == ["search:northwind", "search:north wind"]


def test_what_is_under_the_brands_own_tag_is_about_it_and_what_is_under_a_word_must_match(
    sandbox: Sandbox, listen: Callable[..., dict[str, Mention]]
) -> None:
    say = sandbox.world.post
    say("mastodon", "asha", "मेरा ऑर्डर नहीं आया 😡 #NorthwindHelp")
    say("mastodon", "deniz", "Kargom gelmedi #northwind")
    say("mastodon", "ravi", "I flew with them #northwind airlines")
    assert set(listen(listen=["hashtags"])) == {"Kargom gelmedi #northwind"}
    assert set(listen(listen=["hashtags"], hashtags={"northwind": ["northwindhelp"]})) == {
        "Kargom gelmedi #northwind",
        "मेरा ऑर्डर नहीं आया 😡 #NorthwindHelp",
    }


def test_who_names_the_account_or_answers_it_is_heard_without_the_brands_name(
    sandbox: Sandbox, listen: Callable[..., dict[str, Mention]]
) -> None:
    say = sandbox.world.post
    ours = say("mastodon", "northwind", "Good morning")
    say("mastodon", "asha", "my parcel is lost", reply_to=ours.id)
    say("mastodon", "deniz", "nothing to do with anybody")
    heard = listen(listen=["mentions", "own"])
    assert set(heard) == {"Good morning", "my parcel is lost"}
    answer = heard["my parcel is lost"]
    assert (answer.kind, answer.parent_id, answer.conversation_id) == ("reply", ours.id, ours.id)


def test_an_answer_deep_in_a_thread_is_of_its_conversation(
    sandbox: Sandbox, listen: Callable[..., dict[str, Mention]]
) -> None:
    """So that what a customer answers to our answer joins their case."""
    say = sandbox.world.post
    first = say("mastodon", "asha", "northwind lost my parcel #northwind")
    ours = say("mastodon", "northwind", "@asha sorry!", reply_to=first.id)
    say("mastodon", "asha", "@northwind thank you", reply_to=ours.id)
    heard = listen(listen=["hashtags", "mentions", "own"])
    assert {mention.conversation_id for mention in heard.values()} == {first.id}
    assert heard["@northwind thank you"].parent_id == ours.id


def test_direct_messages_are_no_mentions(
    sandbox: Sandbox, listen: Callable[..., dict[str, Mention]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account may read them; they were not said in public."""
    shown = MastodonApi.status
    private = sandbox.world.post("mastodon", "asha", "@northwind my order number is NW-1")
    sandbox.world.post("mastodon", "deniz", "@northwind hello")

    def with_visibility(self: MastodonApi, post: Any) -> dict[str, Any]:
        return shown(self, post) | ({"visibility": "direct"} if post.id == private.id else {})

    monkeypatch.setattr(MastodonApi, "status", with_visibility)
    assert set(listen(listen=["mentions"])) == {"@northwind hello"}


def test_mentions_are_heard_once_and_in_pages(sandbox: Sandbox, small_store: Store, now: datetime) -> None:
    for number in range(12):
        sandbox.world.post("mastodon", "asha", f"@northwind {number}", at=now - timedelta(minutes=60 - number))
    table: dict[str, Any] = {"listen": ["mentions"], "page_size": 5}
    first = ingest(small_store, [made(sandbox, **table)], settings(**table), now)
    assert (first["new"], first["pages"]) == (12, 3)
    sandbox.world.post("mastodon", "asha", "@northwind once more")
    again = ingest(small_store, [made(sandbox, **table)], settings(**table), now + timedelta(seconds=30))
    assert again["new"] == 1
    with small_store.read() as tx:
        (position,) = cursors.positions(tx)
    assert position["floor"] == "13", "notifications have numbers of their own"


@pytest.mark.parametrize("kind", ["hashtags", "search"])
def test_what_another_server_delivers_a_day_late_is_found_within_half_an_hour(
    sandbox: Sandbox, small_store: Store, now: datetime, kind: str
) -> None:
    table: dict[str, Any] = {"listen": [kind], "page_size": 5}
    source, say = made(sandbox, **table), sandbox.world.post

    def pull(minutes: float) -> set[str]:
        assert ingest(small_store, [source], settings(**table), now + timedelta(minutes=minutes))["failed"] == 0
        with small_store.read() as tx:
            return {one.mention.text for one in browse.latest(tx, limit=100).items}

    for number in range(12):
        say("mastodon", "deniz", f"#northwind {number}", at=now - timedelta(hours=30 - number))
    assert len(pull(0)) == 12
    say("mastodon", "asha", "#northwind मेरा फ़ोन फट गया", at=now - timedelta(hours=26))
    say("mastodon", "asha", "#northwind 40 saat geç", at=now - timedelta(hours=58))
    assert "#northwind मेरा फ़ोन फट गया" not in pull(29)
    assert "#northwind मेरा फ़ोन फट गया" in pull(31)
    assert "#northwind 40 saat geç" in pull(31), "an answer of several pages"


def test_looking_far_back_costs_a_request_for_each_page_every_half_hour(
    sandbox: Sandbox, small_store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    shown = MastodonApi.status

    def counted(self: MastodonApi, post: Any) -> dict[str, Any]:
        asked.append(int(post.id))
        return shown(self, post)

    table: dict[str, Any] = {"listen": ["hashtags"]}
    for number in range(30):
        sandbox.world.post("mastodon", "deniz", f"#northwind {number}", at=now - timedelta(hours=40 - number))
    sources = [made(sandbox, **table | more) for more in ({}, {"late_hours": 0})]
    ingest(small_store, sources[:1], settings(**table), now)
    monkeypatch.setattr(MastodonApi, "status", counted)
    shown_in: list[int] = []
    for source in sources:
        for minute in range(10, 70, 10):
            ingest(small_store, [source], settings(**table), now + timedelta(minutes=minute))
        shown_in.append(len(asked))
        asked.clear()
    far, near = shown_in
    assert far - near == 2 * 29, "in an hour, twice, all of them; the newest is in every answer"


def test_a_server_that_does_not_know_many_ids_at_once_is_asked_one_by_one(sandbox: Sandbox, now: datetime) -> None:
    kept, gone = (sandbox.world.post("mastodon", "asha", "northwind") for _ in range(2))
    sandbox.world.delete("mastodon", gone.id)
    sandbox.faults.add("mastodon.statuses", "not_found")
    assert made(sandbox).find_deleted([kept.id, gone.id], now) == ([gone.id], ())


def test_that_all_are_gone_at_once_is_not_believed(sandbox: Sandbox, now: datetime) -> None:
    with pytest.raises(RetryLater, match="is not believed"):
        made(sandbox).find_deleted([str(10**17 + n) for n in range(20)], now)


@pytest.mark.parametrize(
    ("fault", "told"),
    [("not_found", "There is no Mastodon at MASTODON_BASE_URL"), ("forbidden", "give MASTODON_ACCESS_TOKEN the scope")],
)
def test_what_a_person_must_mend_is_named(
    sandbox: Sandbox, small_store: Store, now: datetime, fault: str, told: str
) -> None:
    sandbox.faults.add("mastodon.tag", fault)
    table: dict[str, Any] = {"listen": ["hashtags"]}
    ingest(small_store, [made(sandbox, **table)], settings(**table), now)
    with small_store.read() as tx:
        state = cursors.state(tx, "mastodon")
    assert state.error_kind == "misconfigured"
    assert told in (state.last_error or "")


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"hashtags": {"southwind": ["south"]}}, "sources.mastodon.hashtags names 'southwind'"),
        ({"listen": ["mentions"]}, "MASTODON_ACCESS_TOKEN is not set: sources.mastodon needs it"),
    ],
)
def test_a_wrong_setting_is_told_by_its_key(sandbox: Sandbox, table: dict[str, Any], told: str) -> None:
    with pytest.raises(Misconfigured, match=told):
        made(sandbox, without=("MASTODON_ACCESS_TOKEN",), **table)


def test_a_status_is_read_whole(sandbox: Sandbox) -> None:
    api = MastodonApi(sandbox.world)
    asha = sandbox.world.author(
        "mastodon", "asha", name="आशा 🌸", bio="Tea & trains", url="https://asha.example", followers=12
    )
    quoted = sandbox.world.post("mastodon", "deniz", "Kargom gelmedi <b>")
    post = sandbox.world.post(
        "mastodon", asha, "First line\nsecond & third <3 https://northwind.example/a?b=1&c=2\n\nNew paragraph",
        title="Content note", quote_of=quoted.id, likes=3,
    )  # fmt: skip
    read = read_status(api.status(post))
    assert read.text == "First line\nsecond & third <3 https://northwind.example/a?b=1&c=2\n\nNew paragraph"
    assert (read.title, read.quoted_text, read.kind) == ("Content note", "Kargom gelmedi <b>", "quote")
    assert (read.author.display_name, read.author.followers) == ("आशा 🌸", 12)
    assert read.author.bio == "Tea & trains\nHome: https://asha.example"
    assert (read.metrics.likes, read.metrics.replies, read.metrics.shares) == (3, 0, 0)
    assert read.url == f"https://mastodon.example/@asha/{post.id}"
    assert abs(read.created_at - post.created_at) < timedelta(milliseconds=1)


@pytest.mark.parametrize("broken", [None, "a status", {}, {"id": "x"}, {"id": "1", "content": "<p>", "account": None}])
def test_a_status_that_cannot_be_read_says_so(broken: Any) -> None:
    with pytest.raises(BadRecord, match="an item of Mastodon that cannot be read"):
        read_status(broken)
