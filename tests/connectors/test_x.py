"""X: queries, ids that hold time, windows, bills."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from connectors.ingest import ingest
from connectors.social import build
from connectors.social.source import Source
from connectors.social.x import compile_query, read_post, snowflake, snowflake_time
from core.errors import BadRecord, Misconfigured
from core.mention import BrandQuery, Cursor
from core.settings import Environment
from core.store import Store, browse, cursors, spend
from core.store.schema import gaps
from sandbox.query import compile_query as as_x_reads_it
from sandbox.server import Sandbox
from sandbox.world import World
from tests.connectors.platforms import Crash, Dying, X, heard, lines
from tests.connectors.site import Site, open_site


@pytest.fixture
def x(sandbox: Sandbox, tmp_path: Path) -> X:
    return X(sandbox, tmp_path)


def query(*any_of: str, **more: tuple[str, ...]) -> BrandQuery:
    return BrandQuery("northwind", "main", any_of, **more)


@pytest.mark.parametrize(
    ("asked", "own", "compiled"),
    [
        (query("northwind"), (), "northwind -is:retweet"),
        (query("northwind", "north wind"), (), '(northwind OR "north wind") -is:retweet'),
        (query("#nw", "@northwind"), (), "(#nw OR @northwind) -is:retweet"),
        (
            query("northwind", "nw", all_of=("app",), none_of=("weather", "cold front"), languages=("hi", "tr")),
            (),
            '(northwind OR nw) app -weather -"cold front" (lang:hi OR lang:tr) -is:retweet',
        ),
        (
            query("northwind", "nw", none_of=("weather",)),
            ("@northwindhelp", "1234"),
            "(((northwind OR nw) -weather) OR from:northwindhelp OR from:1234) -is:retweet",
        ),
        (query("northwind"), ("@nw",), "(northwind OR from:nw) -is:retweet"),
        (query("OR", "from:me", 'say "hi"', "नॉर्थविंड"), (), '("OR" OR "from:me" OR "say hi" OR "नॉर्थविंड") -is:retweet'),
    ],
)
def test_a_brand_query_in_xs_language(asked: BrandQuery, own: tuple[str, ...], compiled: str) -> None:
    assert compile_query(asked, own) == compiled


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)
TERMS = st.lists(WORDS, max_size=6).map(tuple)


@settings(max_examples=300)
@given(any_of=TERMS, all_of=TERMS, none_of=TERMS, own=st.booleans(), reposts=st.booleans())
def test_any_query_is_one_that_x_can_read_and_not_too_long(
    any_of: tuple[str, ...], all_of: tuple[str, ...], none_of: tuple[str, ...], own: bool, reposts: bool
) -> None:
    asked = query(*any_of, all_of=all_of, none_of=none_of, languages=("en",))
    try:
        compiled = compile_query(asked, ("@northwind",) if own else (), reposts=reposts)
    except Misconfigured as refused:
        assert "northwind/main" in str(refused)
        return
    assert len(compiled) <= 512
    assert compiled.count('"') % 2 == 0
    as_x_reads_it(compiled)


@given(
    any_of=st.lists(st.sampled_from(["northwind", "north wind", "#nw", "@nw"]), min_size=1, unique=True),
    all_of=st.lists(st.sampled_from(["app", "late order"]), unique=True),
    none_of=st.lists(st.sampled_from(["weather", "giveaway"]), unique=True),
    said=st.lists(st.sampled_from(["northwind", "north wind", "#nw", "@nw", "app", "late order", "weather"])).map(
        " ".join
    ),
)
def test_x_reads_a_query_as_it_was_meant(any_of: list[str], all_of: list[str], none_of: list[str], said: str) -> None:
    world = World()
    post = world.post("x", "asha", said, lang="en")
    meant = (
        any(_says(said, term) for term in any_of)
        and all(_says(said, term) for term in all_of)
        and not any(_says(said, term) for term in none_of)
    )
    asked = query(*any_of, all_of=tuple(all_of), none_of=tuple(none_of), languages=("en",))
    assert as_x_reads_it(compile_query(asked))(post, world) == meant


def _says(said: str, term: str) -> bool:
    return f" {term} " in f" {said} "


def test_a_query_too_long_for_x_is_named(x: X) -> None:
    long = query(*(f"word{number}" for number in range(80)))
    with pytest.raises(Misconfigured, match=r"brand query 'northwind/main' is \d+ characters long .* takes 512"):
        compile_query(long)
    assert len(compile_query(long, limit=4096)) > 512


@given(st.datetimes(datetime(2011, 1, 1), datetime(2060, 1, 1)).map(lambda at: at.replace(tzinfo=UTC, microsecond=0)))
def test_an_id_holds_its_time(at: datetime) -> None:
    assert snowflake_time(snowflake(at)) == at


def test_a_floor_over_seven_days_old_becomes_a_gap_and_not_an_end(x: X, small_store: Store, now: datetime) -> None:
    old = now - timedelta(days=9)
    with small_store.write() as tx:
        cursors.save(tx, "x", "northwind/main", Cursor(str(snowflake(old)), old), old)
    for number, text in enumerate(lines("since", 25)):
        x.say(text, now - timedelta(days=6, minutes=-number))
    counts = ingest(small_store, [x.source()], x.settings(), now)
    assert (counts["pulled"], counts["gaps"], counts["new"]) == (1, 1, 25)
    with small_store.read() as tx:
        (gap,) = tx.execute(select(gaps)).mappings()
    assert "7 days" in gap["reason"]
    assert (gap["since"], gap["until"]) == (old, now - timedelta(days=7))
    assert ingest(small_store, [x.source()], x.settings(), now + timedelta(seconds=5))["gaps"] == 0


def test_an_unfinished_answer_that_grew_too_old_is_a_gap(x: X, small_store: Store, now: datetime) -> None:
    old = now - timedelta(days=9)
    unfinished = Cursor(
        floor=str(snowflake(old)),
        floor_at=old,
        ceiling=str(snowflake(old + timedelta(days=1))),
        ceiling_at=old + timedelta(days=1),
        resume=str(snowflake(old + timedelta(hours=1))),
    )
    with small_store.write() as tx:
        cursors.save(tx, "x", "northwind/main", unfinished, old)
    x.say("northwind today")
    counts = ingest(small_store, [x.source()], x.settings(), now)
    assert counts["gaps"] >= 1
    assert heard(small_store).keys() == {"northwind today"}
    with small_store.read() as tx:
        (position,) = cursors.positions(tx)
    assert position["resume"] is None


def test_a_crash_during_the_first_answer_after_a_long_silence(x: X, small_store: Store, now: datetime) -> None:
    """The window is gone through again from where it broke off, without the floor that X refused."""
    old = now - timedelta(days=9)
    with small_store.write() as tx:
        cursors.save(tx, "x", "northwind/main", Cursor(str(snowflake(old)), old), old)
    for number, text in enumerate(lines("since", 35)):
        x.say(text, now - timedelta(days=6, minutes=-number))
    with pytest.raises(Crash):
        ingest(small_store, [Dying(x.source(), 2)], x.settings(), now)
    ingest(small_store, [x.source()], x.settings(), now)
    assert heard(small_store).keys() == set(lines("since", 35))


@pytest.mark.parametrize(
    "broken",
    [
        {},
        [],
        {"data": []},
        {"meta": {"result_count": 10}},
        {"errors": [{"title": "Oops"}]},
        {"meta": 3},
        "the same page",
    ],
    ids=str,
)
def test_a_broken_page_never_passes_for_the_end_of_an_answer(
    broken: object, tmp_path: Path, small_store: Store, now: datetime
) -> None:
    """Else the floor would move up, over the pages that were not read."""
    newest, older = snowflake(now - timedelta(minutes=1)), snowflake(now - timedelta(hours=1))
    first = {"data": [_tweet(newest, "northwind, newer")], "meta": {"result_count": 1, "next_token": "t1"}}
    last = {"data": [_tweet(older, "northwind, older")], "meta": {"result_count": 1}}
    with open_site() as site:
        x = XAt(site, tmp_path)
        source = x.source(overlap_seconds=0)
        site.answer = lambda asked: (
            first if "next_token" not in asked else first if broken == "the same page" else broken
        )
        counts = ingest(small_store, [source], x.settings(), now)
        assert (counts["failed"], counts["new"]) == (1, 1)
        site.answer = lambda asked: last if "until_id" in asked else {"meta": {"result_count": 0}}
        ingest(small_store, [source], x.settings(), now + timedelta(minutes=1))
    assert heard(small_store).keys() == {"northwind, newer", "northwind, older"}


def _tweet(id: int, text: str) -> dict[str, str]:
    return {"id": str(id), "text": text, "author_id": "7", "created_at": snowflake_time(id).isoformat()}


class XAt(X):
    """X as a site that answers as it is told."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site, self.folder = site, folder

    def source(self, environment: dict[str, str] | None = None, **table: object) -> Source:
        keys = {"X_API_BASE_URL": self.site.url, "X_BEARER_TOKEN": "a-bearer"}
        return build(self.settings(**table), Environment(keys))[0]


