"""The figures of `sunwai evaluate`, held against scikit-learn's."""

import json
import re

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

from analysis import evaluate
from analysis.evaluate import PRIORITIES, SENTIMENTS, Gold, corpus_gold, figures, judgements, read_gold, report, table
from analysis.judge import Subject
from app.cli import cli
from core.assessment import Assessment, Priority, Reason, Sentiment, Urgency
from core.errors import BadRecord
from tests.conftest import NOW

moods = st.lists(
    st.tuples(st.sampled_from(SENTIMENTS), st.sampled_from((*SENTIMENTS, "unsupported"))), min_size=1, max_size=60
)


def said(label: str = "neutral", priority: str = "P4", score: float = 0.0, **more: object) -> Assessment:
    mood = Sentiment(label, score, "test")  # type: ignore[arg-type]
    one = Assessment("m", "", "en", mood, False, "other", Urgency(Priority[priority], 0.0), "feedback", "1", NOW)
    return replace(one, **more)


def gold(id: str = "1", text: str = "text", **right: str) -> Gold:
    return Gold(id, Subject(id, text), right)


def value(name: str, pairs: list[tuple[Gold, Assessment]]) -> float:
    return {one.name: one.value for one in figures([g for g, _ in pairs], [a for _, a in pairs])}[name]


@given(moods)
def test_moods_are_counted_as_scikit_learn_counts_them(pairs: list[tuple[str, str]]) -> None:
    right, guess = [r for r, _ in pairs], [g for _, g in pairs]
    counts = table(right, guess, SENTIMENTS)
    given_labels = sorted(set(right))
    assert evaluate.accuracy(counts) == pytest.approx(accuracy_score(right, guess))
    for ours, theirs in ((evaluate.macro_recall, recall_score), (evaluate.macro_f1, f1_score)):
        want = theirs(right, guess, labels=given_labels, average="macro", zero_division=0)
        assert float(ours(counts)) == pytest.approx(want)


@given(
    st.lists(st.tuples(st.sampled_from(PRIORITIES), st.sampled_from(PRIORITIES)), min_size=1, max_size=60),
)
def test_what_rings_is_counted_as_scikit_learn_counts_it(pairs: list[tuple[str, str]]) -> None:
    found = {one.name: one.value for one in figures(*zip(*((gold(priority=r), said(priority=g)) for r, g in pairs)))}  # type: ignore[arg-type]  # noqa: B905
    rings = ("P1", "P2")
    right, guess = [r in rings for r, _ in pairs], [g in rings for _, g in pairs]
    if any(guess):
        assert found["ringing precision"] == pytest.approx(precision_score(right, guess))
    else:
        assert "ringing precision" not in found  # nothing rang, so there is nothing to be precise about
    ones = [(r == "P1", g == "P1") for r, g in pairs]
    if any(r for r, _ in ones):
        assert found["P1 recall"] == pytest.approx(recall_score(*zip(*ones, strict=True)))
    fours = [g in rings for r, g in pairs if r == "P4"]
    assert found.get("P4 raised") == (pytest.approx(sum(fours) / len(fours)) if fours else None)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_complaints_are_counted_as_scikit_learn_counts_them(pairs: list[tuple[bool, bool]]) -> None:
    names = {True: "yes", False: "no"}
    golds = [gold(complaint=names[right]) for right, _ in pairs]
    found = {one.name: one.value for one in figures(golds, [said(is_complaint=guess) for _, guess in pairs])}
    right, guess = [r for r, _ in pairs], [g for _, g in pairs]
    if any(right) or any(guess):
        assert found["complaint F1"] == pytest.approx(f1_score(right, guess))
    if any(right):
        assert found["complaint recall"] == pytest.approx(recall_score(right, guess))
    if any(guess):
        assert found["complaint precision"] == pytest.approx(precision_score(right, guess))


def test_an_interval_is_that_of_drawing_the_texts_anew() -> None:
    rng = np.random.default_rng(7)
    right = rng.choice(SENTIMENTS, 300, p=(0.5, 0.3, 0.2))
    guess = np.where(rng.random(300) < 0.7, right, rng.choice(SENTIMENTS, 300))
    golds = [gold(sentiment=str(r)) for r in right]
    judged = [said(str(g)) for g in guess]
    [ours] = [one for one in figures(golds, judged) if one.name == "macro-recall"]
    drawn = [rng.integers(0, 300, 300) for _ in range(1000)]
    theirs = [recall_score(right[i], guess[i], average="macro") for i in drawn]
    assert (ours.low, ours.high) == pytest.approx(np.percentile(theirs, (2.5, 97.5)), abs=0.01)
    assert ours.low < ours.value < ours.high and ours.texts == 300
    assert figures(golds, judged) == figures(golds, judged)  # seeded: the same texts give the same bounds


