"""The hand-over at a shift's end: one summary a team, and nothing dropped between two pairs of hands."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core import case as moves
from core.assessment import Priority
from core.case import NEXT_SHIFT, Case, CaseStatus
from core.settings import Settings
from core.sla import Duty, Shift
from core.store import Store, cases
from notifier.clocks import Left, left
from notifier.digests import clock_list, shift_summary
from notifier.shifts import LATE, hand_over_shift
from notifier.slack_client import Slack, connect
from notifier.story import line
from tests.notifier import made
from tests.notifier.conftest import environment
from tests.notifier.timed import MINUTE, move, open_case, rows, settings
from tests.sandbox.slack_desk import Desk, running

ENDS = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # Monday 18:00 in Istanbul
ALICE, BORA = "U0ALICE", "U0BORA"


@pytest.fixture
def team() -> Settings:
    return settings()


def opened(store: Store, number: int, **changes: Any) -> Case:
    return open_case(store, number, opened_at=ENDS - 90 * MINUTE, **changes)


def handed_on(store: Store, case: Case, agent: str = ALICE) -> Case:
    return move(store, case, lambda c: moves.hand_over(c, agent, NEXT_SHIFT, ENDS - 5 * MINUTE))


def now_stored(store: Store, case: Case) -> Case:
    with store.read() as tx:
        found = cases.get(tx, case.id)
    assert found is not None
    return found


def said(row: Any) -> str:
    return "\n".join(block["text"]["text"] for block in row.data["blocks"] if block["type"] in ("header", "section"))


def test_whoever_is_there_already_comes_next(store: Store) -> None:
    overlapping = {
        "istanbul": {"zone": "Europe/Istanbul", "hours": {"mon-sun": ["10:00-18:00"]}},
        "austin": {"zone": "America/Chicago", "hours": {"mon-sun": ["08:00-18:00"]}},
        "office": {"also": ["istanbul", "austin"]},
    }
    team = settings(coverage=overlapping)
    assert hand_over_shift(store, team, ENDS + MINUTE)["told"] == 1
    (row,) = rows(store, "slack_post")
    assert f"Next: “austin” from <!date^{int((ENDS - timedelta(hours=1)).timestamp())}^" in said(row)


def test_at_the_end_of_a_shift_the_channel_is_told_once_what_is_open(store: Store, team: Settings) -> None:
    late = opened(store, 1, answer_by=ENDS - 30 * MINUTE)
    soon = opened(store, 2, answer_by=ENDS + timedelta(hours=15, minutes=40))  # Tuesday 09:40: 40 minutes of a shift
    waiting = opened(store, 3, status=CaseStatus.WAITING, owner=BORA)
    opened(store, 4, status=CaseStatus.RESOLVED)
    opened(store, 5, team="engineering")
    for minute in (-1, 0, 1, 30):
        hand_over_shift(store, team, ENDS + minute * MINUTE)
    (row,) = rows(store, "slack_post")
    assert (row.channel, row.dedupe_key) == ("#care", f"shift:care:{ENDS.isoformat()}")
    assert (
        row.data["text"]
        == "🔁 Hand-over care: 3 cases open · ⏰ 1 overdue · 2 that nobody has · 1 waiting for the customer"
    )
    lines = said(row).splitlines()
    assert lines[0] == "🔁 Hand-over · care"
    assert "The shift “office” ended at" in lines[1]
    assert f"from <!date^{int((ENDS + timedelta(hours=15)).timestamp())}" in lines[1]
    told = lines[3:]
    assert [re.findall(r"case (\d+)", line) for line in told] == [[str(c.id)] for c in (late, soon, waiting)]
    assert "⏰ *answer was due" in told[0]
    assert "nobody has it yet" in told[0]
    assert "40 min left" in told[1]
    assert f"<@{BORA}> · waiting for the customer" in told[2]


def test_what_is_handed_to_the_next_shift_becomes_free_at_the_end_and_not_before(store: Store, team: Settings) -> None:
    handed = handed_on(store, opened(store, 1))
    kept = move(store, opened(store, 2), lambda c: moves.claim(c, BORA, ENDS - 5 * MINUTE))
    offered = move(store, opened(store, 3), lambda c: moves.hand_over(c, ALICE, BORA, ENDS - 5 * MINUTE))
    assert hand_over_shift(store, team, ENDS - MINUTE) == {"told": 0, "released": 0}
    assert now_stored(store, handed).owner == ALICE, "a warm transfer: the old owner keeps it until then"
    assert hand_over_shift(store, team, ENDS + MINUTE) == {"told": 1, "released": 1}
    free = now_stored(store, handed)
    assert (free.owner, free.handed_to) == (None, None)
    assert [now_stored(store, case).owner for case in (kept, offered)] == [BORA, ALICE]
    (row,) = rows(store, "slack_post")
    assert f"*nobody has it yet* (<@{ALICE}> handed it on)" in said(row)
    assert [r.case_id for r in rows(store, "slack_update", "slack_thread")] == [handed.id, handed.id]
    assert hand_over_shift(store, team, ENDS + 2 * MINUTE) == {"told": 0, "released": 0}


# Who is gone --------------------------------------------------------------------------------------------------------

ASHA, DENIZ, SAM = "U0ASHA0001", "U0DENIZ001", "U0SAM00001"
WORLD = {
    "istanbul": {"zone": "Europe/Istanbul", "hours": {"mon-sun": ["09:00-18:00"]}, "people": [DENIZ]},
    "austin": {"zone": "America/Chicago", "hours": {"mon-sun": ["09:00-17:00"]}, "people": ["S0NIGHTS"]},
    "office": {"also": ["istanbul", "austin"]},
}


@pytest.fixture
def desk() -> Iterator[Desk]:
    with running() as made_:
        made_.state.groups["S0NIGHTS"] = replace(made_.state.groups["S0AGENTS01"], id="S0NIGHTS", users=(SAM,))
        yield made_


def the_slack(desk: Desk, team: Settings) -> Slack:
    return connect(team, environment(desk))


def owned(store: Store, number: int, agent: str) -> Case:
    return move(store, opened(store, number), lambda c: moves.claim(c, agent, ENDS - 5 * MINUTE))


def test_what_a_shift_still_has_at_its_end_goes_to_the_next_one(store: Store, desk: Desk) -> None:
    """The coverage says who works which hours; who comes next, and whom no shift names, keeps what they have."""
    team = settings(coverage=WORLD)
    hers, his, asha = owned(store, 1, DENIZ), owned(store, 2, SAM), owned(store, 3, ASHA)
    offered = move(store, owned(store, 4, DENIZ), lambda c: moves.hand_over(c, DENIZ, SAM, ENDS))
    done = hand_over_shift(store, team, ENDS + MINUTE, slack=lambda: the_slack(desk, team))
    assert done == {"told": 1, "released": 1}
    owners = [now_stored(store, case).owner for case in (hers, his, asha, offered)]
    assert owners == [None, SAM, ASHA, DENIZ], "what is offered to a person waits for them"
    (row,) = rows(store, "slack_post")
    assert f"*nobody has it yet* (<@{DENIZ}> had it until now)" in said(row)
    with store.read() as tx:
        told = cases.events(tx, hers.id)[-1]
    assert line(told, made.case_file(case=hers)) is not None
    assert f"<@{DENIZ}>'s shift is over" in str(line(told, made.case_file(case=hers)))


def test_who_comes_back_tomorrow_keeps_what_they_have(store: Store, desk: Desk) -> None:
    office = {"zone": "Europe/Istanbul", "hours": {"mon-fri": ["09:00-18:00"]}, "people": [DENIZ]}
    team = settings(coverage={"office": office})
    hers = owned(store, 1, DENIZ)
    assert hand_over_shift(store, team, ENDS, slack=lambda: the_slack(desk, team)) == {"told": 1, "released": 0}
    assert now_stored(store, hers).owner == DENIZ


@pytest.mark.parametrize("how", ["deactivated", "unknown", "out of the roles"])
def test_the_cases_of_who_has_left_go_to_the_next_shift(store: Store, desk: Desk, how: str) -> None:
    team = settings(**({"roles": {"agents": ["S0AGENTS01"]}} if how == "out of the roles" else {}))
    if how == "deactivated":
        desk.state.users[DENIZ] = replace(desk.state.users[DENIZ], is_deactivated=True)
    elif how == "unknown":
        del desk.state.users[DENIZ]
    else:
        desk.state.groups["S0AGENTS01"] = replace(desk.state.groups["S0AGENTS01"], users=(ASHA,))
    hers, asha = owned(store, 1, DENIZ), owned(store, 2, ASHA)
    waiting = move(store, owned(store, 3, DENIZ), lambda c: moves.answered(c, ENDS - MINUTE, DENIZ))
    hand_over_shift(store, team, ENDS, slack=lambda: the_slack(desk, team))
    assert [now_stored(store, case).owner for case in (hers, asha, waiting)] == [None, ASHA, None]
    (row,) = rows(store, "slack_post")
    assert f"(<@{DENIZ}> is not on the desk any more)" in said(row)
    with store.read() as tx:
        told = cases.events(tx, hers.id)[-1]
    assert "is not on the desk any more; the case is free to take" in str(line(told, made.case_file(case=hers)))
    assert {r.case_id for r in rows(store, "slack_thread")} == {hers.id, waiting.id}


def test_while_slack_does_not_say_who_is_there_all_keep_their_cases(store: Store, desk: Desk) -> None:
    team = settings(coverage=WORLD, roles={"agents": ["S0GONE0001"]})
    hers = owned(store, 1, DENIZ)
    assert hand_over_shift(store, team, ENDS, slack=lambda: the_slack(desk, team)) == {"told": 1, "released": 0}
    assert now_stored(store, hers).owner == DENIZ


def test_a_quiet_shift_says_so(store: Store, team: Settings) -> None:
    hand_over_shift(store, team, ENDS)
    (row,) = rows(store, "slack_post")
    assert row.data["text"] == "🔁 Hand-over care: ✅ Nothing is open."


def test_run_many_times_at_once_it_tells_once(store: Store, team: Settings) -> None:
    handed = [handed_on(store, opened(store, number)) for number in range(4)]
    with ThreadPoolExecutor(6) as pool:
        counts = list(pool.map(lambda _: hand_over_shift(store, team, ENDS + MINUTE), range(6)))
    assert sum(count["told"] for count in counts) == 1
    assert sum(count["released"] for count in counts) == 4
    assert len(rows(store, "slack_post")) == 1
    assert all(now_stored(store, case).owner is None for case in handed)


def test_what_was_missed_while_nothing_ran_is_told_while_it_is_of_use(store: Store, team: Settings) -> None:
    assert hand_over_shift(store, team, ENDS + LATE) == {"told": 0, "released": 0}
    assert hand_over_shift(store, team, ENDS + LATE - MINUTE) == {"told": 1, "released": 0}


def test_there_is_no_end_on_a_holiday(store: Store) -> None:
    closed = {"zone": "Europe/Istanbul", "hours": {"mon-fri": ["09:00-18:00"]}, "holidays": [date(2026, 11, 23)]}
    opened(store, 1)
    assert hand_over_shift(store, settings(coverage={"office": closed}), ENDS)["told"] == 0


ANYTIME: dict[str, Any] = {"departments": {"care": {"channel": "#care", "topics": ["billing"]}}}
DAY_AND_NIGHT: dict[str, Any] = {"coverage": {"office": {"zone": "UTC", "hours": {"mon-sun": ["00:00-24:00"]}}}}


@pytest.mark.parametrize("hours", [ANYTIME, DAY_AND_NIGHT], ids=["no hours", "day and night"])
def test_a_team_whose_shifts_never_end_is_told_once_a_day_what_is_open(store: Store, hours: dict[str, Any]) -> None:
    team = settings(digest={"hand_over_hour": 18, "zone": "Europe/Istanbul"}, **hours)
    handed, kept = handed_on(store, opened(store, 1)), opened(store, 2, owner=BORA)
    for minute in (-1, 0, 1, 30, 121, 12 * 60):
        hand_over_shift(store, team, ENDS + minute * MINUTE)
    (row,) = rows(store, "slack_post")
    assert (row.channel, row.dedupe_key) == ("#care", f"shift:care:{ENDS.isoformat()}")
    assert "What is open at <!date^" in said(row)
    assert "Next:" not in said(row)
    assert [now_stored(store, case).owner for case in (handed, kept)] == [None, BORA]
    hand_over_shift(store, team, ENDS + timedelta(days=1))
    assert len(rows(store, "slack_post")) == 2


def test_cases_that_no_team_has_are_summed_up_in_the_triage_channel(store: Store) -> None:
    team = settings(digest={"hand_over_hour": 15})
    assert hand_over_shift(store, team, ENDS)["told"] == 1, "the office's shift"
    opened(store, 1, team="")
    assert hand_over_shift(store, team, ENDS) == {"told": 1, "released": 0}
    assert rows(store, "slack_post")[-1].channel == team.slack.triage_channel
    assert "🔁 Hand-over · no team" in said(rows(store, "slack_post")[-1])


def test_a_day_on_which_nothing_is_open_and_what_came_since_are_not_summed_up(store: Store) -> None:
    team = settings(digest={"hand_over_hour": 15}, **ANYTIME)
    assert hand_over_shift(store, team, ENDS) == {"told": 0, "released": 0}
    open_case(store, 1, opened_at=ENDS + MINUTE)
    assert hand_over_shift(store, team, ENDS + 2 * MINUTE) == {"told": 0, "released": 0}


def test_each_of_two_teams_that_follow_the_sun_is_told_at_each_end(store: Store) -> None:
    coverage = {
        "istanbul": {"zone": "Europe/Istanbul", "hours": {"mon-fri": ["09:00-17:00"]}},
        "austin": {"zone": "America/Chicago", "hours": {"mon-fri": ["08:00-17:00"]}, "also": ["istanbul"]},
    }
    departments = {
        name: {"channel": f"#{name}", "topics": [topic], "coverage": "austin"}
        for name, topic in (("care", "billing"), ("fast", "delivery"))
    }
    team = settings(coverage=coverage, departments=departments)
    for hour in range(24):
        hand_over_shift(store, team, datetime(2026, 11, 23, hour, 5, tzinfo=UTC))
    told = [(row.channel, row.dedupe_key.partition("T")[2][:5]) for row in rows(store, "slack_post")]
    assert told == [("#care", "14:00"), ("#fast", "14:00"), ("#care", "23:00"), ("#fast", "23:00")]


# Drawing -------------------------------------------------------------------------------------------------------------

OFFICE = Shift("Europe/Istanbul", frozenset(range(5)), time(9), time(18), team="office")
ENDED = Duty(OFFICE, ENDS - timedelta(hours=9), ENDS)
hostile = st.sampled_from(["<!channel>", "@here", "*bold*", "\u202e", "&" * 400, "U0ALICE", "a\nb"])


@given(
    st.lists(
        st.tuples(hostile, st.sampled_from(list(Priority)), st.none() | st.integers(-(10**6), 10**6)), max_size=120
    ),
    hostile,
    st.booleans(),
)
@hypothesis_settings(deadline=None, max_examples=60)
def test_a_summary_stays_within_slacks_limits_and_pings_nobody_it_should_not(
    some: list[tuple[str, Priority, int | None]], name: str, linked: bool
) -> None:
    lines = [
        Left(
            made.case(
                id=10**12 + n, owner=owner, priority=priority, slack_channel="C" * 30, slack_ts="1764000000.000001"
            ),
            "resolve",
            None if seconds is None else ENDS + timedelta(seconds=seconds),
            seconds or 0.0,
            late=(seconds or 0) < 0,
        )
        for n, (owner, priority, seconds) in enumerate(some)
    ]
    archives = "https://slack.com/archives/" if linked else ""
    drawn = shift_summary(name, (ENDED, None), lines, {}, ENDS, archives)
    assert 2 <= len(drawn["blocks"]) <= 50
    for block in drawn["blocks"]:
        text = block["text"]["text"] if "text" in block else block["elements"][0]["text"]
        assert 0 < len(text) <= (150 if block["type"] == "header" else 3000)
        assert block["type"] == "header" or not re.search(r"<!(channel|here|everyone)", text)
    assert not re.search(r"<!(channel|here|everyone)", drawn["text"])
    shown = "\n".join(block["text"]["text"] for block in drawn["blocks"] if block["type"] == "section")
    assert shown.count("case 1") == min(len(some), 20)


def test_slack_takes_the_lists_as_they_are_drawn(desk: Desk, slack: Slack, team: Settings) -> None:
    cases = [
        made.case(id=n, team="care", owner="U0ALICE" if n % 2 else None, answer_by=ENDS + (n - 3) * 20 * MINUTE)
        for n in range(1, 40)
    ]
    pressing = left(cases, team, ENDS)
    drawn = shift_summary("care", (ENDED, ENDED), pressing, {2: (ALICE, "handed_on")}, ENDS, f"{desk.url}/archives/")
    listed = clock_list("answer_breached", pressing, team.escalation_of("care"), ENDS, f"{desk.url}/archives/")
    for number, message in enumerate((drawn, listed)):
        metadata = {"event_type": "sunwai_shift", "event_payload": {"id": f"list-{number}"}}
        posted = slack.post("#safety", message, metadata)
        assert slack.find("#safety", f"list-{number}", ENDS - timedelta(days=3650)) == posted
