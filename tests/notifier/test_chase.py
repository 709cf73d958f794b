"""The chase: each deadline is told once, in time, to those whom it concerns, and old news to nobody."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from app.serve import WATCH_SECONDS
from core import case as moves
from core import sla
from core.assessment import Priority
from core.case import Case, CaseStatus, EventKind
from core.settings import Settings
from core.store import Store, cases, erasure, mutes, schema
from notifier.chase import ONE_BY_ONE, chase
from notifier.clocks import TICK, chased, left, running
from notifier.digests import clock_list
from notifier.story import clock_line
from tests.notifier import made
from tests.notifier.timed import MINUTE, looked_at, move, open_case, rows, rung, settings, still_to_look_at

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # 11:00 in Istanbul, an hour like any other
ALICE = "U0ALICE"
NOTHING = dict.fromkeys(("looked", "woken", "warned", "breached", "escalated", "retimed"), 0)


@pytest.fixture
def team() -> Settings:
    return settings()


def opened(store: Store, number: int = 1, at: datetime = MONDAY, **changes: Any) -> Case:
    """A case whose first answer is due in an hour and its resolution in eight."""
    due = {"answer_by": at + 60 * MINUTE, "resolve_by": at + 480 * MINUTE}
    return open_case(store, number, opened_at=at, **(due | changes))


# Telling -------------------------------------------------------------------------------------------------------------


def test_it_warns_once_when_a_quarter_is_left(store: Store, team: Settings) -> None:
    case = opened(store)
    assert chase(store, team, MONDAY) == NOTHING | {"looked": 1}
    assert looked_at(store, case) == MONDAY + 45 * MINUTE
    assert chase(store, team, MONDAY + 44 * MINUTE)["looked"] == 0
    assert chase(store, team, MONDAY + 45 * MINUTE)["warned"] == 1
    assert chase(store, team, MONDAY + 46 * MINUTE)["looked"] == 0
    (row,) = rows(store, "slack_thread")
    due = (MONDAY + 60 * MINUTE).isoformat()
    assert row.data == {"case": case.id, "what": "answer_warned", "due": due, "ping": []}
    assert (row.channel, row.case_id, row.dedupe_key) == ("C0CARE", case.id, f"clock:{case.id}:answer_warned:{due}")


def test_a_short_promise_is_warned_of_five_minutes_before(store: Store, team: Settings) -> None:
    case = opened(store, answer_by=MONDAY + 15 * MINUTE, resolve_by=None, priority=Priority.P1)
    chase(store, team, MONDAY)
    assert looked_at(store, case) == MONDAY + 10 * MINUTE


def test_a_breach_names_the_owner_and_the_escalation_and_redraws_the_card(store: Store, team: Settings) -> None:
    case = opened(store)
    move(store, case, lambda c: moves.claim(c, ALICE, MONDAY))
    chase(store, team, MONDAY + 50 * MINUTE)
    chase(store, team, MONDAY + 60 * MINUTE)
    warned, breached = rows(store, "slack_thread")
    assert (warned.data["what"], warned.data["ping"]) == ("answer_warned", [ALICE])
    assert (breached.data["what"], breached.data["ping"]) == ("answer_breached", [ALICE, "S0LEADS", "U0BOSS"])
    assert [row.case_id for row in rows(store, "slack_update")] == [case.id]
    with store.read() as tx:
        told = [event for event in cases.events(tx, case.id) if event.kind in (EventKind.WARNED, EventKind.BREACHED)]
    assert [(event.kind, event.data["what"]) for event in told] == [
        (EventKind.WARNED, "answer_warned"),
        (EventKind.BREACHED, "answer_breached"),
    ]


def test_a_resolution_has_a_clock_of_its_own(store: Store, team: Settings) -> None:
    case = opened(store, answered_at=MONDAY + MINUTE, resolve_by=MONDAY + 240 * MINUTE)
    for minute in range(0, 300, 5):
        chase(store, team, MONDAY + minute * MINUTE)
    assert rung(store) == [(case.id, "resolve_warned"), (case.id, "resolve_breached")]
    assert looked_at(store, case) is None


def test_what_was_not_looked_at_in_time_is_not_warned_of_after_the_breach(store: Store, team: Settings) -> None:
    case = opened(store, resolve_by=None)
    chase(store, team, MONDAY + 100 * MINUTE)
    assert rung(store) == [(case.id, "answer_breached")]


def test_a_case_that_was_opened_late_is_not_warned_of_for_its_card_has_just_rung(store: Store, team: Settings) -> None:
    case = opened(store, answer_by=MONDAY + 10 * MINUTE, resolve_by=None)
    chase(store, team, MONDAY)
    assert rung(store) == []
    assert looked_at(store, case) == MONDAY + 10 * MINUTE


def test_moving_a_case_does_not_tell_again_but_a_new_deadline_does(store: Store, team: Settings) -> None:
    case = opened(store, resolve_by=None)
    chase(store, team, MONDAY + 61 * MINUTE)
    move(store, case, lambda c: moves.claim(c, ALICE, MONDAY + 62 * MINUTE))
    assert chase(store, team, MONDAY + 63 * MINUTE)["looked"] == 1
    assert rung(store) == [(case.id, "answer_breached")]

    def raised(now: Case) -> moves.Move:
        found = moves.raise_priority(now, Priority.P1, MONDAY + 64 * MINUTE, "x:9")
        assert found is not None
        return replace(found, case=replace(found.case, answer_by=MONDAY + 58 * MINUTE))

    move(store, case, raised)
    chase(store, team, MONDAY + 65 * MINUTE)
    assert rung(store) == [(case.id, "answer_breached")] * 2


def test_what_was_told_is_remembered_by_the_case_when_its_message_is_long_gone(store: Store, team: Settings) -> None:
    case = opened(store, resolve_by=None)
    chase(store, team, MONDAY + 61 * MINUTE)
    with store.write() as tx:
        tx.execute(schema.outbox.delete())  # housekeeping drops what was sent
    move(store, case, lambda c: moves.claim(c, ALICE, MONDAY + 62 * MINUTE))
    assert chase(store, team, MONDAY + 63 * MINUTE)["breached"] == 0
    assert rung(store) == []


def test_clocks_run_by_the_teams_hours_but_for_p1(store: Store, team: Settings) -> None:
    friday = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)  # 17:30: half an hour before the weekend
    target = team.target_for(Priority.P2, "care")
    assert target is not None
    answer_by, resolve_by = sla.deadlines(friday, target, team.clock_of(Priority.P2, "care"))
    case = opened(store, 1, friday, answer_by=answer_by, resolve_by=resolve_by)
    urgent = opened(store, 2, friday, priority=Priority.P1, answer_by=friday + 15 * MINUTE, resolve_by=None)
    for hour in range(64):
        chase(store, team, friday + timedelta(hours=hour))
    monday = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    assert answer_by == monday + 30 * MINUTE
    assert looked_at(store, case) == monday + 15 * MINUTE
    chase(store, team, monday + 15 * MINUTE)
    assert rung(store) == [(urgent.id, "answer_breached"), (case.id, "answer_warned")]


# Leaving alone -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "told"),
    [
        (lambda c: moves.answered(c, MONDAY + MINUTE, ALICE), []),
        (lambda c: moves.resolve(c, ALICE, MONDAY + MINUTE, "refunded"), []),
        (lambda c: moves.dismiss(c, ALICE, MONDAY + MINUTE, "not_us"), []),
        (lambda c: moves.claim(c, ALICE, MONDAY + MINUTE), ["answer_breached"]),
    ],
)
def test_what_was_dealt_with_meanwhile_is_left_alone(store: Store, team: Settings, how: Any, told: list[str]) -> None:
    case = opened(store, resolve_by=MONDAY + 62 * MINUTE)
    chase(store, team, MONDAY)
    move(store, case, how)
    chase(store, team, MONDAY + 61 * MINUTE)
    assert [what for _, what in rung(store) if what.startswith("answer")] == told


def test_a_case_that_rests_is_left_alone_until_it_wakes(store: Store, team: Settings) -> None:
    case = opened(store, answered_at=MONDAY, resolve_by=MONDAY + 60 * MINUTE)
    move(store, case, lambda c: moves.snooze(c, ALICE, MONDAY + 90 * MINUTE, MONDAY))
    chase(store, team, MONDAY + MINUTE)
    assert looked_at(store, case) == MONDAY + 90 * MINUTE
    chase(store, team, MONDAY + 89 * MINUTE)
    assert rung(store) == []
    assert chase(store, team, MONDAY + 90 * MINUTE) == NOTHING | {"looked": 1, "woken": 1, "breached": 1}
    assert chase(store, team, MONDAY + 91 * MINUTE)["looked"] == 0
    assert rung(store) == [(case.id, "resolve_breached")]
    with store.read() as tx:
        awake = cases.get(tx, case.id)
        lines = [cases.event(tx, row.data["event"]) for row in rows(store, "slack_thread") if "event" in row.data]
    assert [event.kind for event in lines if event] == [EventKind.WOKEN], "the thread tells it, and names the owner"
    assert awake is not None
    assert awake.snoozed_until is None
    assert awake.owner == ALICE


def test_rest_does_not_hide_a_missed_first_answer(store: Store, team: Settings) -> None:
    case = opened(store)
    move(store, case, lambda c: moves.snooze(c, ALICE, MONDAY + 60 * MINUTE, MONDAY))
    move(
        store,
        case,
        lambda c: moves.Move(
            replace(c, answer_by=MONDAY + 15 * MINUTE, version=c.version + 1),
            moves.CaseEvent(EventKind.RAISED, "sunwai", MONDAY, {}),
        ),
    )
    for minute in (1, 14, 15, 20):
        chase(store, team, MONDAY + minute * MINUTE)
    assert rung(store) == [(case.id, "answer_breached")]


def test_the_customers_turn_stops_the_clock_and_their_answer_starts_it_with_what_was_left(
    store: Store, team: Settings
) -> None:
    case = opened(store, resolve_by=MONDAY + 120 * MINUTE)
    waiting = move(store, case, lambda c: moves.answered(c, MONDAY + 30 * MINUTE, ALICE))
    back = MONDAY + timedelta(days=1)
    chase(store, team, back)
    assert rung(store) == []
    assert waiting.resolve_by is not None
    assert waiting.waiting_since is not None
    clock = team.clock_of(case.priority, case.team)
    due = sla.resumed(clock, waiting.resolve_by, waiting.waiting_since, back)
    assert due == back + 90 * MINUTE
    move(store, case, lambda c: moves.customer_wrote(c, back, "x:7", due))
    chase(store, team, due)
    assert rung(store) == [(case.id, "resolve_breached")]


def test_a_first_run_over_thousands_of_old_cases_rings_for_none(store: Store, team: Settings) -> None:
    for number in range(30):
        opened(store, number, MONDAY - timedelta(days=number + 1))
    fresh = opened(store, 99, MONDAY - 61 * MINUTE, resolve_by=None)
    assert chase(store, team, MONDAY, limit=7)["looked"] == 31
    assert rung(store) == [(fresh.id, "answer_breached")]
    assert still_to_look_at(store, MONDAY + timedelta(days=99)) == 0


# Step by step, up to the manager -------------------------------------------------------------------------------------


def in_steps() -> Settings:
    """The team's own people at once, the leads after 30 minutes, the manager after two hours."""
    later = [{"who": "S0LEADS", "after_minutes": 30}, {"who": "U0BOSS", "after_minutes": 120}]
    care = {"channel": "#care", "topics": ["billing"], "coverage": "office", "escalation": ["S0CARE", *later]}
    return settings(departments={"care": care})