@given(st.lists(st.tuples(st.sampled_from(PRIORITIES), st.sampled_from(PRIORITIES)), min_size=1, max_size=60))
def test_a_plain_share_has_wilsons_interval(pairs: list[tuple[str, str]]) -> None:
    golds, judged = [gold(priority=r) for r, _ in pairs], [said(priority=g) for _, g in pairs]
    found = {one.name: one for one in figures(golds, judged)}
    rings = ("P1", "P2")
    counted = {
        "P1 recall": [g == "P1" for r, g in pairs if r == "P1"],
        "P2 rung": [g in rings for r, g in pairs if r == "P2"],
        "ringing precision": [r in rings for r, g in pairs if g in rings],
        "P4 raised": [g in rings for r, g in pairs if r == "P4"],
    }
    for name, hits in counted.items():
        if hits:
            theirs = binomtest(sum(hits), len(hits)).proportion_ci(method="wilson")
            assert (found[name].low, found[name].high) == pytest.approx((theirs.low, theirs.high), abs=1e-5)


def test_no_interval_is_without_width() -> None:
    golds = [gold(str(n), sentiment=SENTIMENTS[n % 3], complaint=("no", "yes")[n % 2]) for n in range(60)]
    perfect = [said(SENTIMENTS[n % 3], is_complaint=n % 2 == 1) for n in range(60)]
    low = {texts: binomtest(texts, texts).proportion_ci(method="wilson").low for texts in (30, 60)}
    for one in figures(golds, perfect):
        assert one.value == one.high == 1.0 and one.low < 1.0
        assert one.low == pytest.approx(low[30 if one.name.startswith("complaint") else 60], abs=1e-5), one.name
    for one in figures(golds, [said("unsupported")] * 60):
        assert one.value == one.low == 0.0 < one.high


def test_what_a_person_did_not_judge_counts_nowhere() -> None:
    golds = [gold("1", sentiment="positive"), gold("2", priority="P1"), gold("3")]
    found = report(golds, [said("positive"), said("negative", "P2"), said("negative")])
    assert {one.name: (one.value, one.texts) for one in found.figures} == {
        "macro-recall": (1.0, 1),
        "macro-F1": (1.0, 1),
        "accuracy": (1.0, 1),
        "P1 recall": (0.0, 1),
        "P1 rung": (1.0, 1),
        "ringing precision": (1.0, 1),
    }


def test_languages_are_told_apart_by_what_people_say_of_them() -> None:
    golds = [gold("1", sentiment="positive", language="tr"), gold("2", sentiment="negative")]
    found = report(golds, [said("positive"), said("positive")])
    assert {
        code: [one.value for one in told if one.name == "accuracy"] for code, (_, told) in found.languages.items()
    } == {
        "tr": [1.0],
        "en": [0.0],
    }


def test_the_surest_mistakes_of_mood_come_first() -> None:
    golds = [gold(str(n), sentiment="negative") for n in range(4)]
    judged = [
        said("positive", score=0.2),
        said("positive", score=0.9),
        said("negative", score=-0.9),
        said("neutral", score=0.0, details={"neutral": 0.5}),
    ]
    worst = report(golds, judged).worst["sentiment"]
    assert [(one.id, one.said, one.confidence) for one in worst] == [
        ("1", "positive", 0.9),
        ("3", "neutral", 0.5),
        ("0", "positive", 0.2),
    ]


def test_a_cry_for_help_that_nobody_heard_is_the_worst_mistake_of_priority() -> None:
    golds = [gold("raised", priority="P4"), gold("missed", priority="P1"), gold("late", priority="P2")]
    judged = [
        said(urgency=Urgency(Priority.P1, 4.6)),
        said(urgency=Urgency(Priority.P4, 0.4, (Reason("complaint", 0.4),))),
        said(urgency=Urgency(Priority.P3, 1.4)),
    ]
    worst = report(golds, judged).worst["priority"]
    assert [one.id for one in worst] == ["missed", "raised", "late"]
    assert worst[0].why == "complaint +0.40" and worst[0].confidence is None


def test_of_priorities_as_far_off_the_surest_come_first() -> None:
    golds = [gold(name, priority="P1") for name in ("nearly heard", "only ruled", "never heard")]
    golds += [gold(name, priority="P4") for name in ("hardly rang", "rang loud")]
    odds = (0.4, None, 0.02, 0.1, 0.9)
    judged = [
        said(priority=quiet, details={} if sure is None else {"urgent": sure})
        for quiet, sure in zip(("P4", "P4", "P4", "P1", "P1"), odds, strict=True)
    ]
    worst = report(golds, judged).worst["priority"]
    assert [(one.id, one.confidence) for one in worst] == [
        ("never heard", 0.02),
        ("nearly heard", 0.4),
        ("only ruled", None),
        ("rang loud", 0.9),
        ("hardly rang", 0.1),
    ]


