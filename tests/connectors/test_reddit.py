"""Reddit: listings that end, items that vanish, pacing."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from connectors.ingest import ingest
from connectors.social.reddit import read_thing, search_words
from core.errors import BadRecord, Misconfigured
from core.mention import BrandQuery
from core.store import Store, cursors, mentions
from core.store.schema import gaps
from sandbox.server import Sandbox
from tests.connectors.platforms import Crash, Dying, RedditComments, RedditNew, RedditSearch, heard, lines


@pytest.fixture
def reddit(sandbox: Sandbox, tmp_path: Path) -> RedditNew:
    return RedditNew(sandbox, tmp_path)


def test_a_listing_that_ends_before_we_caught_up_is_a_gap(reddit: RedditNew, small_store: Store, now: datetime) -> None:
    source, settings = reddit.source(page_size=100), reddit.settings()
    first = reddit.say("northwind, the last thing we heard", now - timedelta(hours=3))
    ingest(small_store, [source], settings, now)
    for number in range(1_050):
        reddit.say(
            f"chatter {number}" if number % 100 else f"northwind {number}", now - timedelta(seconds=3000 - number)
        )
    counts = ingest(small_store, [source], settings, now + timedelta(seconds=5))
    assert counts["gaps"] == 1
    with small_store.read() as tx:
        (gap,) = tx.execute(select(gaps)).mappings()
    assert gap["since"] == first.created_at.replace(microsecond=0)
    assert gap["until"] == (now - timedelta(seconds=2950)).replace(microsecond=0)
    assert ingest(small_store, [source], settings, now + timedelta(seconds=9))["gaps"] == 0


def test_a_first_pull_that_is_cut_off_is_no_gap(reddit: RedditNew, small_store: Store, now: datetime) -> None:
    for number in range(1_010):
        reddit.say(f"chatter {number}", now - timedelta(seconds=3000 - number))
    assert ingest(small_store, [reddit.source(page_size=100)], reddit.settings(), now)["gaps"] == 0


def test_an_answer_whose_next_item_was_deleted_is_read_from_the_top(
    reddit: RedditNew, small_store: Store, now: datetime
) -> None:
    source, settings = reddit.source(), reddit.settings()
    ingest(small_store, [source], settings, now)
    said = [reddit.say(text, now - timedelta(seconds=60 - n)) for n, text in enumerate(lines("said", 25))]
    with pytest.raises(Crash):
        ingest(small_store, [Dying(source, 1)], settings, now)
    with small_store.read() as tx:
        resume = cursors.load(tx, "reddit", source.streams()[0].name).resume
    reddit.sandbox.world.delete("reddit", resume)
    ingest(small_store, [source], settings, now + timedelta(seconds=5))
    gone = next(post.text for post in said if post.id == resume)
    assert set(heard(small_store)) | {gone} == {post.text for post in said}


def test_a_post_and_a_comment_as_reddit_tells_them(
    sandbox: Sandbox, tmp_path: Path, small_store: Store, now: datetime
) -> None:
    world = sandbox.world
    post = world.post(
        "reddit", "asha", "मदद! **northwind** & co <b>", place="india", title="Battery is hot 🔥", likes=4
    )
    comment = world.post("reddit", "ravi", "northwind did this to me", reply_to=post.id)
    answer = world.post("reddit", "northwind_help", "Please unplug it", reply_to=comment.id)
    world.post("reddit", "eve", "so unplug it", reply_to=comment.id)
    platform = RedditComments(sandbox, tmp_path)
    source = platform.source(listen=["search", "new", "comments"])
    ingest(small_store, [source], platform.settings(), now)
    found = {mention.external_id: mention for mention in heard(small_store).values()}
    assert found.keys() == {post.id, comment.id, answer.id}, (
        "the brand's own answer is heard, a stranger's aside is not"
    )
    said = found[post.id]
    assert (said.text, said.title, said.kind, said.place) == (post.text, "Battery is hot 🔥", "post", "india")
    assert (said.conversation_id, said.parent_id, said.metrics.replies) == (post.id, "", 1)
    assert said.url.startswith("https://www.reddit.com/r/india/comments/")
    assert (said.author.handle, said.author.id) == ("asha", f"reddit:t2_{post.author.id}")
    reply = found[comment.id]
    assert (reply.kind, reply.conversation_id, reply.parent_id) == ("comment", post.id, post.id)
    assert found[answer.id].parent_id == comment.id


def test_a_subreddit_about_the_brand_is_heard_whole(
    sandbox: Sandbox, tmp_path: Path, small_store: Store, now: datetime
) -> None:
    sandbox.world.post("reddit", "asha", "the app is down again", place="northwind", title="Anyone else?")
    sandbox.world.post("reddit", "ravi", "my phone is down again", place="gadgets", title="Anyone else?")
    platform = RedditNew(sandbox, tmp_path)
    source = platform.source(subreddits=["Northwind", "gadgets"], about={"northwind": ["northwind"]})
    ingest(small_store, [source], platform.settings(), now)
    assert heard(small_store).keys() == {"the app is down again"}


def test_a_deleted_comment_that_is_met_again_is_erased(
    sandbox: Sandbox, tmp_path: Path, small_store: Store, now: datetime
) -> None:
    """Reddit shows the place of a deleted comment for a while: that is news of its own."""
    platform = RedditComments(sandbox, tmp_path)
    source, settings = platform.source(), platform.settings()
    said = platform.say("northwind, I regret this")
    ingest(small_store, [source], settings, now)
    page = next(source.pull(source.streams()[0], None, now))
    raw = dict(page.heard[0].raw)
    deleted = {**raw, "data": {**raw["data"], "body": "[deleted]", "author": "[deleted]"}}
    page, _ = source._read([deleted], source.streams()[0])
    with small_store.write() as tx:
        assert mentions.save_page(tx, "reddit", "comments", page, now).deleted == 1
    assert said.text not in heard(small_store)


def test_search_sees_what_was_indexed_within_the_hour(
    sandbox: Sandbox, tmp_path: Path, small_store: Store, now: datetime
) -> None:
    platform = RedditSearch(sandbox, tmp_path)
    source, settings = platform.source(), platform.settings()
    for number, text in enumerate(lines("prompt", 12)):
        platform.say(text, now - timedelta(minutes=20, seconds=-number))
    ingest(small_store, [source], settings, now)
    platform.say("northwind, half an hour ago", now - timedelta(minutes=30))
    ingest(small_store, [source], settings, now + timedelta(seconds=5))
    assert "northwind, half an hour ago" in heard(small_store)


def test_a_used_up_limit_is_waited_out_without_holding_the_worker(
    sandbox: Sandbox, tmp_path: Path, small_store: Store, now: datetime
) -> None:
    """prawcore would sleep until the window is over; the source is asked to come back instead."""
    sandbox.world.limits.table["reddit"] = (2, 86_400)  # a window that does not end while we look
    platform = RedditNew(sandbox, tmp_path)
    source, settings = platform.source(listen=["new", "comments", "search"]), platform.settings()
    counts = ingest(small_store, [source], settings, now)
    assert (counts["pulled"], counts["failed"]) == (2, 1)
    later = ingest(small_store, [source], settings, now + timedelta(seconds=5))
    assert later["waiting"] == 1


def test_many_streams_share_the_apps_limit(reddit: RedditNew) -> None:
    """100 requests a minute are one in 0.6 s for each stream, whatever the interval that was asked for."""
    listen = ["search", "new", "comments"]
    assert reddit.source(listen=listen, poll_seconds=1).table.poll_seconds == pytest.approx(1.8)
    assert reddit.source(listen=listen, poll_seconds=1, requests_per_10_minutes=6000).table.poll_seconds == 1


def test_a_subreddit_that_does_not_exist_is_named(
    sandbox: Sandbox, tmp_path: Path, small_store: Store, now: datetime
) -> None:
    platform = RedditNew(sandbox, tmp_path)
    source = platform.source(subreddits=["nosuchplace"])
    ingest(small_store, [source], platform.settings(), now)
    with small_store.read() as tx:
        state = cursors.state(tx, "reddit")
    assert state.error_kind == "misconfigured"
    assert "r/nosuchplace" in (state.last_error or "")
    assert "sources.reddit.subreddits" in (state.last_error or "")


def test_search_words_are_quoted_and_measured() -> None:
    def asked(*any_of: str) -> str:
        return search_words(BrandQuery("northwind", "main", any_of))

    assert asked("northwind", 'north "wind"', "OR") == '"northwind" OR "north wind" OR "OR"'
    with pytest.raises(Misconfigured, match="northwind/main"):
        asked(*(f"word{number}" for number in range(80)))


@pytest.mark.parametrize(
    "broken",
    [
        None,
        {},
        {"kind": "t3"},
        {"kind": "t5", "data": {"name": "t5_1"}},
        {"kind": "t1", "data": {"name": "t1_1", "body": "hi", "created_utc": "soon"}},
        {"kind": "t1", "data": {"name": "t1_1", "body": "hi", "created_utc": 1e300}},
    ],
)
def test_a_broken_item_is_a_bad_record(broken: object) -> None:
    with pytest.raises(BadRecord):
        read_thing(broken)
