"""From judgements to cases and cards, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from analysis.assess import assess
from analysis.triage import triage
from core.assessment import Priority
from core.case import Case, CaseStatus, EventKind, claim, resolve
from core.mention import Author, BrandQuery, Cursor, Heard, Mention, Page
from core.settings import Settings, parse
from core.store import Store, answers, assessments, cases, erasure, mentions, mutes, schema
from core.store.engine import database_now

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
QUERY = BrandQuery("northwind", "brand", ("northwind",))
SETTINGS = parse(
    {
        "brands": {
            "northwind": {
                "name": "Northwind",
                "own_accounts": ["x:@northwindhelp"],
                "queries": [{"name": "brand", "any_of": ["northwind"]}],
            }
        },
        "departments": {
            "care": {"channel": "#care", "topics": ["billing", "delivery"]},
            "safety": {"channel": "#safety", "topics": ["safety"]},
        },
    }
)
HELP = Author("x", "900", "NorthwindHelp", "Northwind Help")
SMOKE = "My Northwind charger is smoking"
LATE = "My Northwind parcel has not arrived"
BILLED = "Northwind charged my card twice for one order, 4,999 rupees each. I want my money back today"
PRAISE = "I love Northwind, great service"


def said(id: int, text: str, by: int | Author = 1, **more: Any) -> Mention:
    author = by if isinstance(by, Author) else Author("x", str(by), f"user{by}", f"User {by}")
    values: dict[str, Any] = {"created_at": NOW - timedelta(minutes=2), "conversation_id": str(id)}
    return Mention(platform="x", external_id=str(id), author=author, text=text, **(values | more))


def hear(store: Store, *found: Mention, may_ring: bool = True) -> None:
    page = Page(Cursor(floor="1", floor_at=NOW), tuple(Heard(m, (QUERY,), {"id": m.external_id}) for m in found))
    with store.write() as tx:
        mentions.save_page(tx, "x", "s", page, NOW, own_accounts={"x:@northwindhelp"}, may_ring=may_ring)


def run(
    store: Store, *found: Mention, may_ring: bool = True, now: datetime = NOW, settings: Settings = SETTINGS
) -> dict[str, int]:
    hear(store, *found, may_ring=may_ring)
    assess(store, settings, now)
    return triage(store, settings, now)


def all_cases(store: Store) -> list[Case]:
    with store.read() as tx:
        return [
            c
            for c in (cases.get(tx, id) for id in tx.scalars(select(schema.cases.c.id).order_by(schema.cases.c.id)))
            if c
        ]


def queued(store: Store) -> list[tuple[str, str, str]]:
    """What is to be shown, without the lines of the stories."""
    with store.read() as tx:
        rows = tx.execute(select(schema.outbox).order_by(schema.outbox.c.id))
        return [(r.kind, r.channel, r.dedupe_key) for r in rows if r.kind != "slack_thread"]


def told(store: Store) -> list[str]:
    """What the threads are to tell: the kinds of the events, in order."""
    with store.read() as tx:
        rows = tx.execute(
            select(schema.outbox).where(schema.outbox.c.kind == "slack_thread").order_by(schema.outbox.c.id)
        )
        return [event.kind.value for r in rows if (event := cases.event(tx, r.data["event"])) is not None]


def kinds(store: Store, case: Case) -> list[EventKind]:
    with store.read() as tx:
        return [event.kind for event in cases.events(tx, case.id)]


def post_card(store: Store, case: Case) -> None:
    with store.write() as tx:
        cases.card_posted(tx, case.id, "C1", "100.1", NOW)


def act(store: Store, make: Any) -> Case:
    case = all_cases(store)[-1]
    with store.write() as tx:
        moved = make(case)
        assert cases.move(tx, moved)
    changed: Case = moved.case
    return changed


def test_an_urgent_mention_opens_a_case_and_rings_its_team_once(store: Store) -> None:
    counts = run(store, said(1, SMOKE))
    assert counts == {"triaged": 1, "opened": 1, "joined": 0, "answered": 0, "rang": 1}
    [case] = all_cases(store)
    assert (case.priority, case.department, case.status) == (Priority.P1, "safety", CaseStatus.OPEN)
    assert case.answer_by == NOW - timedelta(minutes=2) + timedelta(minutes=15)
    assert queued(store) == [("slack_card", "#safety", "card:x:1:northwind")]
    assert triage(store, SETTINGS, NOW)["triaged"] == 0
    assert len(queued(store)) == 1


def test_p3_opens_a_silent_case_and_p4_opens_none(store: Store) -> None:
    run(store, said(1, LATE), said(2, PRAISE, by=2))
    assert [c.priority for c in all_cases(store)] == [Priority.P3]
    assert queued(store) == []


@pytest.mark.parametrize("how", ["a first pull", "old"])
def test_history_opens_a_case_but_never_rings(store: Store, how: str) -> None:
    old = NOW - timedelta(hours=7) if how == "old" else NOW
    counts = run(store, said(1, SMOKE, created_at=old), may_ring=how == "old")
    assert (counts["opened"], counts["rang"]) == (1, 0)
    assert queued(store) == []


def test_the_same_authors_later_posts_join_and_raise_the_case(store: Store) -> None:
    run(store, said(1, LATE))
    later = said(2, f"{LATE}. And now {SMOKE}!", conversation_id="1", parent_id="1", kind="reply")
    counts = run(store, later)
    assert (counts["opened"], counts["joined"], counts["rang"]) == (0, 1, 1)
    [case] = all_cases(store)
    assert case.priority is Priority.P1
    assert case.answer_by == later.created_at + timedelta(minutes=15)
    assert kinds(store, case) == [EventKind.OPENED, EventKind.JOINED, EventKind.RAISED]
    assert [kind for kind, *_ in queued(store)] == ["slack_card"]


def test_a_post_that_joins_a_case_with_a_card_redraws_it(store: Store) -> None:
    run(store, said(1, SMOKE))
    post_card(store, all_cases(store)[0])
    run(store, said(2, "any update northwind?", conversation_id="1", parent_id="1"))
    assert [kind for kind, *_ in queued(store)] == ["slack_card", "slack_update"]
    assert told(store) == ["joined"]
    assert len(all_cases(store)) == 1


def test_a_customer_who_writes_back_makes_it_the_desks_turn_and_gives_the_clock_its_time_back(store: Store) -> None:
    run(store, said(1, SMOKE))
    [case] = all_cases(store)
    due = case.resolve_by
    post_card(store, case)
    answer = said(2, "Please send us a message.", by=HELP, conversation_id="1", parent_id="1", created_at=NOW)
    run(store, answer)
    [case] = all_cases(store)
    assert (case.status, case.waiting_since, case.answered_at) == (CaseStatus.WAITING, NOW, NOW)
    later = NOW + timedelta(hours=1)
    run(store, said(3, "I did", conversation_id="1", parent_id="2", created_at=later), now=later)
    [case] = all_cases(store)
    assert (case.status, case.waiting_since) == (CaseStatus.OPEN, None)
    assert due is not None and case.resolve_by == due + timedelta(hours=1)
    assert told(store) == ["answered", "came_back", "joined"]


def test_a_case_goes_to_the_team_whose_route_names_most_and_rings_in_its_channel(store: Store) -> None:
    turkey = {"channel": "#turkiye", "routes": [{"languages": ["tr"], "topics": ["safety"]}]}
    settings = parse(
        {
            "brands": {"northwind": {"name": "Northwind", "queries": [{"name": "brand", "any_of": ["northwind"]}]}},
            "departments": {"safety": {"channel": "#safety", "topics": ["safety"]}, "turkey": turkey},
        }
    )
    run(store, said(1, SMOKE), said(2, "northwind şarj aletim alev aldı, evde yangın çıktı!", by=2), settings=settings)
    assert [case.team for case in all_cases(store)] == ["safety", "turkey"]
    assert [channel for _, channel, _ in queued(store)] == ["#safety", "#turkiye"]


def test_a_channel_that_rests_keeps_all_but_p1_for_later(store: Store) -> None:
    with store.write() as tx:
        now = database_now(tx)
        mutes.mute(tx, "#care", now + timedelta(hours=2), "U1")
        mutes.mute(tx, "#safety", now + timedelta(hours=2), "U1")
    run(store, said(1, SMOKE), said(2, BILLED, by=2))

    def waits() -> dict[int, bool]:
        with store.read() as tx:
            cards = tx.execute(select(schema.outbox).where(schema.outbox.c.kind == "slack_card")).all()
            return {row.rank: row.due_at > now + timedelta(hours=1) for row in cards}

    assert waits() == {1: False, 2: True}
    with store.write() as tx:
        assert mutes.unmute(tx, "#care", now)
        assert not mutes.unmute(tx, "#billing", now)
    assert waits() == {1: False, 2: False}


def test_what_a_thread_quoted_is_taken_back_when_its_post_is_erased(store: Store) -> None:
    run(store, said(1, SMOKE))
    post_card(store, all_cases(store)[0])
    run(store, said(2, "any update northwind?", conversation_id="1", parent_id="1"))
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:2"], "deleted_by_author", NOW)
    with store.read() as tx:
        [row] = tx.execute(select(schema.outbox).where(schema.outbox.c.kind == "slack_unsay")).all()
    assert row.data == {"key": "said:x:2:northwind"}


def test_others_in_the_conversation_get_cases_of_their_own(store: Store) -> None:
    run(store, said(1, SMOKE))
    run(store, said(2, f"same here, {SMOKE}", by=2, conversation_id="1", parent_id="1"))
    assert len(all_cases(store)) == 2


def test_two_posts_of_one_author_in_one_batch_are_one_case(store: Store) -> None:
    reply = said(2, f"{SMOKE}, help", conversation_id="1", parent_id="1")
    counts = run(store, said(1, SMOKE, created_at=NOW - timedelta(minutes=3)), reply)
    assert (counts["opened"], counts["joined"]) == (1, 1)
    assert [kind for kind, *_ in queued(store)] == ["slack_card"]


def test_a_customer_who_comes_back_reopens_the_case_but_thanks_do_not(store: Store) -> None:
    run(store, said(1, SMOKE))
    act(store, lambda c: resolve(c, "U1", NOW))
    run(
        store,
        said(2, "Thank you northwind, great service!", conversation_id="1", created_at=NOW + timedelta(minutes=1)),
    )
    assert all_cases(store)[0].status is CaseStatus.RESOLVED
    run(store, said(3, f"again: {SMOKE}", conversation_id="1", created_at=NOW + timedelta(minutes=2)))
    [case] = all_cases(store)
    assert (case.status, case.owner) == (CaseStatus.OPEN, "U1")


def test_the_brands_answer_stops_the_clock_and_opens_nothing(store: Store) -> None:
    run(store, said(1, SMOKE))
    post_card(store, all_cases(store)[0])
    answer = said(
        2, "We are sorry that your northwind charger is smoking!", by=HELP, conversation_id="1", parent_id="1"
    )
    counts = run(store, answer)
    assert (counts["answered"], counts["opened"], counts["joined"]) == (1, 0, 0)
    [case] = all_cases(store)
    assert case.answered_at == answer.created_at
    assert [kind for kind, *_ in queued(store)] == ["slack_card", "slack_update"]


def test_an_answer_that_the_desk_sent_is_heard_late_without_stopping_anything(store: Store) -> None:
    """The customer wrote back before the search showed our own post: it is the desk's turn."""
    run(store, said(1, SMOKE))
    [case] = all_cases(store)
    with store.write() as tx:
        given = answers.propose(tx, case.id, "x:1", "On it", "U1", NOW, seen=0, approval=False)
        answers.sent(tx, given.id, "2", "", NOW)
    run(store, said(3, "Thanks, but when?", conversation_id="1", parent_id="2", created_at=NOW + timedelta(minutes=5)))
    assert all_cases(store)[0].status is CaseStatus.OPEN
    counts = run(store, said(2, "On it", by=HELP, conversation_id="1", parent_id="1", created_at=NOW))
    assert counts["answered"] == 0
    assert all_cases(store)[0].status is CaseStatus.OPEN
    assert kinds(store, case).count(EventKind.ANSWERED) == 1


