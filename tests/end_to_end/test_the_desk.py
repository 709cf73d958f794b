"""One case, one card, through edits, answers, reposts, presses and two workers at once."""

import contextlib
import threading
from datetime import timedelta

from sqlalchemy import select

from app import pipeline
from app.opening import House, clock
from app.pipeline import run_once
from core.case import Case, CaseStatus, EventKind, Refused
from core.settings import Environment, parse
from core.store import cases, open_store, outbox, schema
from notifier.listener import press
from tests.end_to_end.town import P1, P2, PRAISE, Town


def settle(town: Town, passes: int = 4) -> None:
    for _ in range(passes):
        town.hurry()
        run_once(town.house)


def all_cases(town: Town) -> list[Case]:
    with town.store.read() as tx:
        ids = list(tx.scalars(select(schema.cases.c.id).order_by(schema.cases.c.id)))
        return [found for id in ids if (found := cases.get(tx, id))]


def card_text(town: Town) -> str:
    return "\n".join(str(m) for m in town.messages() if (m.get("metadata") or {}).get("event_type") == "sunwai_case")


def test_praise_that_is_edited_into_an_emergency_rings_once(town: Town) -> None:
    run_once(town.house)
    posts = [town.sandbox.world.post("x", "asha", PRAISE)]
    posts.append(town.sandbox.world.post("reddit", "ravi", PRAISE, place="northwind", title="thanks"))
    settle(town)
    assert town.cards() == {}
    town.sandbox.world.edit("x", posts[0].id, P1)
    town.sandbox.world.edit("reddit", posts[1].id, P1)
    settle(town)
    assert town.cards() == {f"x:{posts[0].id}": 1, f"reddit:{posts[1].id}": 1}
    settle(town)
    assert sum(town.cards().values()) == 2


def test_an_emergency_that_is_edited_into_praise_keeps_its_card_and_shows_the_new_words(town: Town) -> None:
    run_once(town.house)
    post = town.sandbox.world.post("x", "asha", P1)
    settle(town)
    assert "smoking" in card_text(town)
    town.sandbox.world.edit("x", post.id, PRAISE)
    settle(town)
    assert town.cards() == {f"x:{post.id}": 1}
    assert "lovely people" in card_text(town)
    assert "smoking" not in card_text(town)
    assert all_cases(town)[0].priority == 1


def test_a_resolved_case_whose_post_becomes_an_emergency_is_opened_again(town: Town) -> None:
    run_once(town.house)
    post = town.sandbox.world.post("x", "asha", P2)
    settle(town)
    press(town.store, all_cases(town)[0].id, "resolve", "U0ASHA", clock())
    settle(town)
    town.sandbox.world.edit("x", post.id, P1)
    settle(town)
    found = all_cases(town)
    assert [(c.status, int(c.priority)) for c in found] == [(CaseStatus.OPEN, 1)]
    assert town.cards() == {f"x:{post.id}": 1}


def test_our_own_answer_stops_the_clock_and_redraws(town: Town) -> None:
    run_once(town.house)
    post = town.sandbox.world.post("x", "asha", P2)
    settle(town)
    assert "answered at" not in card_text(town)
    town.sandbox.world.post("x", "northwindhelp", "So sorry! Please send us a message.", reply_to=post.id)
    settle(town)
    case = all_cases(town)[0]
    assert case.answered_at is not None
    assert "answered at" in card_text(town)
    assert len(all_cases(town)) == 1


def test_a_storm_of_reposts_is_one_case(town: Town) -> None:
    sources = town.settings["sources"] | {"x": town.settings["sources"]["x"] | {"reposts": True}}
    town = town.again(sources=sources)
    run_once(town.house)
    post = town.sandbox.world.post("x", "asha", P1)
    early = [town.sandbox.world.post("x", f"a{n}", f"RT @asha: {P1}"[:140], repost_of=post.id) for n in range(15)]
    settle(town)
    late = [town.sandbox.world.post("x", f"b{n}", f"RT @asha: {P1}"[:140], repost_of=post.id) for n in range(15)]
    settle(town)
    assert town.cards() == {f"x:{post.id}": 1}
    with town.store.read() as tx:
        assert len(set(tx.scalars(select(schema.case_mentions.c.mention_id)))) == 1 + len(early) + len(late)
    town.house.close()