def test_an_id_from_the_future_carries_no_cursor_away(tmp_path: Path, small_store: Store, now: datetime) -> None:
    far = snowflake(now + timedelta(days=400))
    broken = {**_tweet(far, "northwind from the future"), "created_at": now.isoformat()}
    with open_site() as site:
        x = XAt(site, tmp_path)
        site.answer = lambda asked: {"data": [broken], "meta": {"result_count": 1}}
        ingest(small_store, [x.source()], x.settings(), now)
    with small_store.read() as tx:
        cursor = cursors.load(tx, "x", "northwind/main")
    assert cursor is not None
    assert cursor.floor is None or int(cursor.floor) < far
    assert heard(small_store).keys() == {"northwind from the future"}


def test_a_quiet_brand_never_falls_out_of_the_window(x: X, small_store: Store, now: datetime) -> None:
    floor_at = now - timedelta(days=6)
    with small_store.write() as tx:
        cursors.save(tx, "x", "northwind/main", Cursor(str(snowflake(floor_at)), floor_at), floor_at)
    ingest(small_store, [x.source()], x.settings(), now)
    with small_store.read() as tx:
        cursor = cursors.load(tx, "x", "northwind/main")
    assert cursor is not None
    assert now - timedelta(days=1, minutes=1) < snowflake_time(int(cursor.floor or 0)) < now - timedelta(hours=23)


