"""Learning from the desk: what moves, how far, and what never does; on both databases where the store has a part."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import learn
from analysis.assess import _drawn, assess
from analysis.learn import Proposal
from analysis.refit import Feeling, Ring, _Over, loudness, measure_score, refit_mood, refit_score
from analysis.urgency import CALM, CUTS, RISK_OF_P2
from analysis.weights import SCORE, SHIPPED
from core import case as moves
from core.assessment import Assessment, Priority, Reason, Sentiment, Urgency
from core.errors import BadRecord
from core.mention import Mention
from core.settings import Settings
from core.store import Store, assessments, browse, cases, erasure, labels, mentions, schema
from core.store import weights as versions
from tests.analysis.test_triage import HELP, LATE, SETTINGS, SMOKE, hear, said
from tests.core.made import NOW, case, mention, page

FIRST = NOW - timedelta(days=30)


# The sums ------------------------------------------------------------------------------------------------------------


def ring(should: bool, counts: float = 1.0, rest: float = 0.0, risk_is: float | None = None, **amounts: float) -> Ring:
    return Ring(NOW, amounts, rest, should, counts, risk_is)


def examples(number: int, truth: dict[str, float], seed: int = 1) -> list[Ring]:
    """Mentions whose right answer follows other weights than those shipped."""
    dice = random.Random(seed)
    found = []
    for _ in range(number):
        amounts = {"complaint": dice.uniform(0.3, 1.0)}
        amounts |= {name: 1.0 for name in ("severity", "contacts", "deadline", "leaving") if dice.random() < 0.4}
        score = sum(({**SCORE} | truth)[name] * amount for name, amount in amounts.items())
        found.append(ring(score + dice.gauss(0, 0.4) >= CUTS[Priority.P2], **amounts))
    return found


def test_weights_move_towards_what_people_say_and_further_the_more_say_so() -> None:
    truth = {"severity": 0.6, "leaving": 0.85}
    few, many = (refit_score(examples(n, truth), SCORE) for n in (10, 1000))
    assert 0.5 <= many["severity"] < few["severity"] < 1.0
    assert 0.6 < few["leaving"] < many["leaving"] <= 0.9
    assert many["vip"] == SCORE["vip"], "nothing was said of it"


def test_with_nothing_to_learn_from_nothing_moves() -> None:
    assert refit_score([], SCORE) == dict(SCORE)
    assert refit_mood([], (0.1, 0.0, -0.2)) == (0.1, 0.0, -0.2)


@pytest.mark.parametrize("should", [False, True])
def test_no_refit_moves_a_weight_by_more_than_half_and_all_refits_together_stay_in_reach(should: bool) -> None:
    everything = [ring(should, **dict.fromkeys(SCORE, 0.3 if should else 1.0))] * 5000
    weights = dict(SCORE)
    for _ in range(12):
        before, weights = weights, refit_score(everything, weights)
        for name in SCORE:
            assert 0.5 * before[name] - 1e-3 <= weights[name] <= 1.5 * before[name] + 1e-3
            assert SCORE[name] / 4 - 1e-3 <= weights[name] <= SCORE[name] * 4 + 1e-3
    mood = (0.0, 0.0, 0.0)
    for _ in range(6):
        was, mood = mood, refit_mood([Feeling(NOW, (-3.0, 0.0, 3.0), 0)] * 1000, mood)
        assert all(abs(a - b) <= 0.5 + 1e-3 for a, b in zip(mood, was, strict=True))
    assert max(map(abs, mood)) <= 1.5


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(
            ring,
            st.booleans(),
            st.sampled_from([1.0, 66.7, 1e6]),
            st.floats(-5, 5),
            st.one_of(st.none(), st.floats(0, 1)),
            complaint=st.floats(-1, 50),
            money=st.floats(0, 1e3),
            reach=st.floats(0, 2),
        ),
        max_size=30,
    )
)
def test_whatever_is_said_the_weights_stay_numbers_in_their_bounds(said: list[Ring]) -> None:
    found = refit_score(said, SCORE)
    for name, weight in SCORE.items():
        assert 0.5 * weight - 1e-3 <= found[name] <= 1.5 * weight + 1e-3


def test_a_refit_never_fits_worse_what_it_learned_from() -> None:
    for seed in range(5):
        said = examples(80, {"contacts": 0.5, "deadline": 1.2}, seed)
        assert measure_score(said, refit_score(said, SCORE))["log_loss"] <= measure_score(said, SCORE)["log_loss"]


def test_a_quiet_mention_that_was_drawn_counts_for_those_that_were_not_but_never_for_all() -> None:
    assert list(loudness([1.0] * 40)) == [1.0] * 40
    one_loud = loudness([1.0] * 40 + [66.7])
    assert one_loud[-1] == pytest.approx(0.05 * one_loud.sum(), rel=0.01) and one_loud[0] == 1.0
    many = loudness([1.0] * 900 + [66.7] * 100)
    assert many[-1] == 66.7


def test_the_learned_risk_is_trusted_more_or_less_as_people_find_it() -> None:
    """Where risk alone rings, or calm alone keeps it from ringing, the sum has no say."""
    vain = refit_score([ring(False, complaint=0.9, risk_is=1.1 * RISK_OF_P2)] * 60, SCORE)
    assert 0.5 <= vain["risk"] < 0.91 and vain["complaint"] == SCORE["complaint"]
    missed = refit_score([ring(True, complaint=0.9, risk_is=0.8 * RISK_OF_P2)] * 60, SCORE)
    assert 1.25 < missed["risk"] <= 1.5
    kept_calm = refit_score([ring(True, complaint=0.9, severity=1.0, contacts=1.0, risk_is=0.8 * CALM)] * 60, SCORE)
    assert kept_calm["risk"] > 1.2 and kept_calm["severity"] == SCORE["severity"]
    by_sum = refit_score([ring(False, complaint=0.9, severity=1.0, contacts=1.0)] * 60, SCORE)
    assert by_sum["severity"] < 0.9 and by_sum["risk"] == SCORE["risk"]


def test_each_weight_moves_a_mention_as_far_as_the_slopes_say() -> None:
    dice = random.Random(3)
    said = [
        ring(True, risk_is=dice.choice([None, dice.random()]), **{n: dice.random() for n in SCORE if n != "risk"})
        for _ in range(50)
    ]
    over, weights = _Over(said, list(SCORE)), np.array([*SCORE.values()])
    _, slopes = over(weights)
    for place in range(len(weights)):
        step = np.zeros_like(weights)
        step[place] = 1e-6
        measured = (over(weights + step)[0] - over(weights - step)[0]) / 2e-6
        assert np.allclose(measured, slopes[:, place], atol=1e-4)


def test_what_rings_is_told_as_the_judge_tells_it() -> None:
    said = [
        ring(False, complaint=0.9, severity=1.0, contacts=1.0),  # rings by its sum: 3.8
        ring(False, complaint=0.9, severity=1.0, contacts=1.0, risk_is=CALM - 0.01),
        ring(True, complaint=0.9, severity=1.0, contacts=1.0, risk_is=CALM + 0.01),
        ring(True, complaint=0.9, risk_is=RISK_OF_P2),
        ring(True, complaint=0.9, risk_is=RISK_OF_P2 - 0.01),
        ring(True, complaint=0.9),
    ]
    told = measure_score(said, SCORE)
    assert (told["needless"], told["missed"]) == (1, 2)


def test_moods_move_towards_what_people_say() -> None:
    said = [Feeling(NOW, (0.2, 0.0, 0.0), 1)] * 60 + [Feeling(NOW, (2.0, 0.0, 0.0), 0)] * 60
    negative, neutral, positive = refit_mood(said, (0.0, 0.0, 0.0))
    assert neutral > negative > positive and neutral > 0.1


# The stage -----------------------------------------------------------------------------------------------------------


def judgement(m: Mention, reasons: Sequence[Reason], version: str = SHIPPED.version, **more: Any) -> Assessment:
    score = sum(reason.weight for reason in reasons)
    priority = next((p for p, cut in CUTS.items() if score >= cut), Priority.P4)
    urgency = Urgency(priority, round(score, 3), tuple(reasons))
    feeling = Sentiment("negative", -0.6, "test")
    values: dict[str, Any] = {
        "language": "en",
        "is_complaint": True,
        "intent": "complaint",
        "department": "delivery",
        "details": {"negative": 0.6, "neutral": 0.3, "positive": 0.1},
    }
    return Assessment(
        m.id, "northwind", sentiment=feeling, urgency=urgency, version=version, assessed_at=NOW, **(values | more)
    )


class Desk:
    """Mentions with their judgements, and a desk that says what they should have been. All is stored at once when asked."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.said = 0
        self._judged: dict[str, Assessment] = {}
        self._labels: list[tuple[str, datetime, dict[str, str]]] = []

    @property
    def store(self) -> Store:
        """The store, with all that happened."""
        judged, said, self._judged, self._labels = self._judged, self._labels, {}, []
        with self._store.write() as tx:
            if judged:
                found = [mention(int(mention_id.removeprefix("x:"))) for mention_id in judged]
                mentions.save_page(tx, "x", "brand", page(*found), NOW)
                waiting = assessments.to_assess(tx, len(judged))
                assessments.save(tx, [(w, judged[w.mention.id]) for w in waiting])
                assessments.mark_triaged(tx, waiting)
            for mention_id, at, values in said:
                labels.put(tx, mention_id, "northwind", values, "asha", at)  # type: ignore[arg-type]
        return self._store

    def judged(self, *reasons: Reason, **more: Any) -> str:
        self.said += 1
        one = mention(self.said)
        self._judged[one.id] = judgement(one, reasons, **more)
        return one.id

    def says(self, mention_id: str, at: datetime, **said: str) -> None:
        self._labels.append((mention_id, at, said))

    def weeks(self, per_day: int, days: int = 30, severity: bool = True, first: datetime = FIRST, **more: Any) -> None:
        """Each day, complaints with urgent words that should not have rung (where `severity`), and others that should."""
        for day in range(days):
            for n in range(per_day):
                at = first + timedelta(days=day, minutes=n)
                if n % 2 and severity:
                    reasons = [Reason("complaint", 1.9, "lost"), Reason("severity", 1.0), Reason("deadline", 0.4)]
                    self.says(self.judged(*reasons, **more), at, priority="not_urgent")
                else:
                    reasons = [Reason("complaint", 1.9, "lost"), Reason("contacts", 1.0), Reason("money", 0.6)]
                    self.says(self.judged(*reasons, **more), at, priority="P2")

    def learn(self, now: datetime = NOW, settings: Settings = SETTINGS) -> dict[str, int]:
        return learn.learn(self.store, settings, now)

    def propose(self) -> Proposal:
        return learn.propose(self.store)

    @property
    def weights(self) -> Any:
        with self.store.read() as tx:
            return learn.current(tx)


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