def test_an_answer_by_hand_is_known_as_sent_when_it_is_heard(store: Store) -> None:
    run(store, said(1, SMOKE))
    [case] = all_cases(store)
    with store.write() as tx:
        given = answers.propose(tx, case.id, "x:1", "On it", "U1", NOW, seen=0, approval=False, way="by_hand")
    heard = said(
        2, "On it!", by=HELP, conversation_id="1", parent_id="1", created_at=NOW, url="https://x.com/i/status/2"
    )
    assert run(store, heard)["answered"] == 1
    with store.read() as tx:
        known = answers.get(tx, given.id)
        assert answers.on_its_way(tx, case.id) is None
    assert known is not None
    assert (known.status, known.external_id, known.url, known.sent_at) == ("sent", "2", heard.url, NOW)
    assert all_cases(store)[0].answered_at == NOW


def test_the_brands_answer_to_somebody_else_stops_no_clock(store: Store) -> None:
    run(store, said(1, SMOKE), said(2, SMOKE, by=2, conversation_id="1", parent_id="1"))
    run(store, said(3, "On it", by=HELP, conversation_id="1", parent_id="2"))
    assert [c.answered_at is not None for c in all_cases(store)] == [False, True]


def test_an_answer_heard_together_with_the_complaint_counts(store: Store) -> None:
    run(store, said(1, SMOKE), said(2, "On it", by=HELP, conversation_id="1", parent_id="1", created_at=NOW))
    assert all_cases(store)[0].answered_at == NOW