def test_a_first_pull_looks_back_as_far_as_the_team_wants(x: X, small_store: Store, now: datetime) -> None:
    x.say("northwind long ago", now - timedelta(days=3))
    x.say("northwind lately", now - timedelta(hours=3))
    ingest(small_store, [x.source(backfill_hours=24)], x.settings(), now)
    assert heard(small_store).keys() == {"northwind lately"}


def test_a_post_as_x_tells_it(x: X, small_store: Store, now: datetime) -> None:
    world = x.sandbox.world
    author = world.author(
        "x", "asha", name="Asha & Co", followers=52_000, verified=True, bio="Chai <3", location="Pune"
    )
    first = world.post("x", author, "northwind " + "बहुत लंबा " * 60 + "& <done>", likes=3, views=900)
    reply = world.post("x", "northwindhelp", "we are on it", reply_to=first.id)
    quote = world.post("x", "ravi", "northwind strikes again", quote_of=first.id)
    world.post("x", "bot", "", repost_of=first.id)
    ingest(small_store, [x.source()], x.settings(), now)
    found = {mention.external_id: mention for mention in heard(small_store).values()}
    assert found.keys() == {first.id, reply.id, quote.id}, "a plain repost costs as much as a post and says nothing"
    said = found[first.id]
    assert said.text == first.text
    assert (said.author.display_name, said.author.followers, said.author.verified) == ("Asha & Co", 52_000, True)
    assert (said.author.bio, said.author.location) == ("Chai <3", "Pune")
    assert (said.url, said.kind, said.lang) == (f"https://x.com/asha/status/{first.id}", "post", "hi")
    assert (said.metrics.likes, said.metrics.replies, said.metrics.views) == (3, 1, 900)
    answered = found[reply.id]
    assert (answered.kind, answered.parent_id, answered.conversation_id) == ("reply", first.id, first.id)
    quoted = found[quote.id]
    assert (quoted.kind, quoted.quoted_text, quoted.parent_id) == ("quote", first.text, first.id)


