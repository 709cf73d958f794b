"""The made day: what it holds, when it happens, and that it survives a restart."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
import requests

from sandbox.query import compile_query
from sandbox.scenario import BRAND_TERMS, CUSTOMERS, DAY, ORDERS, RINGING, Player, read_csv, read_jsonl
from sandbox.server import PortTaken, Sandbox, running
from sandbox.world import World

DEPARTMENTS = {
    *("billing", "delivery", "product_quality", "outage_technical", "safety", "legal", "privacy_security"),
    *("sales_lead", "feedback", "praise", "spam_irrelevant"),
}


@pytest.fixture(scope="module")
def played() -> World:
    world = World()
    Player(world).play_day()
    return world


def test_the_day_is_varied(played: World) -> None:
    truths = played.truths()
    assert len(truths) >= 350
    by = {name: Counter(t[name] for t in truths) for name in ("priority", "language", "department", "platform")}
    assert all(by["priority"][p] >= 30 for p in ("P1", "P2", "P3", "P4"))
    assert all(by["language"][tag] >= 25 for tag in ("en", "hi", "hi-Latn", "tr"))
    assert all(by["department"][name] >= 5 for name in DEPARTMENTS)
    assert set(by["department"]) == DEPARTMENTS
    assert set(by["platform"]) == {"x", "reddit", "mastodon", "feed"}
    assert sum(t.get("incident") == "outage" for t in truths) == 40


def test_no_text_is_written_twice() -> None:
    texts = [row["text"] for name in ("day.jsonl", "stories.jsonl") for row in read_jsonl(name) if "text" in row]
    assert [text for text, times in Counter(texts).items() if times > 1] == []


def test_every_post_on_x_that_should_ring_is_found_by_the_brands_terms(played: World) -> None:
    matches = compile_query(f"({' OR '.join(BRAND_TERMS)})")
    missed = [
        truth["text"]
        for truth in played.truths()
        if truth["platform"] == "x"
        and truth["priority"] in RINGING
        and not truth["gone"]
        and not matches(post := played.get("x", truth["id"]), played)  # type: ignore[arg-type]
        and post
    ]
    assert missed == []


def test_every_post_on_mastodon_names_the_account_or_a_tag_that_the_demo_listens_to(played: World) -> None:
    posts = list(played.newest_first("mastodon"))
    assert {post.lang for post in posts} == {"en", "hi", "hi-Latn", "tr"}
    heard = re.compile(r"[@#](northwind|larkfield|oakmere)\b")
    assert [post.text for post in posts if not (heard.search(post.text) or post.place or post.reply_to)] == []


def test_competitors_are_spoken_of_too_in_every_language_on_several_platforms(played: World) -> None:
    posts = [post for name in ("x", "reddit", "mastodon") for post in played.newest_first(name) if not post.truth]
    of_them = [post for post in posts if re.search("larkfield|oakmere", f"{post.title} {post.text}", re.IGNORECASE)]
    assert {post.platform for post in of_them} == {"x", "reddit", "mastodon"}
    assert {post.lang for post in of_them} == {"en", "hi", "hi-Latn", "tr"}
    assert len(of_them) >= 10


def test_placeholders_are_filled_in(played: World) -> None:
    for post in played.newest_first("x"):
        assert not re.search(r"\{(order|author|long)\}", post.text), post.text


def test_something_rings_at_once_and_often_in_the_first_minutes() -> None:
    moves = Player(World()).moves(0)
    rings = [m.at for m in moves if m.row.get("truth", {}).get("priority") in RINGING]
    assert rings[0] <= 2  # scenario minutes: two seconds at the demo's speed
    early = [b - a for a, b in pairwise(rings) if b < 300]
    assert max(early) <= 20
    late = [b - a for a, b in pairwise(rings)]
    assert max(late) <= 60
    assert moves[-1].at <= DAY


def test_the_seed_fixes_the_order_and_days_differ() -> None:
    def order(seed: int, day: int) -> list[str]:
        return [move.name for move in Player(World(), seed=seed).moves(day)]

    assert order(7, 0) == order(7, 0)
    assert order(7, 0) != order(8, 0)
    assert order(7, 0) != order(7, 1)


def test_the_second_day_is_lived_by_other_strangers() -> None:
    world = World()
    player = Player(world)
    strangers = []
    for day in (0, 1):
        player.play_day(day)
        strangers.append({t["author"] for t in world.truths()} - set().union(*strangers))
    assert len(strangers[1]) > 150


def test_the_first_to_ring_is_a_stranger_so_that_each_start_opens_a_new_case() -> None:
    first = next(m for m in Player(World()).moves(0) if m.row.get("truth", {}).get("priority") in RINGING)
    assert "by" not in first.row


def test_known_customers_speak_from_the_accounts_in_the_crm(played: World) -> None:
    accounts = {pair for row in read_csv(CUSTOMERS) for pair in row["account_ids"].split(";") if pair}
    spoke = {f"{t['platform']}:{t['author']}" for t in played.truths()}
    assert len(accounts & spoke) >= 20
    imported = {
        h.split(":")[1]: row for row in read_csv(CUSTOMERS) for h in row["handles"].split(";") if ":import" in h
    }
    wrong = [h for h in ("jpeters", "sam_oneill", "emre_k") if played.find_author("x", h)]
    assert len(wrong) == 3
    assert all(imported[h]["name"] != played.find_author("x", h).name for h in wrong)  # type: ignore[union-attr]


def test_customers_and_orders_agree() -> None:
    customers, orders = read_csv(CUSTOMERS), read_csv(ORDERS)
    assert len(customers) == 60
    owned = {(order, row["customer_id"]) for row in customers for order in row["order_ids"].split(";")}
    assert owned == {(row["order_id"], row["customer_id"]) for row in orders}


def test_stories_leave_their_marks(played: World) -> None:
    posts = list(played.newest_first("x"))
    assert sum(post.repost_of is not None for post in posts) == 32
    assert any(len(post.editions) == 2 for post in posts)
    assert any(post.gone for post in posts)
    assert any(post.author.handle == "northwindhelp" and post.reply_to for post in posts)
    assert any(len(post.text) >= 10_000 for post in posts)
    assert any(post.author.followers >= 120_000 and post.truth for post in posts)
    assert any(post.gone == "moderator" for post in played.newest_first("reddit"))


def test_hostile_text_reaches_the_wire_whole(sandbox: Sandbox) -> None:
    Player(sandbox.world).play_day()
    hostile = [post for post in sandbox.world.newest_first("x") if post.author.handle == "bobby_tables"]
    assert len(hostile) >= 9
    answer = requests.get(
        f"{sandbox.x_url}/2/tweets",
        params={"ids": ",".join(post.id for post in hostile), "tweet.fields": "note_tweet"},
        headers={"Authorization": f"Bearer {sandbox.world.keys.x_bearer}"},
        timeout=5,
    ).json()
    from html import unescape

    wire = [unescape(t.get("note_tweet", t)["text"]) for t in answer["data"]]
    assert wire == [post.text for post in hostile]


def test_a_restart_remembers_the_world_and_reuses_no_id(tmp_path: Path) -> None:
    journal = tmp_path / "world.jsonl"
    first = World(journal=journal)
    Player(first).play_day()
    before = {(t["platform"], t["id"]): t for t in first.truths()}
    with journal.open("a") as file:
        file.write('{"platform": "x", "id"')  # cut off by a crash
    second = World(journal=journal)
    assert {(t["platform"], t["id"]): t for t in second.truths()} == before
    counts = [(p.id, p.replies, p.shares, p.likes) for p in first.newest_first("x")]
    assert [(p.id, p.replies, p.shares, p.likes) for p in second.newest_first("x")] == counts
    reply = next(p for p in first.newest_first("x") if p.reply_to)
    assert [p.id for p in second.children("x", reply.reply_to or "")] == [
        p.id for p in first.children("x", reply.reply_to or "")
    ]
    Player(second).play_day()
    assert len(second.truths()) == 2 * len(before)


def test_after_the_busy_hours_the_day_goes_on_more_calmly() -> None:
    player = Player(World(), calm=10)
    assert [player.after(minutes) for minutes in (0, 120, 300, 301, 1440)] == [0, 120, 300, 310, 300 + 11_400]
    assert Player(World()).after(1440) == 1440


def test_the_player_keeps_to_the_speed() -> None:
    world = World(speed=6000)  # a scenario minute every hundredth of a second
    stop = threading.Event()
    thread = threading.Thread(target=Player(world).run, args=(stop,))
    began = time.monotonic()
    thread.start()
    time.sleep(1.0)
    stop.set()
    thread.join(timeout=5)
    due = (time.monotonic() - began) * 100
    moves = [m for m in Player(world).moves(0) if "text" in m.row and "edit" not in m.row]
    happened = sum(1 for platform in ("x", "reddit", "mastodon", "feed") for _ in world.newest_first(platform))
    assert sum(m.at <= due - 20 for m in moves) - 5 <= happened <= sum(m.at <= due for m in moves) + 1 + 32


def test_the_command_runs_until_told_to_stop(tmp_path: Path) -> None:
    ports = [option for name in ("x", "reddit", "feeds", "slack", "tickets") for option in (f"--{name}-port", "0")]
    command = [sys.executable, "-m", "sandbox", *ports, "--speed", "60", "--state", str(tmp_path / "state.jsonl")]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    assert process.stdout is not None
    places = dict(process.stdout.readline().strip().split(": ") for _ in range(4))
    deadline = time.monotonic() + 5
    rang: list[str] = []
    while time.monotonic() < deadline and not rang:
        truths = requests.get(f"{places['x']}/_sandbox/truth", timeout=5).json()
        rang = [t["text"] for t in truths if t["priority"] in RINGING]
        time.sleep(0.05)
    assert rang
    assert requests.get(places["slack"], timeout=5).status_code == 200
    os.kill(process.pid, signal.SIGTERM)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "", "")


def test_a_taken_port_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"Port {port} is taken.*--reddit-port"), running(ports={"reddit": port}):
            pass


def test_another_process_can_post_and_read_the_truth(sandbox: Sandbox) -> None:
    url = f"{sandbox.x_url}/_sandbox"
    said = {"platform": "x", "author": "asha", "text": "northwind fire", "truth": {"priority": "P1"}}
    made = requests.post(f"{url}/post", json=said, timeout=5).json()
    assert requests.post(f"{url}/post", json={"platform": "x"}, timeout=5).status_code == 400
    assert [t["id"] for t in requests.get(f"{url}/truth", timeout=5).json()] == [made["id"]]