def test_own_accounts_never_open_a_case(store: Store) -> None:
    run(store, said(1, "Our Northwind charger recall: units are smoking and on fire", by=HELP))
    assert all_cases(store) == []


def test_reposts_join_the_case_of_the_original(store: Store) -> None:
    run(store, said(1, SMOKE))
    storm = [
        said(n, "", by=n, kind="repost", parent_id="1", conversation_id=str(n), quoted_text=SMOKE) for n in range(2, 12)
    ]
    counts = run(store, *storm)
    assert (counts["opened"], counts["joined"]) == (0, 10)


def test_an_edit_that_makes_it_urgent_rings_then(store: Store) -> None:
    first = said(1, LATE)
    run(store, first)
    run(store, replace(first, text=SMOKE, edited_at=NOW))
    [case] = all_cases(store)
    assert case.priority is Priority.P1
    assert [kind for kind, *_ in queued(store)] == ["slack_card"]


def test_an_erased_mention_is_passed_over(store: Store) -> None:
    hear(store, said(1, SMOKE))
    assess(store, SETTINGS, NOW)
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:1"], "deleted_by_author", NOW)
    assert triage(store, SETTINGS, NOW)["opened"] == 0


def test_a_replay_judges_again_and_rings_nobody(store: Store) -> None:
    run(store, said(1, SMOKE), said(2, LATE, by=2))
    post_card(store, all_cases(store)[0])
    before = queued(store)
    with store.write() as tx:
        assert assessments.judge_again(tx) == 2
    assess(store, SETTINGS, NOW)
    assert triage(store, SETTINGS, NOW)["triaged"] == 2
    assert queued(store) == before
    assert len(all_cases(store)) == 2


