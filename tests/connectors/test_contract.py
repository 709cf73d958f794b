"""What every connector promises, held against the stand-ins through the real tweepy, praw, requests and feedparser."""

import logging
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from connectors.ingest import ingest, refresh
from connectors.social import build
from core.errors import Misconfigured
from core.settings import Environment
from core.store import Store, browse, cursors
from core.store.schema import assessments, gaps, rejected_items
from sandbox.server import Sandbox
from tests.connectors.platforms import (
    ONLINE,
    PLATFORMS,
    Crash,
    Dying,
    MastodonSearch,
    MastodonTag,
    Platform,
    RedditNew,
    Replay,
    Rss,
    X,
    heard,
    holds,
    keep_listening,
    lines,
)

HOUR = timedelta(hours=1)


@pytest.fixture(params=PLATFORMS, ids=lambda platform: platform.__name__)
def platform(request: pytest.FixtureRequest, sandbox: Sandbox, tmp_path: Path) -> Platform:
    made: Platform = request.param(sandbox, tmp_path)
    return made


@pytest.fixture(params=ONLINE, ids=lambda platform: platform.__name__)
def online(request: pytest.FixtureRequest, sandbox: Sandbox, tmp_path: Path) -> Platform:
    made: Platform = request.param(sandbox, tmp_path)
    return made


def test_every_page_of_an_answer_is_stored(platform: Platform, small_store: Store, now: datetime) -> None:
    texts = [*lines("first", 25), "nothing about the brand"]
    for number, text in enumerate(texts):
        platform.say(text, now - timedelta(minutes=30 - number))
    counts = ingest(small_store, [platform.source()], platform.settings(), now)
    assert heard(small_store).keys() == set(texts[:-1])
    assert counts["new"] == 25
    assert counts["pages"] >= (3 if platform.pages else 1)


@pytest.mark.parametrize("pages", [0, 1, 2, 3])
def test_a_crash_after_any_page_loses_nothing_and_doubles_nothing(
    platform: Platform, store: Store, now: datetime, pages: int
) -> None:
    """Without an overlap, so that the cursor alone must know what is still missing."""
    source, settings = platform.source(**platform.without_overlap()), platform.settings()
    ingest(store, [source], settings, now)
    before, later = lines("before", 25), lines("later", 12)
    for number, text in enumerate(before):
        platform.say(text, now - timedelta(seconds=60 - number))
    with pytest.raises(Crash):
        ingest(store, [Dying(source, pages)], settings, now)
    for number, text in enumerate(later):
        platform.say(text, now - timedelta(seconds=20 - number))
    restarted = platform.source(**platform.without_overlap())
    counts = [ingest(store, [restarted], settings, now + timedelta(seconds=s)) for s in (1, 2)]
    assert heard(store).keys() == {*before, *later}
    assert counts[1]["new"] == 0
    with store.read() as tx:
        (position,) = cursors.positions(tx)
        assert tx.scalars(select(gaps.c.reason)).all() == []
    assert position["ceiling"] is None
    assert position["resume"] is None


def test_a_first_answer_never_rings_and_what_comes_after_it_does(
    platform: Platform, small_store: Store, now: datetime
) -> None:
    source, settings = platform.source(), platform.settings()
    platform.say("northwind as it was", now - timedelta(minutes=5))
    ingest(small_store, [source], settings, now)
    platform.say("northwind as it is")
    ingest(small_store, [source], settings, now + timedelta(seconds=5))
    assert may_ring(small_store) == {"northwind as it was": False, "northwind as it is": True}


def test_a_first_answer_that_is_empty_is_an_answer(platform: Platform, small_store: Store, now: datetime) -> None:
    source, settings = platform.source(), platform.settings()
    ingest(small_store, [source], settings, now)
    with small_store.read() as tx:
        (position,) = cursors.positions(tx)
    assert position["floor_at"] is not None
    platform.say("northwind, the first post ever")
    ingest(small_store, [source], settings, now + timedelta(seconds=5))
    assert may_ring(small_store) == {"northwind, the first post ever": True}


