"""What people delete, or ask us to forget, is gone from every table and from Slack, wherever it was copied."""

import json
from datetime import timedelta
from pathlib import Path

from sqlalchemy import make_url

from app import pipeline
from app.opening import clock
from app.pipeline import run_once
from core.customer import Customer
from core.mention import Cursor, Page, Rejected
from core.store import customers, mentions
from tests.end_to_end.town import P1, P2, Town

SECRET = "xylophone"
"""A word that nothing but the erased posts says."""


def settle(town: Town) -> None:
    for _ in range(4):
        town.hurry()
        run_once(town.house)


def shown(town: Town) -> str:
    return repr(town.messages())


def recheck(town: Town) -> None:
    """What a day of waiting would do: ask the platforms for every stored post."""
    pipeline.refresh(town.house, clock() + timedelta(hours=25))


def test_a_post_deleted_on_x_is_gone_everywhere(town: Town) -> None:
    run_once(town.house)
    say = town.sandbox.world.post
    town.sandbox.world.author("x", SECRET + "fan", name=SECRET.title(), bio=f"{SECRET} player", location=SECRET)
    mine = say("x", SECRET + "fan", f"{P1} I was playing the {SECRET}")
    other = say("x", "neighbour", f"{P2} and next door burns too", reply_to=mine.id)
    quote = say("x", "quoter", f"{P1} same here", quote_of=mine.id)
    run_once(town.house)
    town.sandbox.world.edit("x", mine.id, f"{P1} I was playing my old {SECRET}")
    settle(town)
    assert {town.cards()[f"x:{p.id}"] for p in (mine, other, quote)} == {1}
    assert SECRET in town.everything_stored().lower()
    assert SECRET in shown(town).lower()
    town.sandbox.world.delete("x", mine.id)
    recheck(town)
    settle(town)
    left = [line for line in town.everything_stored().lower().splitlines() if SECRET in line]
    assert left == []
    assert SECRET not in shown(town).lower()
    assert {town.cards()[f"x:{p.id}"] for p in (mine, other, quote)} == {1}


def test_a_comment_deleted_on_reddit_is_gone_everywhere(town: Town) -> None:
    run_once(town.house)
    say = town.sandbox.world.post
    thread = say("reddit", "opener", P2, place="northwind", title="charged twice")
    mine = say("reddit", SECRET, f"{P1} {SECRET}", reply_to=thread.id)
    settle(town)
    assert town.cards() == {f"reddit:{thread.id}": 1, f"reddit:{mine.id}": 1}
    assert shown(town).count(SECRET) > 1
    town.sandbox.world.delete("reddit", mine.id)
    recheck(town)
    settle(town)
    assert [line for line in town.everything_stored().splitlines() if SECRET in line] == []
    assert SECRET not in shown(town)
    if town.store.is_sqlite:  # not even in the bytes of the file
        pipeline.housekeeping(town.house)
        path = Path(make_url(town.database_url).database or "")
        assert [file.name for file in path.parent.glob(f"{path.name}*") if SECRET.encode() in file.read_bytes()] == []


def test_what_a_deleted_post_told_of_a_customer_goes_with_it(town: Town) -> None:
    with town.store.write() as tx:
        customers.save(tx, [Customer("C-1", "Priya Sharma", order_ids=("NW-552177",))], clock())
    run_once(town.house)
    say = town.sandbox.world.post
    mine = say("x", "priya", f"{P1} order NW-552177")
    other = say("x", "priya", f"{P2} and still")
    settle(town)
    assert shown(town).count("gave the order number") == 2
    town.sandbox.world.delete("x", mine.id)
    recheck(town)
    settle(town)
    assert "NW-552177" not in "\n".join(x for x in town.everything_stored().splitlines() if x.startswith("links"))
    settle(town)
    assert town.cards() == {f"x:{mine.id}": 1, f"x:{other.id}": 1}
    assert "gave the order number" not in shown(town)


def test_what_could_not_be_read_goes_with_its_author(town: Town) -> None:
    run_once(town.house)
    who = town.sandbox.world.author("x", "seven", id="7")
    for number, (author, handle) in enumerate((("7", "seven"), ("77", "seventyseven"))):
        raw = json.dumps({"id": number, "author_id": author, "text": "17 of 7", "user": handle})
        with town.store.write() as tx:
            page = Page(Cursor("1"), rejected=[Rejected("broken", raw)])
            mentions.save_page(tx, "x", "northwind/brand", page, clock())
    pipeline.forget(town.house, "x", who.id)
    assert "seventyseven" in town.everything_stored()
    assert '\\"seven\\"' not in town.everything_stored()
    pipeline.housekeeping(town.house, clock() + timedelta(days=31))
    assert "seventyseven" not in town.everything_stored()


def test_an_id_that_two_platforms_share_is_two_people(town: Town) -> None:
    run_once(town.house)
    say = town.sandbox.world.post
    mine = say("x", town.sandbox.world.author("x", "sam", id="4242"), f"{P1} {SECRET}")
    theirs = say("reddit", town.sandbox.world.author("reddit", "sam", id="4242"), P1, place="northwind")
    settle(town)
    pipeline.forget(town.house, "x", "4242")
    settle(town)
    assert town.cards() == {f"x:{mine.id}": 1, f"reddit:{theirs.id}": 1}
    assert SECRET not in shown(town)
    assert "smoking" in shown(town)


def test_who_is_forgotten_stays_forgotten(town: Town) -> None:
    run_once(town.house)
    say = town.sandbox.world.post
    who = town.sandbox.world.author("x", SECRET, name=SECRET.title(), bio=f"write to {SECRET}@mail.example")
    first = say("x", who, f"{P1} {SECRET}")
    reply = say("x", "neighbour", P2, reply_to=first.id)
    mine = say("x", who, f"{SECRET} too, northwind, you know", reply_to=reply.id)
    settle(town)
    say("x", "quoter", f"{P1} look at this", quote_of=mine.id)
    settle(town)
    assert SECRET in shown(town)
    done = pipeline.forget(town.house, "x", who.id)
    assert done.troubles == {}
    settle(town)
    assert [line for line in town.everything_stored().lower().splitlines() if SECRET in line] == []
    assert SECRET not in shown(town).lower()
    cards = town.cards()
    say("x", who, f"{P1} {SECRET} says it again")
    say("x", "reposter", f"{P1} so true", quote_of=mine.id)
    settle(town)
    assert [line for line in town.everything_stored().lower().splitlines() if SECRET in line] == []
    assert SECRET not in shown(town).lower()
    assert sum(town.cards().values()) == sum(cards.values()) + 1