def test_a_missed_promise_is_told_further_up_step_by_step_and_each_once(store: Store) -> None:
    case = opened(store, resolve_by=None)
    for minute in range(0, 400, 10):
        chase(store, in_steps(), MONDAY + minute * MINUTE)
    assert [(row.data["what"], row.data["ping"]) for row in rows(store, "slack_thread")] == [
        ("answer_warned", []),
        ("answer_breached", ["S0CARE"]),
        ("answer_escalated_30", ["S0LEADS"]),
        ("answer_escalated_120", ["U0BOSS"]),
    ]
    with store.read() as tx:
        kinds = [event.kind.value for event in cases.events(tx, case.id)]
    assert kinds == ["opened", "rang", "warned", "breached", "escalated", "escalated"]


def test_an_answer_in_between_ends_the_steps(store: Store) -> None:
    case = opened(store, resolve_by=None)
    chase(store, in_steps(), MONDAY + 61 * MINUTE)
    assert looked_at(store, case) == MONDAY + 90 * MINUTE
    move(store, case, lambda c: moves.answered(c, MONDAY + 80 * MINUTE, ALICE))
    for minute in range(80, 400, 10):
        chase(store, in_steps(), MONDAY + minute * MINUTE)
    assert rung(store) == [(case.id, "answer_breached")]