def test_labels_are_read_in_every_form_that_is_documented() -> None:
    rows = [
        {"id": 1, "text": "x", "label": "Negative", "lang_gold": "hi-latn", "is_complaint": 1, "priority": 2},
        {"id": 2, "text": "x", "sentiment": "neutral", "language": "tr", "is_complaint": False, "priority": "p3"},
        {"id": 3, "text": "x", "department": "billing", "intent": "question"},
        {"id": 4, "text": "x", "sentiment": {"label": "positive"}, "urgency": {"priority": "P1"}},
    ]
    first, second, third, fourth = (gold.right for gold in read_gold(map(json.dumps, rows)))
    assert first == {"sentiment": "negative", "language": "hi-Latn", "complaint": "yes", "priority": "P2"}
    assert second == {"sentiment": "neutral", "language": "tr", "complaint": "no", "priority": "P3"}
    assert third == {"department": "billing", "intent": "question"}
    assert fourth == {"sentiment": "positive", "priority": "P1"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('{"id": 1, "text": "x", "label": "bad"}', "line 2: 'label' is one of negative, neutral, positive"),
        ('{"id": 1, "text": "x", "priority": 7}', "line 2: 'priority' is one of P1"),
        ('{"id": 1, "text": "x", "is_complaint": "maybe"}', "line 2: 'is_complaint' is true or false"),
        ('{"id": 1, "text": "x", "department": ["billing"]}', "line 2: 'department' is one of"),
        ('{"id": 1, "text": "x", "language": 4}', "line 2: 'language' is a code"),
        ('{"id": 1}', "line 2: 'text' is missing"),
        ("nonsense", "line 2 is not JSON"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(row: str, said: str) -> None:
    with pytest.raises(BadRecord, match=said.replace("'", "'")):
        read_gold(["", row])


def test_the_corpus_gives_each_split_its_own_texts() -> None:
    found = {split: {one.id for one in corpus_gold(split, ("tr",))} for split in ("train", "dev", "test")}
    assert all(found.values()) and not found["train"] & found["test"] and not found["dev"] & found["test"]
    for one in corpus_gold("dev", ("hi",)):  # nobody's department is asked where there is nothing to do
        assert set(evaluate.TASKS) - set(one.right) == ({"department"} if one.right["priority"] == "P4" else set())


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(SENTIMENTS), min_size=1, max_size=4))
def test_a_report_of_any_size_is_plain_json(labels: list[str]) -> None:
    golds = [gold(str(n), sentiment=label) for n, label in enumerate(labels)]
    told = json.loads(json.dumps(report(golds, list(judgements(golds))).as_json(), allow_nan=False))
    assert told["texts"] == len(labels) and set(told["figures"]) == {"macro-recall", "macro-F1", "accuracy"}


def test_the_command_measures_a_file(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SUNWAI_CONFIG", raising=False)
    rows = [
        {"id": "a", "text": "I love this shop, wonderful people", "label": "positive"},
        {"id": "b", "text": "my charger is smoking and it burnt my hand", "label": "positive", "priority": "P1"},
        {"id": "c", "text": "the blue one looks nicer than the red one", "language": "en"},
    ]
    (tmp_path / "gold.jsonl").write_text("\n".join(map(json.dumps, rows)))
    done = CliRunner().invoke(cli, ["evaluate", "gold.jsonl", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["texts"] == 3 and told["figures"]["P1 rung"]["value"] == 1.0
    assert [one["id"] for one in told["worst"]["sentiment"]] == ["b"]
    shown = CliRunner().invoke(cli, ["evaluate", "gold.jsonl"])
    for part in ("macro-recall", "P1 rung", "Worst mistakes of sentiment", "my charger is smoking"):
        assert part in shown.stdout
    assert re.search(
        r"texts with sentiment +2\n.*\n.*\n.*\ntexts with priority +1\n", re.sub(r" +\n", "\n", shown.stdout)
    )
    assert "Worst" not in CliRunner().invoke(cli, ["evaluate", "gold.jsonl", "--worst", "0"]).stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Name a FILE to measure by, or --corpus"),
        (["nowhere.jsonl"], "nowhere.jsonl cannot be read"),
        (["bare.jsonl"], "bare.jsonl does not say what is right"),
        (["empty.jsonl"], "empty.jsonl is empty"),
        (["said.csv"], 'said.csv: it looks like CSV; what is read is JSON Lines, an object such as {"id": "1"'),
        (["right.jsonl", "--language", "fr"], "no text in 'fr'; choose from en, hi, hi-Latn, tr."),
        (["right.jsonl", "--language", "de", "--language", "fr"], "no text in 'fr'"),
        (["right.jsonl", "--language", "en"], "does not say what is right: give label, language, is_complaint"),
        (["--corpus", "dev", "--language", "de"], "The corpus has no 'de'; it has en, hi, hi-Latn, tr."),
    ],
)
def test_what_cannot_be_measured_is_told_in_a_sentence(tmp_path, monkeypatch, words, said) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SUNWAI_CONFIG", raising=False)
    (tmp_path / "bare.jsonl").write_text('{"id": 1, "text": "no label here"}\n')
    (tmp_path / "empty.jsonl").write_text("\n")
    (tmp_path / "said.csv").write_text("id,text\n1,late\n")
    (tmp_path / "right.jsonl").write_text('{"id": 1, "text": "Wo bleibt es?", "label": "negative", "language": "de"}\n')
    done = CliRunner().invoke(cli, ["evaluate", *words])
    assert done.exit_code == 1 and said in done.stderr and len(done.stderr.splitlines()) == 1