def test_a_post_that_is_indexed_late_is_heard(platform: Platform, small_store: Store, now: datetime) -> None:
    source, settings = platform.source(), platform.settings()
    platform.say("northwind in time", now - timedelta(seconds=10))
    ingest(small_store, [source], settings, now)
    for number, text in enumerate(lines("late", 12)):
        platform.say(text, now - timedelta(seconds=100 - number))
    ingest(small_store, [source], settings, now + timedelta(seconds=5))
    assert heard(small_store).keys() == {"northwind in time", *lines("late", 12)}


FAULTS = {
    "429 with Retry-After": {"kind": "rate_limited", "retry_after": 3},
    "429 with a reset time": {"kind": "rate_limited", "reset_after": 30},
    "429 without a hint": {"kind": "rate_limited", "times": 3},
    "402": {"kind": "credits_depleted"},
    "500": {"kind": "server_error", "times": 2},
    "503": {"kind": "unavailable", "retry_after": 2},
    "reset before": {"kind": "reset_before"},
    "reset after": {"kind": "reset_after"},
    "slow": {"kind": "timeout", "seconds": 0.4},
    "truncated": {"kind": "truncated"},
    "cut": {"kind": "cut"},
    "malformed": {"kind": "malformed"},
    "duplicate page": {"kind": "duplicate_page"},
    "page out of order": {"kind": "out_of_order"},
}


