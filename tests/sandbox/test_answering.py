"""What the stand-ins do when they are written to: the brand's own posts, Reddit's refusals, tickets, signed webhooks."""

import hmac
import json
import time
from hashlib import sha256
from pathlib import Path

import praw
import pytest
import requests
import tweepy

from sandbox import tickets
from sandbox.server import Sandbox

AUTH = (f"{tickets.EMAIL}/token", tickets.TOKEN)


def test_an_account_sees_its_own_posts_at_once(sandbox: Sandbox, x: tweepy.Client) -> None:
    asked = [sandbox.world.post("x", "asha", f"@northwindhelp {n}") for n in range(7)]
    made = [x.create_tweet(text=f"Answer {n}", in_reply_to_tweet_id=post.id).data["id"] for n, post in enumerate(asked)]
    me = x.get_me().data
    page = x.get_users_tweets(me.id, max_results=5, tweet_fields=["referenced_tweets"], user_auth=True)
    assert [str(post.id) for post in page.data] == made[:1:-1]
    assert [str(r.id) for post in page.data for r in post.referenced_tweets] == [p.id for p in asked[:1:-1]]
    rest = x.get_users_tweets(me.id, max_results=5, pagination_token=page.meta["next_token"], user_auth=True)
    assert [str(post.id) for post in rest.data] == made[1::-1]
    assert "next_token" not in rest.meta
    late = x.get_users_tweets(me.id, max_results=5, since_id=made[5], user_auth=True)
    assert [str(post.id) for post in late.data] == made[6:]


@pytest.mark.parametrize(
    ("text", "fits"),
    [("a" * 280, True), ("a" * 281, False), ("ह" * 280, True), ("字" * 140, True), ("字" * 141, False)],
)
def test_x_weighs_letters(sandbox: Sandbox, x: tweepy.Client, text: str, fits: bool) -> None:
    post = sandbox.world.post("x", "asha", "@northwindhelp hello")
    if fits:
        assert x.create_tweet(text=text, in_reply_to_tweet_id=post.id).data["id"]
    else:
        with pytest.raises(tweepy.Forbidden, match="not permitted to perform this action"):
            x.create_tweet(text=text, in_reply_to_tweet_id=post.id)


def test_reddit_shows_an_account_its_comments(sandbox: Sandbox, reddit: praw.Reddit) -> None:
    top = sandbox.world.post("reddit", "asha", "my kettle", place="northwind", title="Kettle")
    made = [reddit.submission(top.id[3:]).reply(f"Answer {n}").fullname for n in range(3)]
    sandbox.world.post("reddit", "deniz", "me too", reply_to=top.id)
    assert [c.fullname for c in reddit.user.me().comments.new()] == made[::-1]


def test_reddit_refuses_in_a_locked_thread_and_whoever_is_too_quick(sandbox: Sandbox, reddit: praw.Reddit) -> None:
    top = sandbox.world.post("reddit", "asha", "my kettle", place="northwind", title="Kettle")
    sandbox.world.comment_seconds = 600
    reddit.submission(top.id[3:]).reply("One.")
    with pytest.raises(praw.exceptions.RedditAPIException, match="RATELIMIT"):
        reddit.submission(top.id[3:]).reply("Two.")
    sandbox.world.locked.add(top.id)
    with pytest.raises(praw.exceptions.RedditAPIException, match="THREAD_LOCKED"):
        reddit.submission(top.id[3:]).reply("Three.")
    assert len(sandbox.world.children("reddit", top.id)) == 1


def ask(sandbox: Sandbox, body: object, key: str = "k1", auth: tuple[str, str] = AUTH) -> requests.Response:
    headers = {"Idempotency-Key": key}
    return requests.post(f"{sandbox.tickets_url}/api/v2/tickets.json", json=body, auth=auth, headers=headers, timeout=5)


