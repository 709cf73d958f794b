"""The stand-in for Reddit, spoken to by the real praw."""

import praw
import prawcore
import pytest
import requests

from sandbox.server import Sandbox, running
from sandbox.world import Keys, Post, World


def submit(world: World, text: str = "northwind", place: str = "northwind", author: str = "asha", **more: str) -> Post:
    return world.post("reddit", author, text, place=place, title=more.pop("title", "A title"), **more)


def test_new_submissions_and_comments_of_several_subreddits(sandbox: Sandbox, reddit: praw.Reddit) -> None:
    first = submit(sandbox.world, "Q&A <here>", title="Fish & <chips>")
    second = submit(sandbox.world, place="india", author="deniz")
    submit(sandbox.world, place="gadgets")
    comment = sandbox.world.post("reddit", "deniz", "same *here*", reply_to=first.id)
    both = reddit.subreddit("northwind+india")
    assert [s.fullname for s in both.new(limit=None)] == [second.id, first.id]
    shown = next(iter(reddit.subreddit("northwind").new(limit=1)))
    assert (shown.title, shown.selftext) == ("Fish & <chips>", "Q&A <here>")
    assert shown.is_self
    assert shown.author.name == "asha"
    assert shown.author_fullname == f"t2_{first.author.id}"
    assert shown.permalink.startswith("/r/northwind/comments/")
    assert shown.created_utc == int(first.created_at.timestamp())
    heard = list(both.comments(limit=None))
    assert [(c.fullname, c.body, c.link_id, c.parent_id) for c in heard] == [
        (comment.id, "same *here*", first.id, first.id)
    ]
    assert heard[0].permalink.endswith(f"/{comment.id[3:]}/")
    assert heard[0].link_title == "Fish & <chips>"


def test_without_raw_json_strings_are_escaped(sandbox: Sandbox, reddit: praw.Reddit) -> None:
    submit(sandbox.world, "Q&A")
    next(iter(reddit.subreddit("northwind").new(limit=1)))
    token = reddit._core._authorizer.access_token
    headers = {"Authorization": f"bearer {token}", "User-Agent": sandbox.world.keys.reddit_user_agent}
    answer = requests.get(f"{sandbox.oauth_url}/r/northwind/new.json", headers=headers, timeout=5).json()
    assert answer["data"]["children"][0]["data"]["selftext"] == "Q&amp;A"


def test_listings_page_by_full_name_and_end_at_a_thousand(sandbox: Sandbox, reddit: praw.Reddit) -> None:
    posts = [submit(sandbox.world, f"{i}") for i in range(1003)]
    everything = [s.fullname for s in reddit.subreddit("northwind").new(limit=None)]
    assert everything == [post.id for post in reversed(posts)][:1000]
    newer = list(reddit.subreddit("northwind").new(limit=None, params={"before": posts[-3].id}))
    assert [s.fullname for s in newer] == [posts[-1].id, posts[-2].id]
    gone = list(reddit.subreddit("northwind").new(limit=None, params={"after": "t3_nowhere"}))
    assert gone == []


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("parcel", {"lost parcel", "late parcel"}),
        ("lost parcel", {"lost parcel"}),
        ('"parcel lost"', set()),
        ("lost OR great", {"lost parcel", "great shop"}),
        ("parcel -late", {"lost parcel"}),
        ("author:deniz", {"great shop"}),
        ("title:thanks", {"great shop"}),
    ],
)
def test_search_finds_submissions(sandbox: Sandbox, reddit: praw.Reddit, query: str, texts: set[str]) -> None:
    submit(sandbox.world, "lost parcel")
    submit(sandbox.world, "late parcel")
    submit(sandbox.world, "great shop", author="deniz", title="Thanks!")
    submit(sandbox.world, "lost parcel in a far place", place="india")
    assert {s.selftext for s in reddit.subreddit("northwind").search(query, sort="new")} == texts


def test_search_is_behind_the_listing(sandbox: Sandbox, reddit: praw.Reddit) -> None:
    late = sandbox.world.post("reddit", "asha", "parcel", place="northwind", title="t", late=60)
    assert [s.fullname for s in reddit.subreddit("northwind").new()] == [late.id]
    assert list(reddit.subreddit("northwind").search("parcel")) == []


def test_edited_deleted_and_removed(sandbox: Sandbox, reddit: praw.Reddit) -> None:
    edited, deleted, removed = (submit(sandbox.world, f"text {i}") for i in range(3))
    sandbox.world.edit("reddit", edited.id, "better")
    sandbox.world.delete("reddit", deleted.id)
    sandbox.world.delete("reddit", removed.id, by="moderator")
    a, b, c = reddit.info(fullnames=[edited.id, deleted.id, removed.id])
    assert (a.selftext, a.edited > 0) == ("better", True)
    assert (b.selftext, b.author, b.removed_by_category) == ("[deleted]", None, "deleted")
    assert (c.selftext, c.author.name, c.removed_by_category) == ("[removed]", "asha", "moderator")
    assert [s.fullname for s in reddit.subreddit("northwind").new()] == [edited.id]