@pytest.mark.parametrize("after", [0, 1])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_source_recovers_by_itself_from_every_fault(
    online: Platform,
    small_store: Store,
    now: datetime,
    fault: dict[str, object],
    after: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """`after` 1 lets the first page through, so the fault strikes in the middle of an answer."""
    caplog.set_level(logging.DEBUG)
    source, settings = online.source(timeout_seconds=0.2), online.settings()
    ingest(small_store, [source], settings, now)
    texts = lines("said", 25)
    for number, text in enumerate(texts):
        online.say(text, now - timedelta(seconds=90 - number))
    online.sandbox.faults.add(online.route, after=after if online.pages else 0, **fault)
    ended = keep_listening(small_store, source, settings, now + timedelta(seconds=5), holds(small_store, texts))
    online.say("northwind after it all")
    ingest(small_store, [source], settings, ended + HOUR)
    assert heard(small_store).keys() == {*texts, "northwind after it all"}
    assert online.sandbox.faults.happened, "the fault never struck"
    with small_store.read() as tx:
        state = cursors.state(tx, source.name)
    assert state.error_kind is None
    told = caplog.text + (state.last_error or "")
    assert not [secret for secret in secrets(online) if secret in told]


def test_a_wait_that_the_platform_asks_for_is_kept(online: Platform, small_store: Store, now: datetime) -> None:
    source, settings = online.source(), online.settings()
    online.sandbox.faults.add(online.route, "rate_limited", retry_after=100)
    assert ingest(small_store, [source], settings, now)["failed"] == 1
    again = online.source()  # another worker, or a restart
    assert ingest(small_store, [again], settings, now + timedelta(seconds=99))["waiting"] == 1
    with small_store.read() as tx:
        state = cursors.state(tx, source.name)
    assert state.error_kind == "retry_later"
    assert now + timedelta(seconds=99) < (state.not_before or now) <= now + timedelta(seconds=102)
    assert ingest(small_store, [again], settings, now + timedelta(seconds=102))["pulled"] == 1


@pytest.mark.parametrize("off", [-3600, 3600])
def test_a_clock_an_hour_off_changes_nothing(online: Platform, small_store: Store, now: datetime, off: float) -> None:
    """The platform's clock against ours, either way: nothing lost, and a wait is as long as it was meant to be."""
    online.sandbox.faults.add(online.route.split(".")[0] + ".*", "clock_off", seconds=off)
    source, settings = online.source(), online.settings()
    ingest(small_store, [source], settings, now)
    online.say("northwind at first")
    ingest(small_store, [source], settings, now + timedelta(seconds=5))
    online.sandbox.faults.add(online.route, "rate_limited", reset_after=60)
    online.say("northwind, meanwhile")
    ingest(small_store, [source], settings, now + timedelta(seconds=10))
    with small_store.read() as tx:
        waits = cursors.state(tx, source.name).not_before
    assert waits is not None
    assert waits <= now + timedelta(seconds=75)
    online.say("northwind at last")
    ingest(small_store, [source], settings, now + timedelta(seconds=80))
    assert heard(small_store).keys() == {"northwind at first", "northwind, meanwhile", "northwind at last"}


def test_our_own_clock_may_be_wrong_too(online: Platform, small_store: Store, now: datetime) -> None:
    for off in (-HOUR, HOUR, timedelta(0)):
        source, settings = online.source(), online.settings()
        online.say(f"northwind, our clock {off}")
        ingest(small_store, [source], settings, now + off)
    assert len(heard(small_store)) == 3


def test_a_malformed_item_is_set_aside_and_stops_nothing(platform: Platform, small_store: Store, now: datetime) -> None:
    source, settings = platform.source(), platform.settings()
    texts = lines("fine", 5)
    for number, text in enumerate(texts):
        platform.say(text, now - timedelta(seconds=60 - number))
    if isinstance(platform, Replay):
        with platform.path.open("a") as file:
            file.write('{"id": "broken", "tex\n')
    else:
        platform.sandbox.faults.add(platform.route, "malformed_item")
    keep_listening(small_store, source, settings, now, holds(small_store, texts))
    if not isinstance(platform, Rss):  # feedparser mends a broken feed as best it can
        with small_store.read() as tx:
            assert len(tx.execute(select(rejected_items.c.raw)).all()) == 1


def test_the_brands_own_posts_are_heard_as_its_own(platform: Platform, small_store: Store, now: datetime) -> None:
    own = {"x": "northwindhelp", "reddit": "northwind_help", "mastodon": "northwind"}
    own |= {"rss": "Northwind Help", "replay": "northwindhelp"}
    platform.say("northwind is sorry", author=own[platform.name])
    platform.say("northwind, are you there?", author="ravi")
    settings = platform.settings()
    if isinstance(platform, Replay):
        settings = settings.model_copy(
            update={
                "brands": {
                    "northwind": settings.brands["northwind"].model_copy(
                        update={"own_accounts": ("replay:@northwindhelp",)}
                    )
                }
            }
        )
    ingest(small_store, [platform.source()], settings, now)
    with small_store.read() as tx:
        found = {one.mention.text: one.own for one in browse.latest(tx).items}
    assert found == {"northwind is sorry": True, "northwind, are you there?": False}


def test_an_edited_post_stays_one_mention(online: Platform, small_store: Store, now: datetime) -> None:
    source, settings = online.source(), online.settings()
    said = online.say("northwind, as first written")
    ingest(small_store, [source], settings, now)
    online.sandbox.world.edit(said.platform, said.id, "northwind, on second thoughts")
    ingest(small_store, [source], settings, now + timedelta(seconds=5))
    assert heard(small_store).keys() == {"northwind, on second thoughts"}


@pytest.mark.parametrize("kind", [platform for platform in ONLINE if platform is not Rss])
def test_what_people_delete_is_gone_here_too(
    kind: type[Platform], sandbox: Sandbox, tmp_path: Path, small_store: Store, now: datetime
) -> None:
    platform = kind(sandbox, tmp_path)
    source, settings = platform.source(recheck_hours=1), platform.settings()
    kept, gone = platform.say("northwind stays"), platform.say("northwind goes")
    ingest(small_store, [source], settings, now)
    assert refresh(small_store, [source], now) == {"checked": 0, "erased": 0, "failed": 0}
    sandbox.world.delete(gone.platform, gone.id)
    assert refresh(small_store, [source], now + 2 * HOUR) == {"checked": 2, "erased": 1, "failed": 0}
    assert heard(small_store).keys() == {"northwind stays"}
    assert refresh(small_store, [source], now + 2 * HOUR)["checked"] == 0
    assert kept.id in {mention.external_id for mention in heard(small_store).values()}


@pytest.mark.parametrize("fault", list(FAULTS)[:12])
@pytest.mark.parametrize(
    ("kind", "route"), [(X, "x.tweets"), (RedditNew, "reddit.info"), (MastodonTag, "mastodon.statuses")]
)
def test_a_platform_in_trouble_is_asked_again_for_what_is_gone(
    kind: type[Platform],
    route: str,
    fault: str,
    sandbox: Sandbox,
    tmp_path: Path,
    small_store: Store,
    now: datetime,
) -> None:
    """Nothing is erased for trouble's sake."""
    platform = kind(sandbox, tmp_path)
    source, settings = platform.source(timeout_seconds=0.2), platform.settings()
    platform.say("northwind stays")
    gone = platform.say("northwind goes")
    ingest(small_store, [source], settings, now)
    sandbox.world.delete(gone.platform, gone.id)
    sandbox.faults.add(route, **{**FAULTS[fault], "times": 1})
    later = now + timedelta(days=2)
    assert refresh(small_store, [source], later) == {"checked": 0, "erased": 0, "failed": 1}
    assert refresh(small_store, [source], later) == {"checked": 2, "erased": 1, "failed": 0}
    assert heard(small_store).keys() == {"northwind stays"}


KEYS = {
    "x": [("X_BEARER_TOKEN", "wrong-key")],
    "reddit": [("REDDIT_CLIENT_SECRET", "wrong-key"), ("REDDIT_CLIENT_ID", "wrong-key")],
    "mastodon": [("MASTODON_ACCESS_TOKEN", "wrong-key")],
}


@pytest.mark.parametrize(
    ("kind", "variable", "value"),
    [(kind, *key) for kind in ONLINE for key in KEYS.get(kind.name, [])],
)
def test_a_wrong_key_stops_that_source_alone_and_says_which(
    kind: type[Platform],
    variable: str,
    value: str,
    sandbox: Sandbox,
    tmp_path: Path,
    small_store: Store,
    now: datetime,
) -> None:
    platform, feed = kind(sandbox, tmp_path), Rss(sandbox, tmp_path)
    platform.say("northwind unheard")
    feed.say("northwind in a blog")
    wrong = platform.source({variable: value})
    counts = ingest(small_store, [wrong, feed.source()], platform.settings(), now)
    assert (counts["failed"], counts["pulled"]) == (1, 1)
    assert heard(small_store).keys() == {"northwind in a blog"}
    with small_store.read() as tx:
        state = cursors.state(tx, platform.name)
    assert state.error_kind == "misconfigured"
    assert variable in (state.last_error or "")
    assert value not in (state.last_error or "")
    # Setting it right is all that a person must do.
    ingest(small_store, [platform.source()], platform.settings(), now + timedelta(minutes=2))
    assert "northwind unheard" in heard(small_store)


@pytest.mark.parametrize("kind", [X, RedditNew, MastodonSearch])
def test_a_missing_key_is_told_by_its_name_and_purpose(kind: type[Platform], sandbox: Sandbox, tmp_path: Path) -> None:
    platform = kind(sandbox, tmp_path)
    for variable in [name for name, _ in KEYS[platform.name]]:
        environment = {key: value for key, value in sandbox.env().items() if key != variable}
        with pytest.raises(Misconfigured, match=f"{variable} is not set: sources.{platform.name} needs it"):
            build(platform.settings(), Environment(environment))


def may_ring(store: Store) -> dict[str, bool]:
    with store.read() as tx:
        found = {one.mention.id: one.mention.text for one in browse.latest(tx).items}
        return {
            found[row.mention_id]: row.may_ring
            for row in tx.execute(select(assessments.c.mention_id, assessments.c.may_ring))
        }


def secrets(platform: Platform) -> list[str]:
    keys = platform.sandbox.world.keys
    return [keys.x_bearer, keys.reddit_client_secret, keys.mastodon_token]