def test_the_desk_lowers_what_rings_in_vain_and_the_newest_week_is_held_back(desk: Desk) -> None:
    desk.weeks(per_day=4)
    (lesson,) = desk.propose().lessons
    assert (lesson.labels, lesson.tested) == (92, 28)  # 7 of 30 days
    assert desk.weights == SHIPPED
    assert desk.learn() == {"labels": 92, "tested": 28, "adopted": 1}
    now = desk.weights
    assert now.version == f"{SHIPPED.version}+learned-1"
    assert now.score["severity"] < SCORE["severity"] and now.score["contacts"] > SCORE["contacts"]
    assert lesson.after["needless"] < lesson.before["needless"] and lesson.after["missed"] == 0
    assert lesson.until is not None and lesson.until <= FIRST + timedelta(days=23)


def test_what_was_learned_does_not_teach_again_and_a_second_lesson_builds_on_the_first(desk: Desk) -> None:
    desk.weeks(per_day=4)
    desk.learn()
    once = desk.weights
    assert desk.learn(NOW + timedelta(days=1))["adopted"] == 0
    assert desk.weights == once
    assert "28 new labels" in desk.propose().lessons[0].why
    desk.weeks(per_day=4, first=NOW, version=once.version)
    second = desk.propose()
    assert second.current == once and second.lessons[0].labels == 28 + 92