def test_reposts_are_heard_on_demand_as_words_of_the_other(x: X, small_store: Store, now: datetime) -> None:
    first = x.say("northwind, again")
    x.sandbox.world.post("x", "ravi", "", repost_of=first.id)
    ingest(small_store, [x.source(reposts=True)], x.settings(), now)
    with small_store.read() as tx:
        (repost,) = (one.mention for one in browse.latest(tx).items if one.mention.kind == "repost")
    assert (repost.text, repost.quoted_text) == ("", "northwind, again")


def test_the_brands_answer_is_heard_though_it_does_not_name_the_brand(x: X, small_store: Store, now: datetime) -> None:
    asked = x.say("northwind, where is my order")
    x.sandbox.world.post("x", "northwindhelp", "Let us look into it", reply_to=asked.id)
    x.sandbox.world.post("x", "contoso", "Let us look into it too", reply_to=asked.id)
    ingest(small_store, [x.source()], x.settings(), now)
    assert heard(small_store).keys() == {"northwind, where is my order", "Let us look into it"}


def test_the_bill_counts_each_post_and_author_once_a_day(x: X, small_store: Store, now: datetime) -> None:
    x.say("northwind one", author="asha")
    x.say("northwind two", author="asha")
    for seconds in (0, 5, 10):
        ingest(small_store, [x.source()], x.settings(), now + timedelta(seconds=seconds))
    with small_store.read() as tx:
        assert spend.spent(tx, "x", "2000-01-01") == 2 * 5_000 + 1 * 10_000


def test_a_spent_budget_stops_the_source_until_the_next_period(x: X, small_store: Store, now: datetime) -> None:
    for number, text in enumerate(lines("dear", 25)):
        x.say(text, now - timedelta(seconds=60 - number))
    source, table = x.source(budget_usd_per_day=0.10), x.settings()
    ingest(small_store, [source], table, now)
    assert len(heard(small_store)) == 20, "two pages of ten posts and one author cost $0.11"
    counts = ingest(small_store, [source], table, now + timedelta(seconds=5))
    assert (counts["pulled"], counts["waiting"]) == (0, 1)
    with small_store.read() as tx:
        state = cursors.state(tx, "x")
    assert "budget of $0.10 a day" in (state.last_error or "")
    tomorrow = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC)
    assert state.not_before == tomorrow
    ingest(small_store, [source], table, tomorrow + timedelta(seconds=5))
    assert len(heard(small_store)) == 25, "the answer goes on where the money ran out"


def test_a_raised_budget_counts_at_once(x: X, small_store: Store, now: datetime) -> None:
    x.say("northwind one")
    ingest(small_store, [x.source(budget_usd_per_month=0.01)], x.settings(), now)
    x.say("northwind two")
    assert ingest(small_store, [x.source(budget_usd_per_month=0.01)], x.settings(), now)["waiting"] == 1
    assert ingest(small_store, [x.source(budget_usd_per_month=5)], x.settings(), now)["pulled"] == 1


def test_many_queries_share_the_apps_limit(x: X) -> None:
    """450 searches in 15 minutes are one in 2 s, whatever the interval that was asked for."""
    assert x.source(poll_seconds=1).table.poll_seconds == 2
    assert x.source(poll_seconds=1, searches_per_15_minutes=4500).table.poll_seconds == 1


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        {},
        {"id": "12"},
        {"id": "x", "author_id": "1", "text": "t", "created_at": "2026-01-01T00:00:00Z"},
        {"id": "12", "author_id": "1", "text": "t", "created_at": "yesterday"},
        {"id": "12", "author_id": "1", "created_at": "2026-01-01T00:00:00Z"},
        {"id": "12", "author_id": "1", "text": "t", "created_at": "2026-01-01T00:00:00Z", "referenced_tweets": [3]},
        {"id": "12", "author_id": "1", "text": "t", "created_at": "2026-01-01T00:00:00Z", "note_tweet": "n"},
        {"id": "12", "author_id": "1", "text": "t", "created_at": "2026-01-01T00:00:00Z", "public_metrics": [1]},
    ],
)
def test_a_broken_post_is_a_bad_record(broken: object) -> None:
    with pytest.raises(BadRecord):
        read_post(broken, {}, {})