def test_nobody_is_woken_for_a_step_that_falls_into_the_night_but_for_p1(store: Store) -> None:
    evening = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # 17:00 in Istanbul; the answer is due as the office closes
    case = opened(store, 1, evening, resolve_by=None)
    urgent = opened(store, 2, evening, resolve_by=None, priority=Priority.P1)
    for minute in range(0, 300, 10):
        chase(store, in_steps(), evening + minute * MINUTE)
    assert [what for one, what in rung(store) if one == urgent.id][1:] == [
        "answer_escalated_30",
        "answer_escalated_120",
    ]
    assert [what for one, what in rung(store) if one == case.id] == ["answer_warned", "answer_breached"]
    assert looked_at(store, case) == datetime(2026, 11, 24, 6, 30, tzinfo=UTC), "half an hour after they are back"


def test_many_that_are_told_further_up_are_one_message_that_says_since_when(store: Store) -> None:
    found = [opened(store, number, resolve_by=None) for number in range(ONE_BY_ONE + 1)]
    chase(store, in_steps(), MONDAY + 61 * MINUTE)
    assert chase(store, in_steps(), MONDAY + 91 * MINUTE)["escalated"] == len(found)
    told = rows(store, "slack_post")[-1]
    assert told.data["text"] == "⏰ 6 cases were promised a first answer that is overdue, since 30 min."
    assert "<!subteam^S0LEADS>" in str(told.data["blocks"])


