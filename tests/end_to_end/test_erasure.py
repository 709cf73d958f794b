"""What people delete, or ask us to forget, is gone from every table and from Slack, wherever it was copied."""

from app import pipeline
from app.opening import clock
from app.pipeline import run_once
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
    from datetime import timedelta

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
