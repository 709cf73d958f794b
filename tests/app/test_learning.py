"""`sunwai label` and `sunwai learn` at a terminal."""

import json
from datetime import timedelta

import pytest
from msgspec.structs import replace

from analysis.weights import SHIPPED
from app.opening import clock
from core.assessment import Priority, Reason, Urgency
from core.store import Store, assessments, labels, mentions, open_store
from tests.app.conftest import SETTINGS, Team
from tests.core.made import assessment, mention, page

TWO = (
    SETTINGS
    + """
[brands.contoso]
name = "Contoso"
[[brands.contoso.queries]]
name = "brand"
any_of = ["contoso"]
"""
)


def opened(team: Team) -> Store:
    return open_store(f"sqlite:///{team.folder / '.sunwai' / 'sunwai.db'}", migrate=True)


def judged(team: Team, count: int = 1, vain: bool = False) -> None:
    """Mentions x:1, x:2 ..., of which every second rang in vain, where `vain`; with the desk's word for it."""
    store, now = opened(team), clock()
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", page(*(mention(n) for n in range(1, count + 1))), now)
        found = []
        for waiting in assessments.to_assess(tx, count):
            odd = vain and int(waiting.mention.external_id) % 2
            told = [Reason("complaint", 1.9), Reason("severity" if odd else "contacts", 1.0), Reason("money", 0.4)]
            urgency = Urgency(Priority.P2, 3.3, tuple(told))
            found.append((waiting, replace(assessment(waiting.mention), urgency=urgency, version=SHIPPED.version)))
        assessments.save(tx, found)
        for n in range(1, count + 1) if vain else ():
            said = {"priority": "not_urgent" if n % 2 else "P2"}
            labels.put(tx, f"x:{n}", "northwind", said, "asha", now - timedelta(hours=6 * (count - n)))  # type: ignore[arg-type]
    store.close()


def standing(team: Team, mention_id: str = "x:1") -> dict[str, tuple[str, str]]:
    store = opened(team)
    with store.read() as tx:
        found = labels.of(tx, [mention_id]).get((mention_id, "northwind"), {})
    store.close()
    return {kind: (label.value, label.by) for kind, label in found.items()}


def test_a_person_says_what_a_mention_is(team: Team) -> None:
    judged(team)
    words = ["--priority", "P1", "--department", "legal", "--sentiment", "neutral", "--no-complaint", "--by", "asha"]
    assert json.loads(team.ok("label", "x:1", *words, "--resolved-as", "refunded", "--json")) == {"labels": 5}
    assert team.ok("label", "x:1", *words).strip() == "nothing to do", "the same again"
    assert standing(team)["complaint"] == ("no", "asha") and standing(team)["resolved_as"] == ("refunded", "asha")
    team.ok("label", "x:1", "--not-urgent", "--by", "deniz")
    assert standing(team)["priority"] == ("not_urgent", "deniz")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["x:1"], "Say what it is"),
        (["x:1", "--priority", "P1", "--not-urgent"], "--not-urgent is a priority by itself"),
        (["x:1", "--priority", "P0"], "'P0' is not one of"),
        (["x:1", "--department", "kitchen"], "'kitchen' is no department: it may be billing,"),
        (["x:1", "--resolved-as", "Dear Sir"], "must be one word"),
        (["x:9", "--priority", "P1"], "There is no mention x:9"),
        (["x:1", "--priority", "P1", "--brand", "contosso"], "There is no brand 'contosso'"),
    ],
)
def test_a_label_that_means_nothing_is_refused_in_a_sentence(team: Team, words: list[str], told: str) -> None:
    judged(team)
    result = team.run("label", *words)
    assert result.exit_code in (1, 2) and told in result.stderr and "Traceback" not in result.output
    assert standing(team) == {}


def test_with_two_brands_one_must_be_named(team: Team) -> None:
    judged(team)
    team.write(TWO)
    assert "with --brand: northwind, contoso" in team.run("label", "x:1", "--priority", "P1").stderr
    assert "not heard for the brand 'contoso'" in team.run("label", "x:1", "--not-urgent", "--brand", "contoso").stderr
    team.ok("label", "x:1", "--not-urgent", "--brand", "northwind")


def test_a_lesson_is_shown_adopted_listed_and_taken_back(team: Team) -> None:
    assert f"nothing new was labelled.\n{SHIPPED.version} judges on." in team.ok("learn")
    judged(team, 120, vain=True)
    learned = f"{SHIPPED.version}+learned-1"
    shown = team.ok("learn", "--dry-run")
    assert "score: 92 learned from, 28 tested on; better on the newest week: log loss" in shown
    assert "severity     1 to 0." in shown and f"{learned} would judge" in shown
    assert [row["version"] for row in json.loads(team.ok("learn", "--list", "--json"))] == [SHIPPED.version]
    row = json.loads(team.ok("learn", "--json"))
    assert row["adopted"] == row["proposed"] == learned and row["lessons"][0]["after"]["needless"] == 0
    assert json.loads(team.ok("learn", "--json"))["adopted"] is None, "it was learned already"
    assert "judges now" in team.ok("learn", "--list").splitlines()[1]
    assert json.loads(team.ok("learn", "--rollback", "--json")) == {"current": SHIPPED.version}
    assert "rolled back" in team.ok("learn", "--list")
    assert f"{learned} judges" in team.ok("learn", "--rollback", learned)
    result = team.run("learn", "--rollback", "sunwai-0")
    assert result.exit_code == 1 and "There is no version 'sunwai-0'" in result.stderr
    assert team.run("learn", "--rollback", "--list").exit_code == 2


def test_the_stage_that_runs_at_night_does_the_same(team: Team) -> None:
    from app import pipeline
    from app.opening import enter

    judged(team, 120, vain=True)
    with enter() as house:
        assert pipeline.learn(house) == {"labels": 92, "tested": 28, "adopted": 1}
        assert pipeline.learn(house)["adopted"] == 0