def test_the_thread_says_how_late_it_is_and_names_the_next_person() -> None:
    case = made.case(priority=Priority.P2, owner=ALICE)
    data = {"what": "resolve_escalated_90", "due": MONDAY.isoformat(), "ping": [ALICE, "U0BOSS"]}
    text = clock_line(data, made.case_file(case=case))["text"]
    assert "the resolution is 1 h 30 min overdue, since <!date^" in text
    assert text.endswith(f"<@{ALICE}> has the case. <@U0BOSS>")


def test_what_was_history_when_it_was_heard_stays_silent(store: Store, team: Settings) -> None:
    opened(store, 1, card=False, may_ring=False)
    opened(store, 2, card=False, may_ring=False, priority=Priority.P3)
    for minute in range(0, 600, 10):
        chase(store, team, MONDAY + minute * MINUTE)
    assert rows(store, "slack_thread", "slack_card", "slack_post") == []


def test_a_case_that_never_rang_gets_its_card_at_the_next_quarter(store: Store, team: Settings) -> None:
    case = opened(store, priority=Priority.P3, card=False, answer_by=MONDAY + 127 * MINUTE, resolve_by=None)
    told_at = None
    for minute in range(180):
        if chase(store, team, MONDAY + minute * MINUTE)["breached"]:
            told_at = minute
    assert told_at == 135, "with the others, at a quarter past"
    (card,) = rows(store, "slack_card")
    assert (card.channel, card.dedupe_key, card.case_id) == ("#care", f"card:{case.mention_id}:northwind", case.id)
    assert rung(store)[-1] == (case.id, "answer_breached")


def test_a_channel_that_rests_hears_of_p1_alone_and_of_the_rest_afterwards(store: Store, team: Settings) -> None:
    case = opened(store, 1, resolve_by=None)
    urgent = opened(store, 2, priority=Priority.P1, resolve_by=None)
    with store.write() as tx:
        mutes.mute(tx, "#care", MONDAY + 120 * MINUTE, ALICE)
    for minute in range(0, 120, 7):
        chase(store, team, MONDAY + minute * MINUTE)
    assert rung(store) == [(urgent.id, "answer_warned"), (urgent.id, "answer_breached")]
    chase(store, team, MONDAY + 126 * MINUTE)
    assert rung(store)[2:] == [(case.id, "answer_breached")]


def test_nothing_is_told_of_a_case_whose_posts_are_gone(store: Store, team: Settings) -> None:
    case = opened(store)
    with store.write() as tx:
        erasure.erase_mentions(tx, [case.mention_id], "deleted_by_author", MONDAY)
    chase(store, team, MONDAY + 61 * MINUTE)
    assert rung(store) == []