def test_a_lesson_that_would_miss_more_in_the_newest_week_is_not_adopted(desk: Desk) -> None:
    desk.weeks(per_day=4, days=23)
    for n in range(20):  # in the newest week it is the other way round
        reasons = [Reason("complaint", 1.9, "lost"), Reason("severity", 1.0), Reason("deadline", 0.4)]
        said = "P1" if n < 14 else "not_urgent"
        desk.says(desk.judged(*reasons), FIRST + timedelta(days=28, hours=n), priority=said)
    (lesson,) = desk.propose().lessons
    assert not lesson.adopted and lesson.why.startswith("no better on the newest week")
    assert lesson.after["missed"] > lesson.before["missed"]
    assert desk.learn()["adopted"] == 0 and desk.weights == SHIPPED


def test_too_few_labels_are_said_to_be_too_few(desk: Desk) -> None:
    assert desk.propose().lessons[0].why == "nothing new was labelled"
    desk.weeks(per_day=1)
    assert "30 new labels, 7 of them in the newest week: it takes 50, with at least 10" in desk.propose().lessons[0].why
    assert desk.learn()["adopted"] == 0


def test_a_week_without_anything_that_should_have_rung_cannot_show_what_would_be_missed(desk: Desk) -> None:
    for day in range(30):
        for n in range(3):
            reasons = [Reason("complaint", 1.9, "lost"), Reason("severity", 1.0), Reason("deadline", 0.4)]
            at = FIRST + timedelta(days=day, minutes=n)
            desk.says(desk.judged(*reasons), at, priority="not_urgent")
    assert "0 that should have rung and 21 that should not" in desk.propose().lessons[0].why
    assert desk.learn()["adopted"] == 0