def test_a_ticket_is_made_once_for_each_key(sandbox: Sandbox) -> None:
    body = {"ticket": {"subject": "Kettle", "comment": {"body": "It burnt"}, "external_id": "e1", "priority": "urgent"}}
    first, again = ask(sandbox, body), ask(sandbox, body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert [a.headers["x-idempotency-lookup"] for a in (first, again)] == ["miss", "hit"]
    assert first.json() == again.json()
    assert first.json()["ticket"]["id"] == tickets.FIRST_NUMBER
    other = ask(sandbox, {"ticket": {"subject": "Another", "comment": {"body": "x"}}})
    assert (other.status_code, other.json()["error"]) == (400, "IdempotentRequestError")
    listing = f"{sandbox.tickets_url}/api/v2/tickets.json?external_id="
    assert requests.get(listing + "e1", auth=AUTH, timeout=5).json()["count"] == 1
    assert requests.get(listing + "e2", auth=AUTH, timeout=5).json()["count"] == 0
    page = requests.get(f"{sandbox.tickets_url}/agent/tickets/{tickets.FIRST_NUMBER}", timeout=5)
    assert "It burnt" in page.text


def test_zendesk_refuses_a_wrong_token_and_a_broken_ticket(sandbox: Sandbox) -> None:
    body = {"ticket": {"subject": "Kettle", "comment": {"body": "It burnt"}}}
    assert ask(sandbox, body, auth=(AUTH[0], "stale")).status_code == 401
    assert ask(sandbox, {"ticket": {"subject": "Kettle"}}).status_code == 422
    assert ask(sandbox, {"ticket": {"subject": "K", "comment": {"body": "b"}, "priority": "P1"}}).status_code == 422
    assert sandbox.tickets.made == []


@pytest.mark.parametrize(
    ("secret", "age", "status"), [("", 0, 401), (tickets.SECRET, 600, 401), (tickets.SECRET, 0, 201)]
)
def test_a_webhook_is_taken_with_a_right_and_fresh_signature_alone(
    sandbox: Sandbox, secret: str, age: int, status: int
) -> None:
    raw, stamp = json.dumps({"case": 1}).encode(), str(int(time.time()) - age)
    signed = "v1=" + hmac.new((secret or "guessed").encode(), f"{stamp}.".encode() + raw, sha256).hexdigest()
    headers = {"Sunwai-Timestamp": stamp, "Sunwai-Signature": signed, "Idempotency-Key": "k"}
    for _ in range(2):
        answer = requests.post(f"{sandbox.tickets_url}/hook", data=raw, headers=headers, timeout=5)
        assert answer.status_code == status
    assert len(sandbox.tickets.hooks) == (status == 201)


def test_tickets_outlive_a_restart_and_a_line_that_was_cut_off(tmp_path: Path) -> None:
    journal = tmp_path / "tickets"
    first = tickets.Tickets(journal)
    made = first.make({"subject": "Kettle", "comment": {"body": "It burnt"}}, "k1", "d1")
    assert made is not None
    first.receive({"case": 1}, "k2")
    with journal.open("a") as file:
        file.write('\n{"kind": "ticket", "key"')
    again = tickets.Tickets(journal)
    assert (again.made, again.hooks) == (first.made, first.hooks)
    assert again.make({}, "k1", "d1") == (made[0], "hit")
    assert again.receive({"case": 1}, "k2") == tickets.FIRST_NUMBER
    again.make({"subject": "Another"}, "k3", "d3")
    assert [ticket["id"] for ticket in tickets.Tickets(journal).made] == [1001, 1002]


def test_a_person_answers_by_hand_in_xs_reply_box(sandbox: Sandbox) -> None:
    stranger = sandbox.world.post("x", "asha", "northwind <b>never</b> came")
    box = f"{sandbox.x_url}/intent/post?in_reply_to={stranger.id}&text=%E0%A4%B9%E0%A5%88+%3Cscript%3E+%22"
    page = requests.get(box, timeout=5).text
    assert "northwind &lt;b&gt;never&lt;/b&gt; came" in page
    assert 'dir="auto">है &lt;script&gt; &quot;</textarea>' in page
    sent = requests.post(box, data={"text": "है <script>\r\nthere"}, timeout=5)
    (answer,) = sandbox.world.children("x", stranger.id)
    assert (answer.text, answer.author.handle) == ("है <script>\nthere", "northwindhelp")
    assert sent.url == f"{sandbox.x_url}/northwindhelp/status/{answer.id}"
    assert "है &lt;script&gt;" in sent.text
    assert requests.post(box, data={"text": " "}, timeout=5).status_code == 400
    assert requests.get(f"{sandbox.x_url}/intent/post?in_reply_to=1", timeout=5).status_code == 404
