"""The stand-in for X, spoken to by the real tweepy."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import requests
import tweepy
from hypothesis import given
from hypothesis import strategies as st

from sandbox.query import QueryError, compile_query
from sandbox.server import Sandbox, running
from sandbox.world import World, snowflake, snowflake_time

FIELDS = {
    "tweet_fields": ["created_at", "lang", "note_tweet", "public_metrics", "conversation_id", "entities"],
    "user_fields": ["public_metrics", "description", "location"],
    "expansions": ["author_id", "referenced_tweets.id", "referenced_tweets.id.author_id", "in_reply_to_user_id"],
}


def found(world: World, query: str) -> list[str]:
    matches = compile_query(query)
    return [post.text for post in world.newest_first("x") if matches(post, world)]


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("northwind", {"Northwind's late", "@northwind hi", "नॉर्थविंड #Northwind"}),
        ("@northwind", {"@northwind hi"}),
        ("#northwind", {"नॉर्थविंड #Northwind"}),
        ("नॉर्थविंड", {"नॉर्थविंड #Northwind"}),
        ('"north wind"', {"a cold north wind"}),
        ("north cold", {"a cold north wind"}),
        ("hi OR late", {"Northwind's late", "@northwind hi"}),
        ("northwind hi OR cold", {"@northwind hi", "a cold north wind"}),
        ("northwind (hi OR cold)", {"@northwind hi"}),
        ("northwind -hi lang:en", {"Northwind's late"}),
        ("from:asha", {"Northwind's late"}),
        ("to:asha", {"same here"}),
        ("here is:reply", {"same here"}),
        ("(northwind OR cold) -is:retweet -is:reply -late -hi -#northwind", {"a cold north wind"}),
    ],
)
def test_a_query_finds_what_x_would_find(query: str, texts: set[str]) -> None:
    world = World()
    first = world.post("x", "asha", "Northwind's late")
    for text in ("@northwind hi", "नॉर्थविंड #Northwind", "a cold north wind"):
        world.post("x", "someone", text)
    world.post("x", "deniz", "same here", reply_to=first.id)
    assert set(found(world, query)) == texts


@pytest.mark.parametrize(
    "query", ["", "lang:en", "-northwind", "(northwind", "northwind)", "a -(b OR c)", "near:here x", "a OR", '"open']
)
def test_a_query_that_x_refuses_is_refused(query: str) -> None:
    with pytest.raises(QueryError):
        compile_query(query)


@given(st.text(max_size=60))
def test_any_query_is_either_compiled_or_refused(query: str) -> None:
    try:
        matches = compile_query(query)
    except QueryError:
        return
    world = World()
    assert matches(world.post("x", "asha", "northwind"), world) in (True, False)


def test_ids_are_snowflakes_of_their_moment() -> None:
    when = datetime(2026, 11, 20, 8, 30, 0, 250_000, tzinfo=UTC)
    assert snowflake_time(int(World().post("x", "asha", "hi", at=when).id)) == when
    assert snowflake_time(1212092628029698048) == datetime(2019, 12, 31, 19, 26, 16, 771_000, tzinfo=UTC)


def test_pages_run_from_newest_to_oldest_without_gap_or_repeat(sandbox: Sandbox, x: tweepy.Client) -> None:
    posts = [sandbox.world.post("x", f"p{i}", f"northwind {i}") for i in range(37)]
    pages = list(tweepy.Paginator(x.search_recent_tweets, "northwind", max_results=10))
    assert [len(page.data) for page in pages] == [10, 10, 10, 7]
    assert [str(t.id) for page in pages for t in page.data] == [post.id for post in reversed(posts)]
    assert pages[0].meta["newest_id"] == posts[-1].id
    assert "next_token" not in pages[-1].meta


def test_new_posts_do_not_shift_the_pages_that_follow(sandbox: Sandbox, x: tweepy.Client) -> None:
    posts = [sandbox.world.post("x", "asha", f"northwind {i}") for i in range(15)]
    first = x.search_recent_tweets("northwind", max_results=10)
    sandbox.world.post("x", "asha", "northwind, meanwhile")
    second = x.search_recent_tweets("northwind", max_results=10, next_token=first.meta["next_token"])
    assert [str(t.id) for t in second.data] == [post.id for post in reversed(posts[:5])]


def test_an_empty_answer_has_no_data_at_all(x: tweepy.Client) -> None:
    answer = x.search_recent_tweets("northwind")
    assert answer.data is None
    assert answer.meta == {"result_count": 0}


def test_since_and_until_leave_their_own_ends_out(sandbox: Sandbox, x: tweepy.Client) -> None:
    a, b, c = (sandbox.world.post("x", "asha", f"northwind {i}") for i in range(3))
    answer = x.search_recent_tweets("northwind", since_id=a.id, until_id=c.id)
    assert [str(t.id) for t in answer.data] == [b.id]


def test_times_include_their_start_and_exclude_their_end(sandbox: Sandbox, x: tweepy.Client) -> None:
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
    inside = sandbox.world.post("x", "asha", "northwind", at=start)
    sandbox.world.post("x", "asha", "northwind", at=start - timedelta(milliseconds=1))
    sandbox.world.post("x", "asha", "northwind", at=start + timedelta(hours=1))
    answer = x.search_recent_tweets("northwind", start_time=start, end_time=start + timedelta(hours=1))
    assert [str(t.id) for t in answer.data] == [inside.id]


def test_a_post_that_is_indexed_late_appears_below_newer_ids(sandbox: Sandbox, x: tweepy.Client) -> None:
    late = sandbox.world.post("x", "asha", "northwind late", late=0.4)
    newer = sandbox.world.post("x", "asha", "northwind newer")
    assert [str(t.id) for t in x.search_recent_tweets("northwind").data] == [newer.id]
    time.sleep(0.5)
    assert [str(t.id) for t in x.search_recent_tweets("northwind").data] == [newer.id, late.id]
    assert x.search_recent_tweets("northwind", since_id=newer.id).data is None


def test_a_tweet_carries_the_fields_that_were_asked_for(sandbox: Sandbox, x: tweepy.Client) -> None:
    world = sandbox.world
    asha = world.author("x", "asha", name="Asha", bio="tea & <3", location="पुणे", followers=321)
    first = world.post("x", asha, "@northwind fish & chips <cold> #sad", likes=4)
    world.post("x", "deniz", "@asha northwind too", reply_to=first.id)
    answer = x.search_recent_tweets("northwind", **FIELDS)
    reply, tweet = answer.data
    assert tweet.text == "@northwind fish &amp; chips &lt;cold&gt; #sad"
    assert tweet.created_at == first.created_at.replace(microsecond=first.created_at.microsecond // 1000 * 1000)
    assert tweet.public_metrics["like_count"] == 4
    assert tweet.public_metrics["reply_count"] == 1
    assert [m["username"] for m in tweet.entities["mentions"]] == ["northwind"]
    assert reply.conversation_id == tweet.id
    assert [(r.type, r.id) for r in reply.referenced_tweets] == [("replied_to", tweet.id)]
    assert [t.id for t in answer.includes["tweets"]] == [tweet.id]
    people = {user.username: user for user in answer.includes["users"]}
    assert people["asha"].public_metrics["followers_count"] == 321
    assert people["asha"].location == "पुणे"
    assert str(reply.in_reply_to_user_id) == asha.id
    assert tweet.edit_history_tweet_ids == [tweet.id]
    plain = x.search_recent_tweets("northwind").data[0]
    assert plain.author_id is None
    assert plain.created_at is None


def test_a_long_post_is_cut_in_text_and_whole_in_its_note(sandbox: Sandbox, x: tweepy.Client) -> None:
    words = "northwind & " * 60
    sandbox.world.post("x", "asha", words)
    tweet = x.search_recent_tweets("northwind", tweet_fields=["note_tweet"]).data[0]
    assert tweet.text.endswith("…")
    assert tweet.note_tweet["text"] == words.replace("&", "&amp;")


def test_a_repost_refers_to_its_original_and_is_found_by_its_words(sandbox: Sandbox, x: tweepy.Client) -> None:
    original = sandbox.world.post("x", "asha", "northwind " + "x" * 200)
    repost = sandbox.world.post("x", "deniz", "", repost_of=original.id)
    answer = x.search_recent_tweets("northwind is:retweet", expansions=["referenced_tweets.id"])
    assert [str(t.id) for t in answer.data] == [repost.id]
    assert answer.data[0].text.startswith("RT @asha: northwind xxx")
    assert len(answer.data[0].text) == 140
    assert [str(t.id) for t in answer.includes["tweets"]] == [original.id]


def test_an_edit_gets_a_new_id_and_keeps_its_history(sandbox: Sandbox, x: tweepy.Client) -> None:
    old = sandbox.world.post("x", "asha", "northwind frdge")
    new = sandbox.world.edit("x", old.id, "northwind fridge")
    tweets = x.search_recent_tweets("northwind").data
    assert [(str(t.id), t.text) for t in tweets] == [(new.id, "northwind fridge")]
    assert [str(i) for i in tweets[0].edit_history_tweet_ids] == [old.id, new.id]


def test_what_was_deleted_is_an_error_of_the_lookup(sandbox: Sandbox, x: tweepy.Client) -> None:
    kept, gone = (sandbox.world.post("x", "asha", f"northwind {i}") for i in range(2))
    sandbox.world.delete("x", gone.id)
    answer = x.get_tweets([kept.id, gone.id])
    assert [str(t.id) for t in answer.data] == [kept.id]
    assert [e["resource_id"] for e in answer.errors] == [gone.id]
    assert answer.errors[0]["title"] == "Not Found Error"
    assert [str(t.id) for t in x.search_recent_tweets("northwind").data] == [kept.id]


def test_users_are_found_by_id_and_by_name(sandbox: Sandbox, x: tweepy.Client) -> None:
    asha = sandbox.world.author("x", "asha", name="Asha Verma")
    assert x.get_users(ids=[asha.id, "17"]).data[0].name == "Asha Verma"
    answer = x.get_users(usernames=["ASHA", "nobody"])
    assert [str(u.id) for u in answer.data] == [asha.id]
    assert answer.errors[0]["value"] == "nobody"
    assert x.get_me().data.username == "northwindhelp"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"since_id": 1519056945277198339}, "'since_id' must be a tweet id created after"),
        ({"start_time": "2020-01-01T00:00:00Z"}, "'start_time' must be on or after"),
        ({"end_time": "2100-01-01T00:00:00Z"}, "must be a minimum of 10 seconds prior"),
        ({"max_results": 5}, "is not between 10 and 100"),
        ({"max_results": 101}, "is not between 10 and 100"),
        ({"next_token": "zzzz"}, "`next_token`"),
        ({"tweet_fields": ["colour"]}, "[colour] is not one of"),
        ({"query": "northwind " * 60}, "512 characters"),
        ({"query": "lang:en"}, "at least one positive"),
    ],
)
def test_a_bad_request_is_refused_in_xs_words(x: tweepy.Client, options: dict[str, object], words: str) -> None:
    with pytest.raises(tweepy.BadRequest) as refused:
        x.search_recent_tweets(**{"query": "northwind", **options})
    assert words in str(refused.value)
    assert refused.value.response.json()["title"] == "Invalid Request"


def test_ids_and_times_cannot_be_mixed(x: tweepy.Client) -> None:
    now = datetime.now(UTC)
    with pytest.raises(tweepy.BadRequest, match="in conjunction with"):
        x.search_recent_tweets("northwind", since_id=snowflake(now), start_time=now - timedelta(hours=1))


def test_a_wrong_token_is_unauthorized(sandbox: Sandbox, x: tweepy.Client) -> None:
    x.bearer_token = "stale"
    with pytest.raises(tweepy.Unauthorized):
        x.search_recent_tweets("northwind")


def test_a_window_that_is_used_up_says_when_it_ends() -> None:
    with running(limits={"x.search": (2, 900)}) as sandbox:
        headers = {"Authorization": f"Bearer {sandbox.world.keys.x_bearer}"}
        url = f"{sandbox.x_url}/2/tweets/search/recent?query=northwind"
        answers = [requests.get(url, headers=headers, timeout=5) for _ in range(3)]
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert [a.headers["x-rate-limit-remaining"] for a in answers] == ["1", "0", "0"]
    assert 0 < int(answers[2].headers["x-rate-limit-reset"]) - time.time() <= 901


def test_only_whoever_summoned_the_brand_is_answered(sandbox: Sandbox, x: tweepy.Client) -> None:
    summoned = sandbox.world.post("x", "asha", "@NorthwindHelp where is it")
    made = x.create_tweet(text="So sorry & on it", in_reply_to_tweet_id=summoned.id)
    assert made.data["text"] == "So sorry &amp; on it"
    assert sandbox.world.children("x", summoned.id)[0].author.handle == "northwindhelp"
    overheard = sandbox.world.post("x", "deniz", "northwind, eh")
    with pytest.raises(tweepy.Forbidden, match="have not been mentioned or otherwise engaged"):
        x.create_tweet(text="Hello!", in_reply_to_tweet_id=overheard.id)
    quoting = sandbox.world.post("x", "deniz", "really?", quote_of=made.data["id"])
    x.create_tweet(text="Really.", in_reply_to_tweet_id=quoting.id)
    with pytest.raises(tweepy.Forbidden, match="duplicate content"):
        x.create_tweet(text="Really.", in_reply_to_tweet_id=quoting.id)
    with pytest.raises(tweepy.Forbidden):
        x.create_tweet(text="app only", user_auth=False)


def test_many_may_post_while_others_search() -> None:
    world = World()

    def talk(who: int) -> None:
        for i in range(300):
            world.post("x", f"p{who}", f"northwind {i}")

    threads = [threading.Thread(target=talk, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        ids = [int(post.id) for post in world.newest_first("x")]
        assert ids == sorted(ids, reverse=True)
    assert len({post.id for post in world.newest_first("x")}) == 1200


def test_search_stays_quick_over_a_hundred_thousand_posts() -> None:
    world = World()
    asha = world.author("x", "asha")
    start = datetime.now(UTC) - timedelta(seconds=100_001)
    for i in range(100_000):
        world.post("x", asha, f"northwind {i}", at=start + timedelta(seconds=i), lang="en")
    newest = world.post("x", asha, "northwind newest")
    matches = compile_query("(northwind OR @northwind) -is:retweet")
    began = time.perf_counter()
    for _ in range(20):
        page = []
        for post in world.newest_first("x", above=int(newest.id) - (3_600_000 << 22)):
            if matches(post, world):
                page.append(post)
            if len(page) == 100:
                break
    assert time.perf_counter() - began < 2.0
    assert len(page) == 100
    began = time.perf_counter()
    assert sum(matches(post, world) for post in world.newest_first("x")) == 100_001
    assert time.perf_counter() - began < 10.0