def test_cases_that_rang_and_were_resolved_speak_for_their_priority(desk: Desk) -> None:
    rung: list[tuple[Mention, datetime]] = []
    for day in range(30):
        for n in range(2):
            reasons = [Reason("complaint", 1.9, "lost"), Reason("severity", 1.0), Reason("deadline", 0.4)]
            desk.says(desk.judged(*reasons), FIRST + timedelta(days=day, minutes=n), priority="not_urgent")
        rang = desk.judged(Reason("complaint", 1.9, "lost"), Reason("contacts", 1.0), Reason("money", 0.6))
        rung.append((mention(desk.said), FIRST + timedelta(days=day, hours=1)))
        assert rung[-1][0].id == rang
    with desk.store.write() as tx:
        for one, at in rung:
            opened = cases.open_case(tx, case(one), one)
            cases.card_posted(tx, opened.id, "C1", "1.0", NOW)
            resolved = moves.resolve(opened, "U1", at)
            assert resolved and cases.move(tx, resolved)
    (lesson,) = desk.propose().lessons
    assert (lesson.labels + lesson.tested, lesson.confirmed) == (60, 30)
    assert lesson.adopted and lesson.after["missed"] == 0


def test_a_floor_is_never_learned_and_what_people_say_against_it_is_shown(desk: Desk) -> None:
    for n in range(80):
        lifted = [Reason("hazard_fire", 2.5, "smoke"), Reason("complaint", 1.9, "smoke"), Reason("severity", 1.0)]
        desk.says(desk.judged(*lifted), FIRST + timedelta(hours=9 * n), priority="not_urgent")
    proposal = desk.propose()
    assert proposal.lessons[0].why == "nothing new was labelled" and proposal.disputed == {"hazard_fire": 80}
    assert desk.learn()["adopted"] == 0


def test_what_the_head_decided_teaches_where_its_odds_were_kept(desk: Desk) -> None:
    for n in range(80):
        at, lifted = FIRST + timedelta(hours=9 * n), Reason("risk", 1.2, "60% likely to be urgent")
        kept: dict[str, Any] = {"details": {"urgent": 0.6}} if n % 2 else {}
        desk.says(desk.judged(lifted, Reason("complaint", 1.8, "late"), **kept), at, priority="P3")
    (lesson,) = desk.propose().lessons
    assert lesson.labels + lesson.tested == 40