def test_a_dry_run_tells_what_would_ring_and_changes_nothing(store: Store) -> None:
    hear(store, said(1, SMOKE), said(2, LATE, by=2), said(3, "My Northwind account was hacked", by=3))
    assess(store, SETTINGS, NOW)
    rows = triage(store, SETTINGS, NOW, dry_run=True)
    assert [(r["priority"], r["channel"], r["mention"]) for r in rows] == [
        ("P1", "#safety", "x:1"),
        ("P1", "#triage", "x:3"),
    ]
    assert "hazard_fire" in rows[0]["why"]
    assert all_cases(store) == [] and queued(store) == []
    assert triage(store, SETTINGS, NOW)["rang"] == 2


def test_a_press_between_reading_and_raising_is_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Triage reads the case, an agent claims it, triage raises it: both stand."""
    run(store, said(1, LATE))
    raise_now = cases.move
    pressed: list[bool] = []

    def slow(tx: Any, move: Any) -> bool:
        if not pressed:
            pressed.append(True)
            claimed = claim(cases.get(tx, move.case.id), "U1", NOW)  # type: ignore[arg-type]
            assert claimed and raise_now(tx, claimed)
        return raise_now(tx, move)

    monkeypatch.setattr(cases, "move", slow)
    run(store, said(2, SMOKE, conversation_id="1"))
    [case] = all_cases(store)
    assert (case.owner, case.priority) == ("U1", Priority.P1)


def test_two_workers_at_once_open_each_case_once(store: Store) -> None:
    from concurrent.futures import ThreadPoolExecutor

    found = [said(n, SMOKE, by=n % 20, conversation_id=f"c{n % 20}") for n in range(1, 121)]
    hear(store, *found)

    def work(_: int) -> int:
        total = 0
        while any(
            (counts := (assess(store, SETTINGS, NOW, limit=15), triage(store, SETTINGS, NOW, limit=15)))[i][k]
            for i, k in ((0, "judged"), (1, "triaged"))
        ):
            total += counts[1]["opened"]
        return total

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    while triage(store, SETTINGS, NOW)["triaged"] or assess(store, SETTINGS, NOW)["judged"]:
        pass
    assert len(all_cases(store)) == 20
    assert len(queued(store)) == len({key for *_, key in queued(store)})
    with store.read() as tx:
        assert assessments.queue_sizes(tx) == {"to_assess": 0, "to_triage": 0}


def test_what_most_mentions_cost_does_not_grow_with_their_number(store: Store) -> None:
    """P4 mentions are triaged with a fixed number of statements, however many there are."""
    from sqlalchemy import event

    def statements(count: int, first: int) -> int:
        hear(store, *(said(first + n, PRAISE, by=first + n) for n in range(count)))
        assess(store, SETTINGS, NOW)
        seen: list[str] = []
        listen = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(store.engine, "before_cursor_execute", listen)
        triage(store, SETTINGS, NOW)
        event.remove(store.engine, "before_cursor_execute", listen)
        return len(seen)

    assert statements(5, 1) == statements(200, 1000)


def test_outbox_rows_hold_no_words_of_strangers(store: Store) -> None:
    run(store, said(1, SMOKE + " zebra"))
    with store.read() as tx:
        rows = tx.execute(select(schema.outbox)).mappings().all()
    assert "zebra" not in str([dict(row) for row in rows])


BESIDE = parse(
    {
        "brands": {
            **{key: table.model_dump() for key, table in SETTINGS.brands.items()},
            "larkfield": {
                "name": "Larkfield",
                "own_accounts": ["x:@larkfield"],
                "competitor": True,
                "queries": [{"name": "brand", "any_of": ["larkfield"]}],
            },
        },
        "judgement": {"audit_share": 0.1},
    }
)
THEIRS = BrandQuery("larkfield", "brand", ("larkfield",))


def hear_of_both(store: Store, *found: Mention, queries: tuple[BrandQuery, ...]) -> None:
    page = Page(Cursor(floor="1", floor_at=NOW), tuple(Heard(m, queries, {}) for m in found))
    own = {"x:@northwindhelp", "x:@larkfield"}
    with store.write() as tx:
        mentions.save_page(tx, "x", "s", page, NOW, own_accounts=own)


def test_what_is_said_of_a_competitor_is_judged_but_opens_no_case(store: Store) -> None:
    found = [said(n, "My Larkfield charger is smoking and burnt my hand", by=n) for n in range(1, 60)]
    hear_of_both(store, *found, queries=(THEIRS,))
    assess(store, BESIDE, NOW)
    assert triage(store, BESIDE, NOW) == {"triaged": 59, "opened": 0, "joined": 0, "answered": 0, "rang": 0}
    assert triage(store, BESIDE, NOW)["triaged"] == 0
    with store.read() as tx:
        judged = tx.execute(select(schema.assessments)).all()
        assert {row.priority for row in judged} == {1}
        assert not any(row.needs_review for row in judged)
        assert tx.execute(select(schema.cases)).all() == []
        assert tx.execute(select(schema.outbox)).all() == []


def test_a_post_about_both_is_a_case_of_ours_alone(store: Store) -> None:
    hear_of_both(store, said(1, "My Larkfield and my Northwind charger are smoking"), queries=(QUERY, THEIRS))
    assess(store, BESIDE, NOW)
    assert triage(store, BESIDE, NOW)["opened"] == 1
    with store.read() as tx:
        assert [row.brand for row in tx.execute(select(schema.cases))] == ["northwind"]


def test_a_competitor_who_joins_in_answers_nothing_for_us(store: Store) -> None:
    theirs = Author("x", "901", "Larkfield", "Larkfield")
    hear_of_both(store, said(1, SMOKE), queries=(QUERY,))
    answer = said(2, "Sorry to hear that, come to us!", theirs, conversation_id="1", parent_id="1", kind="reply")
    hear_of_both(store, answer, queries=(QUERY,))
    assess(store, BESIDE, NOW)
    assert triage(store, BESIDE, NOW)["answered"] == 0
    with store.read() as tx:
        assert [row.answered_at for row in tx.execute(select(schema.cases))] == [None]


def test_what_happens_to_a_case_without_a_card_waits_for_no_card(store: Store) -> None:
    run(store, said(1, SMOKE), may_ring=False)
    answer = said(2, "So sorry, please unplug it.", HELP, conversation_id="1", parent_id="1", kind="reply")
    again = said(3, "It is smoking again", conversation_id="1", parent_id="2", kind="reply")
    assert run(store, answer, again, may_ring=False)["joined"] == 1
    with store.read() as tx:
        assert tx.execute(select(schema.outbox)).all() == []


def test_who_was_first_to_triage_a_mention_keeps_it(store: Store) -> None:
    """What waits is read before SQLite's write lock is taken: two may read the same."""
    hear(store, said(1, SMOKE), said(2, LATE, by=2), said(3, PRAISE, by=3))
    assess(store, SETTINGS, NOW)
    with store.write() as tx:
        waiting = assessments.to_triage(tx, 10)
        assessments.mark_triaged(tx, waiting[:1])
        mentions.save_page(tx, "x", "s", Page(Cursor(), (Heard(said(2, "an edit", by=2), (QUERY,), {}),)), NOW)
        still = assessments.still_to_triage(tx, waiting)
    assert [one.mention.id for one in waiting] == ["x:1", "x:2", "x:3"]
    assert [one.mention.id for one in still] == ["x:3"], "neither what is triaged nor what has other words by now"
