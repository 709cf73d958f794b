"""`sunwai explain` tells what was judged, and its parts sum to the whole."""

import json
from math import log

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.analyze import analyze
from analysis.explain import _named, explain, ngram_logits, slope
from analysis.head import Floats, Reader, Stack
from analysis.ngrams import PAIRS, ngrams, read_of
from app.cli import cli
from core.mention import Brand

NORTHWIND = Brand("northwind", "Northwind", ("Northwind",))
TEXTS = {
    "en": "Still no refund after three weeks @northwind, the worst service, not happy at all!!",
    "hi-Latn": "northwind ka charger jal gaya, haath bhi jal gaya, bahut bekar",
    "hi": "मेरा पैसा वापस करो, बहुत खराब सेवा है",
    "tr": "kargom hala gelmedi, müşteri hizmetleri cevap vermiyor, rezalet",
    "de": "Ich warte seit Tagen auf mein Paket und niemand antwortet mir",
}
wordy = st.text(st.sampled_from("ab çğकि😀 .,"), max_size=30) | st.text(max_size=60)


@given(wordy.filter(lambda text: "_" not in text))  # "_" is how a space is shown
def test_every_n_gram_has_its_name(text: str) -> None:
    names = [name for name, _ in _named(read_of(text.split()))]
    hashes = ngrams([text.split()])[0].tolist()
    assert len(names) == len(hashes)
    found: dict[tuple[int, str], set[int]] = {}
    for kind, name, value in zip(_kinds(text, len(names)), names, hashes, strict=True):
        found.setdefault((kind, name), set()).add(value)
    assert all(len(values) == 1 for values in found.values())


def _kinds(text: str, count: int) -> list[int]:
    """Runs of letters, words and each kind of pair are hashed apart, so the same name may stand for one of each."""
    words = text.split()
    runs = sum(max(0, len(word) + 3 - n) for word in words for n in (3, 4, 5))
    kinds = [kind for i in range(len(words)) for kind, (*_, by) in enumerate(PAIRS, 2) if i + by < len(words)]
    found = [0] * runs + [1] * len(words) + kinds
    assert len(found) == count
    return found


@given(wordy, st.integers(1, 5))
def test_what_n_grams_add_sums_to_what_the_reader_says(text: str, answers: int) -> None:
    rng = np.random.default_rng(len(text))
    words = text.split()
    hashes = np.unique(ngrams([words, ["another", "text"]])[0])
    keys = hashes[rng.random(len(hashes)) < 0.7]
    weights = rng.normal(size=(len(keys), answers)).astype(np.float32)
    reader = Reader.rounded(
        keys, weights, rng.random(len(keys)).astype(np.float32) + 0.5, np.ones(answers, dtype=np.float32)
    )
    parts = list(ngram_logits(reader, words))
    total = sum((logits for *_, logits in parts), np.zeros(answers))
    np.testing.assert_allclose(total + reader.bias, reader.logits([words])[0], atol=1e-4)


@given(st.integers(0, 99))
def test_near_a_text_the_head_is_a_plain_sum(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def numbers(*shape: int) -> Floats:
        return rng.normal(size=shape).astype(np.float32)

    stack = Stack(
        ("a",) * 7,
        numbers(7),
        numbers(7, 5),
        numbers(5),
        {"case": ("x",) * 3},
        {"case": numbers(5, 3)},
        {"case": numbers(3)},
    )
    row, step = numbers(7), numbers(7) * np.float32(1e-2)
    assume(
        (((row + step) @ stack.hidden + stack.hidden_bias > 0) == (row @ stack.hidden + stack.hidden_bias > 0)).all()
    )
    grown = stack.logits((row + step)[None, :])["case"] - stack.logits(row[None, :])["case"]
    np.testing.assert_allclose(step @ slope(stack, "case", row), grown[0], atol=1e-4)


@pytest.mark.parametrize("code", ["en", "hi-Latn", "hi", "tr"])
def test_an_answer_comes_apart_without_a_remainder(code: str) -> None:
    found = explain(TEXTS[code], (NORTHWIND,))
    assert found.language == code
    assert [answer.task for answer in found.answers] == ["sentiment", "complaint", "priority", "intent", "department"]
    for answer in found.answers:
        parts = sum(one.weight for one in (*answer.words, *answer.signs)) + answer.rest
        odds = answer.odds[answer.label], answer.odds[answer.runner_up]
        assert answer.odds[answer.label] == max(answer.odds.values())
        if min(odds) > 0.01:  # probabilities are told with four digits
            assert parts == pytest.approx(log(odds[0] / odds[1]), abs=0.02)
        assert sum(one.weight for one in answer.words) == pytest.approx(
            sum(one.weight for one in answer.ngrams), abs=1e-3
        )


@pytest.mark.parametrize("code", TEXTS)
def test_it_explains_what_analyze_says(code: str) -> None:
    [row] = analyze([json.dumps({"id": 1, "text": TEXTS[code], "author_followers": 60_000})], (NORTHWIND,))
    told = explain(TEXTS[code], (NORTHWIND,), followers=60_000).as_json()
    judged = told["judged"]
    assert (told["language"], judged["department"], judged["intent"]) == (
        row["language"],
        row["department"],
        row["intent"],
    )
    assert judged["urgency"] == row["urgency"]
    assert judged["sentiment"]["score"] == pytest.approx(row["sentiment"]["score"], abs=1e-4)
    reasons = judged["urgency"]["reasons"]
    assert sum(reason["weight"] for reason in reasons) == pytest.approx(judged["urgency"]["score"], abs=0.01)


def test_each_step_is_told() -> None:
    found = explain("I am not happy, my northwind charger caught fire", (NORTHWIND,))
    happy = next(one for one in found.lexicon if "happy" in one.text)
    assert happy.counts < 0
    assert "hazard_fire" in found.cues and "hazard_fire" in found.floors
    assert found.why_department == "the floor hazard_fire is theirs"
    assert "our detector says en" in found.why_language
    assert "northwind" not in found.masked
    assert found.cuts == {"P1": 4.5, "P2": 3.0, "P3": 1.2}


@pytest.mark.parametrize(
    ("text", "department", "why"),
    [
        ("I love the new northwind app, best shop in town", "praise", "it praises, and nothing is to be done"),
        ("Do you sell to schools? We want to order 300 northwind tablets", "sales_lead", "it asks to buy"),
        ("Northwind giveaway! Follow and retweet to win a free iPhone", "spam_irrelevant", "it is a giveaway"),
    ],
)
def test_it_says_when_a_rule_chose_the_department(text: str, department: str, why: str) -> None:
    found = explain(text, (NORTHWIND,))
    assert (found.judged.department, found.why_department.startswith(why)) == (department, True), found.why_department


@pytest.mark.parametrize(
    "text",
    ["my northwind parcel is two days late", "the northwind refund I asked about came today, ignore my last post"],
)
def test_else_the_likeliest_that_is_told_first_has_it(text: str) -> None:
    found = explain(text, (NORTHWIND,))
    assert found.why_department.startswith(f"the learned head says {found.judged.department} ")


def test_what_is_denied_is_set_aside() -> None:
    found = explain("the northwind charger is not smoking, all good", (NORTHWIND,))
    assert not found.floors and "hazard_fire" in found.dropped


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("मेरा फोन ठीक नहीं है", "it is written in Devanagari, and says मेरा, नहीं, है"),
        ("Где мой заказ, я жду уже неделю", "fastText says ru"),
        ("😡😡", "there is no word to tell it by"),
        (TEXTS["tr"], "our detector says tr"),
    ],
)
def test_it_says_what_told_the_language(text: str, why: str) -> None:
    assert explain(text).why_language.startswith(why)