# Many ----------------------------------------------------------------------------------------------------------------


def test_many_at_once_are_one_message_and_p1_rings_by_itself(store: Store, team: Settings) -> None:
    many = [opened(store, number, resolve_by=None) for number in range(ONE_BY_ONE + 3)]
    urgent = opened(store, 77, priority=Priority.P1, resolve_by=None)
    chase(store, team, MONDAY + 60 * MINUTE, archives="https://slack.example/archives/")
    assert rung(store) == [(urgent.id, "answer_breached")]
    (told,) = rows(store, "slack_post")
    assert told.data["text"] == f"⏰ {len(many)} cases were promised a first answer that is overdue."
    said = str(told.data["blocks"])
    assert "<!subteam^S0LEADS> <@U0BOSS>" in said
    assert all(f"case {case.id}>" in said for case in many)
    assert f"https://slack.example/archives/C0CARE/p1764000000{many[0].id:06}|" in said
    assert [row.case_id for row in rows(store, "slack_update")] == [urgent.id]
    chase(store, team, MONDAY + 61 * MINUTE)
    for case in many:
        move(store, case, lambda c: moves.claim(c, ALICE, MONDAY + 62 * MINUTE))
    assert chase(store, team, MONDAY + 63 * MINUTE)["looked"] == len(many)
    assert len(rows(store, "slack_post", "slack_thread")) == 2, "each was told of"


def test_run_many_times_at_once_it_tells_each_deadline_once(store: Store, team: Settings) -> None:
    found = [opened(store, number, MONDAY + number * MINUTE, resolve_by=None) for number in range(12)]

    def run(minute: int) -> None:
        chase(store, team, MONDAY + minute * MINUTE, limit=3)

    for minute in range(60, 80, 5):
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(run, [minute] * 6))
    told = rung(store)
    assert sorted(told) == sorted(set(told))
    assert {case_id for case_id, what in told if what == "answer_breached"} == {case.id for case in found}


def test_an_answer_that_comes_first_is_never_followed_by_a_breach(store: Store, team: Settings) -> None:
    found = [opened(store, number, resolve_by=None) for number in range(30)]
    late = MONDAY + 61 * MINUTE

    def answer(case: Case) -> None:
        def once(tx: Connection) -> None:
            now = cases.get(tx, case.id)
            assert now is not None
            move = moves.answered(now, late, ALICE)
            if move is not None and cases.move(tx, move) is None:
                raise Conflict

        for _ in range(20):
            try:
                return store.run(once)
            except Conflict:
                continue
        raise AssertionError("the chase keeps people from answering")

    with ThreadPoolExecutor(5) as pool:
        chasing = [pool.submit(chase, store, team, late, 4) for _ in range(8)]
        answering = [pool.submit(answer, case) for case in reversed(found)]
        for answered in answering:
            answered.result()
        for chased_once in chasing:
            chased_once.result()
    chase(store, team, late)
    for case in found:
        with store.read() as tx:
            told = [event.kind for event in cases.events(tx, case.id)]
        assert told.count(EventKind.ANSWERED) == 1
        assert EventKind.BREACHED not in told[told.index(EventKind.ANSWERED) :]


class Conflict(Exception):
    """Somebody else moved the case first."""