def test_a_tree_has_its_replies_and_says_more(sandbox: Sandbox, reddit: praw.Reddit) -> None:
    top = submit(sandbox.world)
    first = sandbox.world.post("reddit", "b", "first", reply_to=top.id)
    below = sandbox.world.post("reddit", "c", "below", reply_to=first.id)
    others = [sandbox.world.post("reddit", "d", f"{i}", reply_to=top.id) for i in range(230)]
    tree = reddit.submission(top.id[3:])
    assert tree.comments[0].replies[0].fullname == below.id
    assert isinstance(tree.comments[-1], praw.models.MoreComments)
    tree.comments.replace_more(limit=None)
    assert {c.fullname for c in tree.comments.list()} == {first.id, below.id, *(post.id for post in others)}


def test_a_reply_is_posted_as_the_brand(sandbox: Sandbox, reddit: praw.Reddit) -> None:
    top = submit(sandbox.world)
    reply = reddit.submission(top.id[3:]).reply("We are on it.")
    assert sandbox.world.children("reddit", top.id)[0].id == reply.fullname
    assert reply.author.name == "northwind_help"
    sandbox.world.delete("reddit", reply.fullname)
    with pytest.raises(praw.exceptions.RedditAPIException, match="DELETED_COMMENT"):
        reply.reply("Hello?")


def test_people_and_places(sandbox: Sandbox, reddit: praw.Reddit) -> None:
    asha = sandbox.world.author("reddit", "asha")
    assert reddit.redditor("asha").id == asha.id
    assert reddit.user.me().name == "northwind_help"
    assert reddit.subreddit("northwind").subscribers > 0
    with pytest.raises(prawcore.NotFound):
        _ = reddit.redditor("nobody").id
    with pytest.raises(prawcore.Redirect):
        list(reddit.subreddit("no_such_place").new())


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"client_secret": "stale"}, prawcore.ResponseException),
        ({"password": "stale"}, prawcore.OAuthException),
        ({"username": None, "password": None, "refresh_token": "stale"}, prawcore.ResponseException),
    ],
)
def test_wrong_credentials_are_refused(sandbox: Sandbox, wrong: dict[str, str], error: type[Exception]) -> None:
    right = login(sandbox, Keys())
    with pytest.raises(error):
        list(praw.Reddit(**{**right, **wrong}).subreddit("northwind").new())


def test_an_app_without_a_user_reads_but_does_not_answer(sandbox: Sandbox) -> None:
    top = submit(sandbox.world)
    client = praw.Reddit(**{**login(sandbox, Keys()), "username": None, "password": None})
    assert [s.fullname for s in client.subreddit("northwind").new()] == [top.id]
    with pytest.raises((prawcore.Forbidden, praw.exceptions.ReadOnlyException)):
        client.submission(top.id[3:]).reply("hello")


def test_a_refresh_token_logs_in_as_the_brand(sandbox: Sandbox) -> None:
    keys = Keys()
    options = {**login(sandbox, keys), "username": None, "password": None, "refresh_token": keys.reddit_refresh_token}
    assert praw.Reddit(**options).user.me().name == "northwind_help"


def test_a_token_that_expired_is_renewed_by_the_client(sandbox: Sandbox, reddit: praw.Reddit) -> None:
    assert list(reddit.subreddit("northwind").new()) == []
    reddit._core._authorizer.access_token = "expired"
    top = submit(sandbox.world)
    assert [s.fullname for s in reddit.subreddit("northwind").new()] == [top.id]


@pytest.mark.parametrize("agent", [None, "", "python-requests/2.34", "curl/8"])
def test_a_default_user_agent_is_turned_away(sandbox: Sandbox, agent: str | None) -> None:
    keys = sandbox.world.keys
    answer = requests.post(
        f"{sandbox.reddit_url}/api/v1/access_token",
        auth=(keys.reddit_client_id, keys.reddit_client_secret),
        data={"grant_type": "client_credentials"},
        headers={"User-Agent": agent} if agent is not None else {},
        timeout=5,
    )
    assert answer.status_code == 429


def test_the_limit_counts_down_and_refuses() -> None:
    with running(limits={"reddit": (2, 600)}) as sandbox:
        keys = sandbox.world.keys
        agent = {"User-Agent": keys.reddit_user_agent}
        token = requests.post(
            f"{sandbox.reddit_url}/api/v1/access_token",
            auth=(keys.reddit_client_id, keys.reddit_client_secret),
            data={"grant_type": "client_credentials"},
            headers=agent,
            timeout=5,
        ).json()["access_token"]
        headers = {**agent, "Authorization": f"bearer {token}"}
        answers = [requests.get(f"{sandbox.oauth_url}/r/northwind/new", headers=headers, timeout=5) for _ in range(3)]
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert [a.headers["x-ratelimit-used"] for a in answers] == ["1", "2", "3"]
    assert answers[1].headers["x-ratelimit-remaining"] == "0.0"
    assert 0 < int(answers[1].headers["x-ratelimit-reset"]) <= 600


def login(sandbox: Sandbox, keys: Keys) -> dict[str, object]:
    return {
        "client_id": keys.reddit_client_id,
        "client_secret": keys.reddit_client_secret,
        "user_agent": keys.reddit_user_agent,
        "username": keys.reddit_username,
        "password": keys.reddit_password,
        "reddit_url": sandbox.reddit_url,
        "oauth_url": sandbox.oauth_url,
        "check_for_updates": False,
    }