def test_labels_from_the_hostile_and_from_other_versions_are_passed_over(desk: Desk) -> None:
    desk.weeks(per_day=4, version="rules-1")
    assert desk.propose().lessons[0].why == "nothing new was labelled"
    with desk.store.write() as tx:
        bad = {"field": "priority", "value": "P1'; --", "labelled_by": "x", "labelled_at": NOW, "brand": "northwind"}
        odd = {
            "field": "mood",
            "value": "\x00".replace("\x00", "?"),
            "labelled_by": "x",
            "labelled_at": NOW,
            "brand": "northwind",
        }
        tx.execute(schema.labels.insert(), [{"mention_id": "x:1", **bad}, {"mention_id": "x:2", **odd}])
    desk.propose()


def test_one_who_calls_everything_not_urgent_moves_little_and_a_floor_not_at_all(desk: Desk) -> None:
    desk.weeks(per_day=4)
    with desk.store.read() as tx:
        everything = [one.assessment.mention_id for one in labels.since(tx)]
    for n, mention_id in enumerate(everything):
        if n % 4 == 0:
            desk.says(mention_id, FIRST + timedelta(hours=6 * n, minutes=1), priority="not_urgent")
    desk.learn()
    assert all(0.5 <= desk.weights.score[name] / weight <= 1.5 for name, weight in SCORE.items())


def test_what_is_erased_teaches_no_more(desk: Desk) -> None:
    desk.weeks(per_day=4)
    with desk.store.write() as tx:
        erasure.erase_mentions(tx, [f"x:{n}" for n in range(1, 121)], "forget", NOW)
    assert desk.propose().lessons[0].why == "nothing new was labelled"


def test_a_language_learns_its_mood_and_another_keeps_its_own(desk: Desk) -> None:
    reasons = [Reason("complaint", 0.8, "late")]
    for n in range(120):
        at = FIRST + timedelta(hours=6 * n)
        near = {"negative": 0.45, "neutral": 0.4, "positive": 0.15}
        sure = {"negative": 0.9, "neutral": 0.08, "positive": 0.02}
        if n % 3:
            desk.says(desk.judged(*reasons, language="tr", details=near), at, sentiment="neutral")
        else:
            desk.says(desk.judged(*reasons, language="tr", details=sure), at, sentiment="negative")
    desk.says(desk.judged(*reasons, language="hi"), NOW, sentiment="positive")
    desk.says(desk.judged(*reasons, language="en", details={}), NOW, sentiment="positive")
    assert {lesson.name: lesson.adopted for lesson in desk.propose().lessons} == {
        "score": False,
        "mood hi": False,
        "mood tr": True,
    }
    desk.learn()
    now = desk.weights
    assert set(now.mood) == {"tr"} and now.score == dict(SCORE)
    negative, neutral, _ = now.mood["tr"]
    assert 0 < neutral <= 0.5 and negative < neutral


def test_a_version_can_be_rolled_back_and_is_not_learned_again(desk: Desk) -> None:
    desk.weeks(per_day=4)
    desk.learn()
    with desk.store.write() as tx:
        assert versions.roll_back(tx, SHIPPED.version, None, NOW) == SHIPPED.version
    assert desk.weights == SHIPPED
    assert desk.learn(NOW + timedelta(days=1))["adopted"] == 0
    assert desk.weights == SHIPPED
    with desk.store.write() as tx:
        versions.roll_back(tx, SHIPPED.version, f"{SHIPPED.version}+learned-1", NOW)
    assert desk.weights.version == f"{SHIPPED.version}+learned-1"
    with pytest.raises(BadRecord), desk.store.write() as tx:
        versions.roll_back(tx, SHIPPED.version, "sunwai-0", NOW)


def test_of_two_that_learn_at_once_one_is_adopted(desk: Desk) -> None:
    desk.weeks(per_day=4)
    first, second = desk.propose(), desk.propose()
    assert learn.adopt(desk.store, first, NOW) and not learn.adopt(desk.store, second, NOW)


