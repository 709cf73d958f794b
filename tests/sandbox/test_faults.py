"""Faults on demand, as the real clients meet them."""

import time
from email.utils import parsedate_to_datetime

import praw
import prawcore
import pytest
import requests
import tweepy

from sandbox.faults import CONTENT, STATUSES, Faults
from sandbox.server import Sandbox
from sandbox.world import World


def test_faults_happen_in_order_on_their_routes_and_then_are_over() -> None:
    faults = Faults()
    faults.add("x.*", "server_error", times=2, after=1)
    faults.add("x.search", "unavailable")
    kinds = [fault.kind if (fault := faults.next("x.search")) else None for _ in range(5)]
    assert kinds == ["unavailable", "server_error", "server_error", None, None]
    assert faults.next("reddit.new") is None


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="no fault is called 'gremlins'"):
        Faults().add("x.search", "gremlins")


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("rate_limited", tweepy.TooManyRequests),
        ("credits_depleted", tweepy.HTTPException),
        ("unauthorized", tweepy.Unauthorized),
        ("forbidden", tweepy.Forbidden),
        ("server_error", tweepy.TwitterServerError),
        ("unavailable", tweepy.TwitterServerError),
        ("reset_before", requests.ConnectionError),
        ("reset_after", requests.ConnectionError),
        ("cut", requests.exceptions.ChunkedEncodingError),
        ("truncated", requests.JSONDecodeError),
        ("malformed", requests.JSONDecodeError),
    ],
)
def test_tweepy_meets_the_fault_once(sandbox: Sandbox, x: tweepy.Client, kind: str, error: type[Exception]) -> None:
    post = sandbox.world.post("x", "asha", "northwind")
    sandbox.faults.add("x.search", kind)
    with pytest.raises(error):
        x.search_recent_tweets("northwind")
    assert str(x.search_recent_tweets("northwind").data[0].id) == post.id


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("rate_limited", prawcore.TooManyRequests),
        ("forbidden", prawcore.Forbidden),
        ("not_found", prawcore.NotFound),
        ("truncated", prawcore.BadJSON),
        ("malformed", prawcore.BadJSON),
    ],
)
def test_praw_meets_the_fault_once(sandbox: Sandbox, reddit: praw.Reddit, kind: str, error: type[Exception]) -> None:
    sandbox.faults.add("reddit.new", kind)
    with pytest.raises(error):
        list(reddit.subreddit("northwind").new())
    assert list(reddit.subreddit("northwind").new()) == []


@pytest.mark.parametrize("kind", ["server_error", "unavailable", "reset_before", "reset_after"])
def test_praw_gets_over_a_short_fault_by_itself(sandbox: Sandbox, reddit: praw.Reddit, kind: str) -> None:
    sandbox.faults.add("reddit.new", kind)
    assert list(reddit.subreddit("northwind").new()) == []
    assert sandbox.faults.happened == [("reddit.new", kind)]


def test_a_request_lost_before_was_not_carried_out_and_one_lost_after_was(sandbox: Sandbox, x: tweepy.Client) -> None:
    asked = sandbox.world.post("x", "asha", "@northwindhelp hello?")
    for kind, replies in (("reset_before", 0), ("reset_after", 1)):
        sandbox.faults.add("x.create", kind)
        with pytest.raises(requests.ConnectionError):
            x.create_tweet(text="Hello!", in_reply_to_tweet_id=asked.id)
        assert len(sandbox.world.children("x", asked.id)) == replies


def test_a_refusal_says_when_to_come_back_only_if_told_to(sandbox: Sandbox) -> None:
    url, headers = f"{sandbox.x_url}/2/tweets/search/recent", {"Authorization": "Bearer sandbox-x-bearer"}
    sandbox.faults.add("x.search", "rate_limited", retry_after=3)
    sandbox.faults.add("x.search", "rate_limited", reset_after=60)
    sandbox.faults.add("x.search", "rate_limited")
    first, second, third = (requests.get(url, headers=headers, timeout=5) for _ in range(3))
    assert first.headers["retry-after"] == "3"
    assert 50 < int(second.headers["x-rate-limit-reset"]) - time.time() <= 61
    assert not {"retry-after", "x-rate-limit-reset"} & {name.lower() for name in third.headers}