def test_a_crash_before_the_commit_loses_nothing_and_tells_once(
    store: Store, team: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = opened(store, resolve_by=None)
    with monkeypatch.context() as patched:
        patched.setattr("core.store.clocks.look_again", lambda *_: (_ for _ in ()).throw(RuntimeError("power cut")))
        with pytest.raises(RuntimeError):
            chase(store, team, MONDAY + 61 * MINUTE)
    assert rung(store) == []
    chase(store, team, MONDAY + 61 * MINUTE)
    assert rung(store) == [(case.id, "answer_breached")]


def test_the_figures_in_the_documents_are_those_of_the_code() -> None:
    page = " ".join((Path(__file__).parents[2] / "docs/desk.md").read_text(encoding="utf-8").split())
    for said, is_so in {
        "more than five rings": ONE_BY_ONE == 5,
        "on the quarter hour": timedelta(minutes=15) == TICK,
        "up to two hours": timedelta(hours=2) == sla.BREAK,
        "`sunwai serve` every 30 seconds": WATCH_SECONDS == 30,
    }.items():
        assert said in page
        assert is_so, said


# Pure ----------------------------------------------------------------------------------------------------------------

minutes = st.integers(-600, 2000).map(lambda n: MONDAY + n * MINUTE)
some_cases = st.builds(
    lambda status, priority, answer_by, resolve_by, answered, snoozed, card: made.case(
        status=status,
        priority=priority,
        team="care",
        opened_at=MONDAY,
        answer_by=answer_by,
        resolve_by=resolve_by,
        answered_at=MONDAY if answered else None,
        snoozed_until=snoozed,
        slack_ts="1.0" if card else None,
    ),
    st.sampled_from([CaseStatus.OPEN, CaseStatus.OPEN, CaseStatus.WAITING, CaseStatus.RESOLVED]),
    st.sampled_from(list(Priority)),
    st.none() | minutes,
    st.none() | minutes,
    st.booleans(),
    st.none() | minutes,
    st.booleans(),
)


@given(some_cases)
@hypothesis_settings(deadline=None, max_examples=60)
def test_looking_only_when_it_is_time_misses_nothing(case: Case) -> None:
    team = settings()
    every_minute: dict[str, datetime] = {}
    when_told_to: dict[str, datetime] = {}
    again: datetime | None = MONDAY
    for minute in range(2500):
        now = MONDAY + minute * MINUTE
        for ring in chased(case, team, now)[0]:
            every_minute.setdefault(ring.key, now)
        if again is not None and again <= now:
            rings, again = chased(case, team, now)
            assert again is None or again > now
            for ring in rings:
                when_told_to.setdefault(ring.key, now)
    assert when_told_to == every_minute


def test_no_clock_runs_for_what_is_closed_or_the_customers_turn(team: Settings) -> None:
    for status in (CaseStatus.RESOLVED, CaseStatus.DISMISSED, CaseStatus.WAITING):
        assert running(made.case(status=status, team="care"), team) == []


def test_what_presses_most_comes_first_and_what_stands_still_last(team: Settings) -> None:
    def made_up(number: int, **changes: Any) -> Case:
        return made.case(id=number, team="care", priority=Priority.P2, opened_at=MONDAY, **changes)

    late = made_up(1, answer_by=MONDAY - 30 * MINUTE, resolve_by=MONDAY + 300 * MINUTE)
    soon = made_up(2, answered_at=MONDAY, resolve_by=MONDAY + 10 * MINUTE)
    tomorrow = made_up(3, answer_by=MONDAY + timedelta(days=1), resolve_by=None)
    waiting = made_up(4, status=CaseStatus.WAITING, resolve_by=MONDAY)
    found = left([waiting, tomorrow, soon, late], team, MONDAY)
    assert [(one.case.id, one.what, one.seconds) for one in found] == [
        (1, "answer", -30 * 60),
        (2, "resolve", 10 * 60),
        (3, "answer", 9 * 3600),
        (4, "", 0.0),
    ]


def test_what_is_missed_is_late_though_nobody_has_been_there_since(team: Settings) -> None:
    saturday = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    case = made.case(team="care", priority=Priority.P2, answer_by=saturday - 60 * MINUTE, resolve_by=None)
    (one,) = left([case], team, saturday)
    assert (one.late, one.seconds) == (True, 0.0)
    assert "⏰ *answer was due" in str(clock_list("answer_breached", [one], [], saturday))


def test_a_list_stays_within_slacks_limits_however_long_it_is(team: Settings) -> None:
    many = [
        made.case(
            id=10**9 + n,
            team="care",
            priority=Priority.P2,
            owner=f"<!channel> {'&' * 300}",
            slack_channel="C" + "0" * 20,
            slack_ts="1764000000.000001",
            answer_by=MONDAY + n * MINUTE,
        )
        for n in range(500)
    ]
    drawn = clock_list("answer_warned", left(many, team, MONDAY), ["U0BOSS"], MONDAY, "https://slack.com/archives/")
    assert len(drawn["blocks"]) <= 50
    assert all(len(block["text"]["text"]) <= 3000 for block in drawn["blocks"] if block["type"] == "section")
    assert "<!channel>" not in str(drawn)
    assert "and 480 cases more, less pressing" in str(drawn["blocks"][-1])