def test_reposts_of_what_we_never_heard_are_one_case(town: Town) -> None:
    sources = town.settings["sources"] | {"x": town.settings["sources"]["x"] | {"reposts": True}}
    town = town.again(sources=sources)
    post = town.sandbox.world.post("x", "asha", P1, at=clock() - timedelta(days=9))
    run_once(town.house)
    for n in range(12):
        town.sandbox.world.post("x", f"a{n}", f"RT @asha: {P1}"[:140], repost_of=post.id)
    settle(town)
    assert len(town.cards()) <= 1
    assert len(all_cases(town)) <= 1
    town.house.close()


def test_copies_of_a_post_are_one_card_that_counts_the_people(town: Town) -> None:
    town = town.again(judgement={})
    run_once(town.house)
    post = town.sandbox.world.post("x", "asha", P1)
    settle(town)
    for n in range(8):
        town.sandbox.world.post("x", f"a{n // 2}", f"{P1} {'🔥' * n} https://t.co/{n}")
    town.sandbox.world.post("reddit", "ravi", f"copied from X: {P1}", place="northwind", title="")
    settle(town)
    assert town.cards() == {f"x:{post.id}": 1}
    assert "10 posts by 6 people" in card_text(town)
    town.house.close()


def test_nothing_old_rings(town: Town) -> None:
    old = town.sandbox.world.post("x", "first", P1)
    run_once(town.house)
    stale = town.sandbox.world.post("x", "stale", P1, at=clock() - timedelta(hours=6, minutes=1), late=0)
    with town.store.write() as tx:  # as if we had been away for a day: the floor lies before the stale post
        tx.execute(schema.cursors.update().values(floor=None))
    settle(town)
    fresh = town.sandbox.world.post("x", "fresh", P1)
    settle(town)
    assert town.cards() == {f"x:{fresh.id}": 1}
    with town.store.read() as tx:
        assert {f"x:{old.id}", f"x:{stale.id}"} <= set(tx.scalars(select(schema.mentions.c.id)))
    before = len(town.messages())
    pipeline.replay(town.house)
    settle(town)
    assert len(town.messages()) == before


def test_two_workers_at_once_and_presses_meanwhile(town: Town) -> None:
    run_once(town.house)
    say = town.sandbox.world.post
    posts = []
    houses = [
        House(parse(town.settings), Environment(town.sandbox.env()), open_store(town.database_url)) for _ in range(2)
    ]
    stop = threading.Event()
    troubles: list[str] = []

    def work(house: House) -> None:
        while not stop.is_set():
            done = run_once(house)
            troubles.extend(f"{stage}: {error!r}" for stage, error in done.troubles.items())

    def agents() -> None:
        while not stop.is_set():
            for case in all_cases(town):
                for who in ("U0ASHA", "U0RAVI"):
                    with contextlib.suppress(Refused):
                        press(town.store, case.id, "claim", who, clock())
            town.hurry_paces()
            stop.wait(0.05)

    threads = [threading.Thread(target=work, args=(house,)) for house in houses]
    threads.append(threading.Thread(target=agents))
    for thread in threads:
        thread.start()
    for n in range(12):
        posts.append(say("x", f"a{n // 2}", f"{(P1, P2)[n % 2]} number {n}"))
        if n % 3 == 0:
            say("x", f"a{n // 2}", f"{PRAISE} not! {P1}", reply_to=posts[-1].id)
        stop.wait(0.05)
    stop.wait(0.5)
    stop.set()
    for thread in threads:
        thread.join(60)
    settle(town)  # a busy machine may not have got to the last posts
    for case in all_cases(town):
        if case.owner is None:
            press(town.store, case.id, "claim", "U0RAVI", clock())
    settle(town, 30)
    for house in houses:
        house.close()
    assert troubles == []
    assert town.cards() == dict.fromkeys((f"x:{p.id}" for p in posts), 1)
    found = all_cases(town)
    assert len(found) == len(posts)
    assert {c.owner for c in found} <= {"U0ASHA", "U0RAVI"}
    with town.store.read() as tx:
        assert outbox.sizes(tx) == {"waiting": 0, "failed": 0}
        for case in found:
            kinds = [event.kind for event in cases.events(tx, case.id)]
            assert kinds.count(EventKind.RANG) == 1
            assert kinds.count(EventKind.CLAIMED) == 1
    assert card_text(town).count("has it") >= len(posts)