def test_slow_and_unanswered_requests(sandbox: Sandbox) -> None:
    sandbox.faults.add("feeds.blog", "slow", seconds=0.3)
    began = time.monotonic()
    assert requests.get(sandbox.feeds_url + "/blog/rss.xml", timeout=5).status_code == 200
    assert time.monotonic() - began >= 0.3
    sandbox.faults.add("feeds.blog", "timeout", seconds=1)
    with pytest.raises(requests.ReadTimeout):
        requests.get(sandbox.feeds_url + "/blog/rss.xml", timeout=0.2)


def test_a_clock_an_hour_off_shows_in_date_and_reset(sandbox: Sandbox) -> None:
    sandbox.faults.add("x.*", "clock_off", seconds=3600)
    url, headers = f"{sandbox.x_url}/2/tweets/search/recent?query=a", {"Authorization": "Bearer sandbox-x-bearer"}
    for _ in range(2):
        answer = requests.get(url, headers=headers, timeout=5)
        assert parsedate_to_datetime(answer.headers["date"]).timestamp() == pytest.approx(time.time() + 3600, abs=5)
        assert int(answer.headers["x-rate-limit-reset"]) > time.time() + 3600
    sandbox.faults.clear()
    right = requests.get(url, headers=headers, timeout=5)
    assert parsedate_to_datetime(right.headers["date"]).timestamp() == pytest.approx(time.time(), abs=5)


def test_spoilt_pages_of_x(sandbox: Sandbox, x: tweepy.Client) -> None:
    posts = [sandbox.world.post("x", "asha", f"northwind {i}") for i in range(20)]
    raw = tweepy.Client(bearer_token=sandbox.world.keys.x_bearer, return_type=dict)
    raw.session = x.session
    first = raw.search_recent_tweets("northwind", max_results=10)
    second = {"query": "northwind", "max_results": 10, "next_token": first["meta"]["next_token"]}
    sandbox.faults.add("x.search", "duplicate_page")
    assert raw.search_recent_tweets(**second)["data"] == first["data"]
    sandbox.faults.add("x.search", "out_of_order")
    mixed = [tweet["id"] for tweet in raw.search_recent_tweets(**second)["data"]]
    assert mixed != sorted(mixed, reverse=True)
    assert set(mixed) == {post.id for post in posts[:10]}
    sandbox.faults.add("x.search", "malformed_item")
    spoilt = raw.search_recent_tweets(**second)["data"]
    assert len(spoilt) == 11
    assert sum(tweet["text"] is None for tweet in spoilt) == 1


def test_spoilt_pages_of_reddit(sandbox: Sandbox, reddit: praw.Reddit) -> None:
    posts = [sandbox.world.post("reddit", "asha", f"{i}", place="northwind", title="t") for i in range(8)]
    sandbox.faults.add("reddit.new", "out_of_order")
    mixed = [s.fullname for s in reddit.subreddit("northwind").new()]
    assert mixed != [post.id for post in reversed(posts)]
    assert set(mixed) == {post.id for post in posts}
    sandbox.faults.add("reddit.new", "malformed_item")
    assert sum(s.created_utc == "soon" for s in reddit.subreddit("northwind").new()) == 1


def test_faults_can_be_asked_for_over_http(sandbox: Sandbox) -> None:
    for url in (sandbox.x_url, sandbox.reddit_url, sandbox.feeds_url):
        control = url + "/_sandbox/faults"
        wrong = requests.post(control, json={"route": "x.search", "kind": "gremlins"}, timeout=5)
        assert (wrong.status_code, "gremlins" in wrong.json()["error"]) == (400, True)
        answer = requests.post(control, json={"route": "feeds.blog", "kind": "unavailable"}, timeout=5).json()
        assert answer["pending"][0]["kind"] == "unavailable"
        assert requests.get(sandbox.feeds_url + "/blog/rss.xml", timeout=5).status_code == 503
        requests.delete(control, timeout=5)


def test_every_kind_of_fault_has_a_body_on_every_platform() -> None:
    from sandbox import reddit, x

    assert World().faults.pending() == []
    for status in set(STATUSES.values()):
        assert x.problem(status)["title"]
        assert reddit.problem(status)["error"] == status
    assert CONTENT