def test_learning_can_be_switched_off(desk: Desk) -> None:
    desk.weeks(per_day=4)
    off = SETTINGS.model_copy(update={"judgement": SETTINGS.judgement.model_copy(update={"learn": False})})
    assert desk.learn(settings=off) == {"labels": 0, "tested": 0, "adopted": 0}
    assert desk.weights == SHIPPED


def test_a_stored_version_that_lacks_a_weight_takes_the_shipped_one(desk: Desk) -> None:
    desk.weeks(per_day=4)
    proposal = desk.propose()
    weights = msgspec.structs.replace(proposal.weights, score={"severity": 0.7, "long_gone": 3.0})
    few = replace(proposal, weights=weights)
    assert learn.adopt(desk.store, few, NOW)
    assert desk.weights.score == dict(SCORE) | {"severity": 0.7}


# In the pipeline -----------------------------------------------------------------------------------------------------


def judged_by(store: Store) -> dict[str, Assessment]:
    with store.read() as tx:
        return {one.mention.id: one.assessment for one in browse.latest(tx, limit=1000).items}


def test_what_was_adopted_judges_what_is_new_and_a_replay_judges_the_rest_again(desk: Desk) -> None:
    hear(desk.store, said(9001, LATE))
    assess(desk.store, SETTINGS, NOW)
    before = judged_by(desk.store)["x:9001"]
    desk.weeks(per_day=4)
    assert desk.learn()["adopted"] == 1
    hear(desk.store, said(9002, LATE, by=2))
    assess(desk.store, SETTINGS, NOW)
    old, new = (judged_by(desk.store)[id] for id in ("x:9001", "x:9002"))
    assert (old.version, new.version) == (SHIPPED.version, f"{SHIPPED.version}+learned-1")
    first, then = (next(r.weight for r in one.urgency.reasons if r.signal == "complaint") for one in (before, new))
    assert then == pytest.approx(first * desk.weights.score["complaint"] / SCORE["complaint"], abs=0.002) != first
    with desk.store.write() as tx:
        versions.roll_back(tx, SHIPPED.version, None, NOW)
        assessments.judge_again(tx)
    assess(desk.store, SETTINGS, NOW)
    assert {judged_by(desk.store)[id].version for id in ("x:9001", "x:9002")} == {SHIPPED.version}


def test_a_share_of_what_does_not_ring_goes_to_a_person_and_the_same_one_each_time(store: Store) -> None:
    drawn = [n for n in range(20_000) if _drawn(f"x:{n}", 0.015)]
    assert 240 <= len(drawn) <= 360
    assert not any(_drawn(f"x:{n}", 0.0) for n in range(2000))
    quiet, loud, own = (
        said(drawn[n], text, by=by) for n, (text, by) in enumerate(((LATE, 1), (SMOKE, 2), (LATE, HELP)))
    )
    hear(store, quiet, loud, own, said(next(n for n in range(9) if n not in drawn), LATE, by=4))
    for _ in range(2):
        assess(store, SETTINGS, NOW)
        found = {id: (one.needs_review, one.details.get("audit")) for id, one in judged_by(store).items()}
        assert found.pop(quiet.id) == (True, 0.015)
        assert set(found.values()) == {(False, None)}
        with store.write() as tx:
            assessments.judge_again(tx)
    off = SETTINGS.model_copy(update={"judgement": SETTINGS.judgement.model_copy(update={"audit_share": 0.0})})
    assess(store, off, NOW)
    assert not any(one.needs_review for one in judged_by(store).values())


def test_an_audited_mention_counts_for_those_that_were_not_drawn(desk: Desk) -> None:
    desk.says(desk.judged(Reason("complaint", 1.0), details={"audit": 0.02}), NOW, priority="P2")
    desk.says(desk.judged(Reason("complaint", 1.0)), NOW, priority="P2")
    with desk.store.read() as tx:
        rings, _ = learn._rings(labels.since(tx), {SHIPPED.version: SHIPPED})
    assert [one.counts for one in rings] == [50.0, 1.0]