@settings(max_examples=60, deadline=None)
@given(wordy)
def test_no_text_stops_it(text: str) -> None:
    json.dumps(explain(text, (NORTHWIND,)).as_json(), allow_nan=False)


@pytest.fixture
def bare(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    """No settings file is needed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SUNWAI_CONFIG", raising=False)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("code", TEXTS)
def test_the_command_shows_every_step(code: str) -> None:
    done = CliRunner().invoke(cli, ["explain", TEXTS[code], "--brand", "Northwind", "--followers", "100"])
    assert done.exit_code == 0, done.output
    for title in (
        f"Language: {code}",
        "Words, as the rules read them",
        "Sentiment:",
        "Complaint:",
        "Urgency:",
        "Department:",
    ):
        assert title in done.stdout
    if code != "de":
        for part in ("Lexicon:", "in log odds", "How urgent it sounds", "in all"):
            assert part in done.stdout


@pytest.mark.usefixtures("bare")
def test_the_command_reads_standard_input_and_writes_json() -> None:
    done = CliRunner().invoke(cli, ["explain", "-", "--json"], input=TEXTS["tr"])
    told = json.loads(done.stdout)
    assert told["language"] == "tr" and told["judged"]["urgency"]["priority"] in ("P1", "P2", "P3")
    assert all(len(answer["ngrams"]) <= 20 for answer in told["answers"])


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("text", ["\x1b[31mred [bold]fire[/bold] \x07", "[/] [link=x]", "a" * 50_000])
def test_a_strangers_words_do_not_steer_the_terminal(text: str) -> None:
    done = CliRunner().invoke(cli, ["explain", text])
    assert done.exit_code == 0, done.output
    assert "\x1b" not in done.stdout and "\x07" not in done.stdout


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("words", "piped", "said"),
    [
        ([""], None, "There is no text to explain."),
        ([" \t "], None, "There is no text to explain."),
        (["\u200b"], None, "There is no text to explain."),
        (["-"], b"", "There is no text to explain."),
        (["-"], b"\n\n", "There is no text to explain."),
        ([], None, "Missing argument 'TEXT'."),
        (["late", "again"], None, "TEXT is one: put quotes around it, as in sunwai explain 'late again'."),
        (["it's", "late", "--brand", "x"], None, """as in sunwai explain 'it'"'"'s late'."""),
        (
            ["-5 stars"],
            None,
            "No such option '-5'. A TEXT that begins with a hyphen comes after --, as in sunwai explain -- \"-5 stars\".",
        ),
        (["--brnad", "x", "late"], None, "Did you mean '--brand'?"),
    ],
)
def test_what_is_no_text_is_told_in_a_sentence(words: list[str], piped: bytes | None, said: str) -> None:
    done = CliRunner().invoke(cli, ["explain", *words], input=piped)
    assert done.exit_code == 2 and done.stdout == ""
    assert said in done.stderr.splitlines()[-1]


@pytest.mark.usefixtures("bare")
def test_a_text_may_begin_with_a_hyphen_after_two() -> None:
    assert CliRunner().invoke(cli, ["explain", "--", "-5 stars"]).exit_code == 0


@pytest.mark.usefixtures("bare")
def test_standard_input_that_is_no_utf_8_is_told() -> None:
    done = CliRunner().invoke(cli, ["explain", "-"], input=b"caf\xe9 is late")
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", "Error: Standard input is not UTF-8.\n")
