"""Train the learned head: `python -m analysis.train`. Needs the development requirements (scikit-learn).

First a reader for each language family: logistic regressions over hashed n-grams, one a question. Then one second layer for
all languages, which weighs the readers' logits against lexicon signals, concepts and cues, and chooses among whole answers
(`analysis.answers`). It learns from logits of readers that were not shown the scenario at hand, so it trusts n-grams no more
than they deserve on new scenarios. Settings were chosen on the dev split by heads that learned from the train split alone
(`--dry-run`); what ships then learns from both.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, recall_score
from sklearn.model_selection import GroupKFold

from analysis.answers import CASE, MENTION, MOOD, QUESTIONS, answered
from analysis.corpus import HOME, Example, Split, examples
from analysis.evidence import SIGNALS, Evidence, gather, inputs, names
from analysis.head import MODELS, Floats, Reader, Stack
from analysis.language import DETECTED, languages, telling
from analysis.ngrams import ngrams
from analysis.sentiment import mask
from analysis.tongues import TONGUES, tongue
from analysis.urgency import RISK_OF_P1, RISK_OF_P2, UNOWNED
from analysis.words import brand_names, read
from core.mention import Brand

ASKING = ("complaint", "question", "request")
"""Whose desk it is, is learned from what needs an answer, from what a desk would own were it open (it is over, withdrawn or
hearsay), and from the praise and spam of the urgency families. A suggestion's desk is told by its intent."""
ANSWERS = tuple(f"{question} {answer}" for question, answers in QUESTIONS.items() for answer in answers)
FAMILIES = {"en": ("en",), "hi": ("hi", "hi-Latn"), "tr": ("tr",)}
BRAND = Brand("northwind", "Northwind", ("Northwind", "नॉर्थविंड", "नार्थविंड"))
PIECES: dict[str, Callable[[str], bool]] = {
    "n-grams": lambda column: column.startswith("n-grams "),
    "lexicons": lambda column: column in SIGNALS,
    "concepts": lambda column: column.startswith("concept "),
    "cues": lambda column: column.startswith("cue "),
}
"""What the second layer is told, by where it comes from; `--ablate` leaves out each in turn."""

FOLDS = 4
FREEDOM = {"sentiment": 4.0, "complaint": 8.0, "priority": 8.0, "intent": 8.0, "department": 16.0}
"""How freely a reader's regressions may fit: scikit-learn's C."""
TOLERANCE, STEPS = 1e-4, 1_000
"""When a regression is done, and after how many steps at the latest: at a tolerance ten times as large it stopped early, and
knew a point less."""
LEAST_TEXTS = 2
"""In how many texts an n-gram must be to be kept."""
BALANCE = {"sentiment": 0.6, "intent": 0.3, "department": 0.3, MOOD: 0.3}
"""How much a rare answer is raised, where it is: 0 leaves it as it is, 1 makes all count alike (as macro-recall does)."""
LIGHTER = 0.2
"""How much what is no mention of a brand counts where a reader learns of a case: most of it wants nothing."""
LEAST_WHOLE = 20
"""In how many texts a whole answer must be to be one."""
UNITS, NETWORKS, EPOCHS, BATCH, PACE, DECAY, DROPPED = 384, 3, 15, 256, 2e-3, 0.7, 0.5
"""Of the second layer: hidden units of each network, networks whose answers are averaged, how often each sees all texts and
how many at once, Adam's rate, the weight decay, and how many units are left out in each step (Srivastava et al., JMLR 2014).
"""
OTHERS = HOME.parent / "other_languages.tsv"


@dataclass(frozen=True)
class Lesson:
    """A text with its answers, by question; one without an answer is not taught. `genre` is that of the corpus, or "rated";
    `weight` is how much it counts; `family` the language family whose reader it teaches; where `lent`, it teaches another
    language's reader, not the second layer."""

    evidence: Evidence
    scenario: str
    family: str
    answers: dict[str, str]
    genre: str = MENTION
    weight: float = 1.0
    lent: bool = False

    def whole(self, asked: str) -> str:
        """The whole answer, "" where a part of it is not known."""
        found = self.answers
        if asked == MOOD:
            return f"{self.genre} {found['sentiment']}" if "sentiment" in found else ""
        if "intent" not in found:
            return ""
        genre = MENTION if self.genre == MENTION else "other"
        desk = found.get("department") or _UNASKED.get(found["intent"], "spam_irrelevant")
        return f"{genre} {found['priority']} {found['intent']} {desk}"


_UNASKED = {"suggestion": "feedback", "praise": "praise"}
"""Where what needs no answer is filed, by its intent."""


def nameless(text: str) -> str:
    """A text as it is judged where the brand is known."""
    return mask(text, BRAND)


def named(text: str) -> str:
    """A text to be taught: one in three names the brand openly, whatever it is about, so that the name tells nothing where
    nobody has said which brand is meant."""
    if crc32(text.encode()) % 3:
        return nameless(text)
    if (pattern := brand_names(BRAND)) is not None and pattern.search(text):
        return mask(text)
    name = BRAND.names[1] if any("\u0900" <= sign <= "\u097f" for sign in text) else "northwind"
    return f"{name} {mask(text)}" if len(text) % 2 else f"{mask(text)} {name}"


def lessons(
    found: Iterable[Example],
    read_as: str = "",
    weight: float = 1.0,
    mood_only: bool = False,
    spoken: Callable[[str], str] = nameless,
) -> list[Lesson]:
    """Examples as they are taught; `read_as` lends them to the reader of another language, and what n-grams see of a text is
    that of `spoken`."""
    made = []
    for example in found:
        language = read_as or example.language
        words = read(example.text, BRAND)
        answers = {"sentiment": example.sentiment}
        if not mood_only:
            answers |= {
                "complaint": "yes" if example.is_complaint else "no",
                "priority": f"P{example.priority}" if example.priority <= 2 else "later",
                "intent": example.intent,
            }
            asks = example.priority <= 2 or example.intent in ASKING
            owned = example.department not in UNOWNED or " " in example.scenario
            if asks or (owned and example.intent != "suggestion"):
                answers["department"] = example.department
        evidence = gather(example.text, language, words, spoken(example.text))
        genre = "rated" if mood_only else example.genre
        made.append(Lesson(evidence, example.scenario, tongue(language).family, answers, genre, weight, bool(read_as)))
    return made


def rule_cases() -> list[Lesson]:
    """The cases that the rules were written with (`analysis/data/rule_cases.jsonl`), which the head must not unlearn."""
    rows = [json.loads(line) for line in (HOME.parent / "rule_cases.jsonl").read_text("utf-8").splitlines()]
    words = [read(row["text"], BRAND) for row in rows]
    made = []
    for row, said, code in zip(rows, words, languages([r["text"] for r in rows], [""] * len(rows), words), strict=True):
        if code in TONGUES:
            answers = {"priority": row["priority"] if row["priority"] <= "P2" else "later"}
            if "is_complaint" in row:
                answers["complaint"] = "yes" if row["is_complaint"] else "no"
            if row["priority"] <= "P3" and "department" in row:
                answers["department"] = row["department"]
            evidence = gather(row["text"], code, said, named(row["text"]))
            made.append(Lesson(evidence, row["id"], tongue(code).family, answers, weight=2.0))
    return made


def ratings(folder: Path) -> list[Example]:
    """The human ratings in VADER's sources (MIT; Hutto & Gilbert, ICWSM 2014) whose mean is clearly of one label."""
    found = []
    for name in ("vader_gt_tweets", "vader_gt_amazon"):
        for number, line in enumerate((folder / f"{name}.jsonl").read_text("utf-8").splitlines()):
            row = json.loads(line)
            mean = row["score"]
            label = (
                "positive" if mean >= 0.6 else "negative" if mean <= -0.6 else "neutral" if abs(mean) <= 0.35 else ""
            )
            if label:
                family = f"{name}-{number // 60}"
                found.append(Example(row["text"], "en", family, family, "train", label, "other", 4, "spam_irrelevant"))
    return found


def _vectors(
    texts: Sequence[Sequence[str]], least_texts: int, paired: bool = True
) -> tuple[NDArray[np.uint32], NDArray[np.float64], csr_matrix]:
    """The n-grams that enough texts hold, their inverse document frequencies, and each text as a vector of them."""
    hashes, owners = ngrams(texts, paired)
    pairs = np.unique(np.stack((hashes.astype(np.int64), owners.astype(np.int64))), axis=1)
    keys, count = np.unique(pairs[0], return_counts=True)
    kept = count >= least_texts
    keys, idf = keys[kept].astype(np.uint32), np.log((1 + len(texts)) / (1 + count[kept])) + 1
    place = np.searchsorted(keys, hashes).clip(max=len(keys) - 1)
    known = keys[place] == hashes
    place, owners = place[known], owners[known]
    length = np.sqrt(np.maximum(np.bincount(owners, idf[place] ** 2, minlength=len(texts)), 1e-6))
    values = (idf[place] / length[owners]).astype(np.float32)
    return keys, idf, csr_matrix((values, (owners, place)), shape=(len(texts), len(keys)))


class Pupil:
    """One language family's reader in the making."""

    def __init__(self, taught: Sequence[Lesson]) -> None:
        self.taught = taught
        self.keys, self.idf, self.matrix = _vectors([one.evidence.spelled for one in taught], LEAST_TEXTS)

    def learn(self) -> tuple[Reader, Floats]:
        """The reader, and the logits of each text by readers that were not shown its scenario."""
        weights, bias, unseen = [], [], []
        scenarios = np.array([one.scenario for one in self.taught])
        folds = list(GroupKFold(FOLDS, shuffle=True, random_state=1).split(scenarios, groups=scenarios))
        mentions = np.array([one.genre == MENTION for one in self.taught])
        for question, labels in QUESTIONS.items():
            rows, answers = _told([one.answers.get(question) for one in self.taught], labels)
            importance = _importance(self.taught, answers, rows, BALANCE.get(question, 0.0))
            if question in ("complaint", "priority", "intent"):
                importance *= np.where(mentions, 1.0, LIGHTER)
            w, b = _regress(self.matrix, answers, rows, importance, len(labels), FREEDOM[question])
            blind = np.zeros((len(answers), len(labels)))
            for seen, rest in folds:
                some = _regress(
                    self.matrix, answers, np.intersect1d(seen, rows), importance, len(labels), FREEDOM[question]
                )
                blind[rest] = self.matrix[rest] @ some[0] + some[1]
            weights.append(w)
            bias.append(b)
            unseen.append(blind)
        table = (np.hstack(weights) * self.idf[:, None]).astype(np.float32)
        reader = Reader.rounded(
            self.keys, table, (self.idf**2).astype(np.float32), np.concatenate(bias).astype(np.float32)
        )
        return reader, np.hstack(unseen).astype(np.float32)


def _told(given: Sequence[str | None], labels: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which rows have one of the labels for an answer, and the answers' places among them (0 where there is none)."""
    places = {label: place for place, label in enumerate(labels)}
    rows = np.array([i for i, answer in enumerate(given) if answer in places])
    return rows, np.array([places.get(answer or "", 0) for answer in given])


def _importance(
    taught: Sequence[Lesson], answers: NDArray[np.int64], rows: NDArray[np.int64], balance: float
) -> NDArray[np.float64]:
    counts = np.bincount(answers[rows], minlength=answers.max() + 1) + 1
    weights = np.array([one.weight for one in taught])
    raised: NDArray[np.float64] = weights * (len(rows) / len(counts) / counts[answers]) ** balance
    return raised


def _regress(
    matrix: csr_matrix,
    answers: NDArray[np.int64],
    rows: NDArray[np.int64],
    importance: NDArray[np.float64],
    count: int,
    freedom: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights (features x answers) and biases of a multinomial logistic regression; an answer never seen gets no say."""
    model = LogisticRegression(C=freedom, max_iter=STEPS, tol=TOLERANCE)
    model.fit(matrix[rows], answers[rows], sample_weight=importance[rows])
    weights, bias = np.zeros((matrix.shape[1], count)), np.full(count, -4.0)
    if len(model.classes_) == 2:
        weights[:, model.classes_] = np.stack((-model.coef_[0] / 2, model.coef_[0] / 2), axis=1)
        bias[model.classes_] = [-model.intercept_[0] / 2, model.intercept_[0] / 2]
    else:
        weights[:, model.classes_], bias[model.classes_] = model.coef_.T, model.intercept_
    return weights, bias


def teach_readers(taught: Sequence[Lesson]) -> tuple[dict[str, Reader], Floats, list[Lesson]]:
    """The readers; and the second layer's inputs, with the lessons that they are of, as readers see texts that are new."""
    readers, tables, order = {}, [], []
    for family in FAMILIES:
        mine = [one for one in taught if one.family == family]
        readers[family], logits = Pupil(mine).learn()
        own = [i for i, one in enumerate(mine) if not one.lent]
        tables.append(inputs([mine[i].evidence for i in own], logits[own]))
        order += [mine[i] for i in own]
    return readers, np.vstack(tables), order


def teach_stack(table: Floats, order: Sequence[Lesson], without: str = "") -> Stack:
    """The second layer, or what it would be `without` one of `PIECES`: small networks of one hidden layer side by side, the
    logits averaged. Inputs are scaled for the training; the scale is then made part of the weights."""
    columns = names(ANSWERS)
    kept = np.array([not without or not PIECES[without](column) for column in columns], dtype=np.float32)
    table = table * kept
    mean, spread = table.mean(axis=0), np.maximum(table.std(axis=0), 0.05) * 2
    labels, lessons = {}, {}
    for asked in (MOOD, CASE):
        wholes = [one.whole(asked) for one in order]
        often = Counter(whole for whole in wholes if whole)
        labels[asked] = tuple(sorted(whole for whole, texts in often.items() if texts >= LEAST_WHOLE))
        rows, answers = _told(wholes, labels[asked])
        counts = np.zeros(len(order))
        counts[rows] = _importance(order, answers, rows, BALANCE.get(asked, 0.0))[rows]
        lessons[asked] = answers, counts.astype(np.float32), len(labels[asked])
    networks = [_network((table - mean) / spread, lessons, seed) for seed in range(NETWORKS)]
    hidden = np.hstack([one["hidden"] for one in networks]) * (kept / spread)[:, None]
    return Stack(
        columns,
        mean,
        hidden,
        np.concatenate([one["hidden bias"] for one in networks]) - mean @ hidden,
        labels,
        {asked: np.vstack([one[asked] for one in networks]) / np.float32(NETWORKS) for asked in labels},
        {asked: np.mean([one[f"{asked} bias"] for one in networks], axis=0, dtype=np.float32) for asked in labels},
    )


def _network(
    table: Floats, lessons: Mapping[str, tuple[NDArray[np.int64], Floats, int]], seed: int
) -> dict[str, Floats]:
    """One hidden layer for all that is asked, by Adam (Kingma & Ba, ICLR 2015) with dropout. `lessons` are by what is asked:
    each row's answer, how much it counts (0 where there is none), and how many answers there are.

    Ours because scikit-learn's network answers one question only; both learn better from one layer.
    """
    rng = np.random.default_rng(seed)

    def drawn(rows: int, columns: int) -> Floats:
        return rng.normal(0.0, np.sqrt(2 / rows), (rows, columns)).astype(np.float32)

    weights = {"hidden": drawn(table.shape[1], UNITS), "hidden bias": np.zeros(UNITS, dtype=np.float32)}
    for asked, (_, _, count) in lessons.items():
        weights |= {asked: drawn(UNITS, count), f"{asked} bias": np.zeros(count, dtype=np.float32)}
    drift = {name: np.zeros_like(weight) for name, weight in weights.items()}
    swing = {name: np.zeros_like(weight) for name, weight in weights.items()}
    steps = 0
    for _ in range(EPOCHS):
        mixed = rng.permutation(len(table))
        for at in range(0, len(table), BATCH):
            rows = mixed[at : at + BATCH]
            alive = (rng.random((len(rows), UNITS)) >= DROPPED) / np.float32(1 - DROPPED)
            units = np.maximum(table[rows] @ weights["hidden"] + weights["hidden bias"], 0.0) * alive
            slopes, back = {}, np.zeros_like(units)
            for asked, (answers, counts, _) in lessons.items():
                logits = units @ weights[asked] + weights[f"{asked} bias"]
                odds = np.exp(logits - logits.max(axis=1, keepdims=True))
                odds /= odds.sum(axis=1, keepdims=True)
                odds[np.arange(len(rows)), answers[rows]] -= 1.0
                odds *= counts[rows, None] / len(rows)
                slopes[asked] = units.T @ odds + DECAY / len(table) * weights[asked]
                slopes[f"{asked} bias"] = odds.sum(axis=0)
                back += odds @ weights[asked].T
            back *= alive * (units > 0)
            slopes["hidden"] = table[rows].T @ back + DECAY / len(table) * weights["hidden"]
            slopes["hidden bias"] = back.sum(axis=0)
            steps += 1
            pace = PACE * np.sqrt(1 - 0.999**steps) / (1 - 0.9**steps)
            for name, slope in slopes.items():
                drift[name] = 0.9 * drift[name] + 0.1 * slope
                swing[name] = 0.999 * swing[name] + 0.001 * slope**2
                weights[name] -= (pace * drift[name] / (np.sqrt(swing[name]) + 1e-8)).astype(np.float32)
    return weights


def predict(readers: dict[str, Reader], stack: Stack, asked: Sequence[Lesson]) -> dict[str, Floats]:
    """Probabilities of each question's answers, rows as in `asked`: mentions as of a brand, others as of none."""
    table = np.zeros((len(asked), len(stack.inputs)), dtype=np.float32)
    for family, reader in readers.items():
        mine = [i for i, one in enumerate(asked) if one.family == family]
        if mine:
            evidence = [asked[i].evidence for i in mine]
            table[mine] = inputs(evidence, reader.logits([one.spelled for one in evidence]))
    return answered(stack, table, np.array([one.genre == MENTION for one in asked]))


def report(odds: dict[str, Floats], asked: Sequence[Lesson]) -> dict[str, float]:
    """The figures of each question over the texts that have an answer to it."""
    figures: dict[str, float] = {"n": len(asked)}
    for question, labels in QUESTIONS.items():
        rows, truth = _told([one.answers.get(question) for one in asked], labels)
        guess = odds[question][rows].argmax(axis=1)
        truth = truth[rows]
        if question == "complaint":
            figures["complaint F1"] = f1_score(truth, guess, zero_division=0)
        elif question == "priority":
            likely = odds[question][rows]
            rings = likely[:, 0] + likely[:, 1] >= RISK_OF_P2
            figures["P1 recall"] = _mean(likely[truth == 0, 0] >= RISK_OF_P1)
            figures["P1 rung"] = _mean(rings[truth == 0])
            figures["P2 rung"] = _mean(rings[truth == 1])
            figures["precision"] = _mean(truth[rings] <= 1)
            figures["false rings"] = _mean(rings[truth == 2])
        elif question == "sentiment":
            figures["sentiment"] = recall_score(truth, guess, average="macro", zero_division=0)
            mood = np.array([asked[i].evidence.feeling.score for i in rows])
            plain = np.where(mood >= 0.1, 2, np.where(mood <= -0.1, 0, 1))
            figures["lexicon alone"] = recall_score(truth, plain, average="macro", zero_division=0)
        else:
            figures[question] = _mean(truth == guess)
    return {name: round(figure, 3) for name, figure in figures.items()}


def _mean(right: NDArray[np.bool_]) -> float:
    return float(right.mean()) if len(right) else 1.0


def detector() -> Reader:
    """Tells English, Hinglish and Turkish apart, and all three from what other languages write in Latin letters."""
    texts = [(e.text, e.language) for e in examples("en", "hi-Latn", "tr") if e.split == "train"]
    told = (line.split("\t") for line in OTHERS.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    texts += [(text, "other") for _, text in told]
    said = [telling(read(text, BRAND)) for text, _ in texts]
    keys, idf, matrix = _vectors(said, least_texts=2, paired=False)
    answers = np.array([DETECTED.index(language) for _, language in texts])
    rows = np.arange(len(texts))
    importance = np.where(answers == DETECTED.index("other"), 2.0, 1.0)
    w, b = _regress(matrix, answers, rows, importance, len(DETECTED), freedom=30.0)
    return Reader.rounded(
        keys, (w * idf[:, None]).astype(np.float32), (idf**2).astype(np.float32), b.astype(np.float32), paired=False
    )


def curriculum(splits: Collection[Split], rated: Path | None = None) -> list[Lesson]:
    """All that is learned from: these splits, the rules' cases, English lent to Hinglish, and the ratings if at hand."""
    found = [example for example in examples() if example.split in splits]
    taught = lessons(found, spoken=named) + rule_cases()
    taught += lessons((e for e in found if e.language == "en"), read_as="hi-Latn", weight=0.3, spoken=named)
    if rated is not None:
        taught += lessons(ratings(rated), weight=0.4, mood_only=True, spoken=named)
    return taught


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m analysis.train", description="Train the learned head on our corpus."
    )
    parser.add_argument(
        "--ratings", type=Path, help="folder with VADER's human ratings (vader_gt_*.jsonl), to learn from as well"
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="learn from the train split alone, show the figures of the dev split and write nothing",
    )
    parser.add_argument(
        "--ablate", action="store_true", help="show those and what each piece is worth, by leaving it out"
    )
    parser.add_argument("--languages", action="store_true", help="train only what tells the languages apart")
    options = parser.parse_args(arguments)
    if options.languages:
        detector().save(MODELS / "language.npz")
        return 0
    if options.dry_run or options.ablate:
        asked = lessons(e for e in examples() if e.split == "dev")
        readers, table, order = teach_readers(curriculum(["train"], options.ratings))
        _show("all of it", readers, teach_stack(table, order), asked)
        for piece in PIECES if options.ablate else ():
            _show(f"without {piece}", readers, teach_stack(table, order, piece), asked)
    if not options.dry_run:
        readers, table, order = teach_readers(curriculum(["train", "dev"], options.ratings))
        stack = teach_stack(table, order)
        MODELS.mkdir(exist_ok=True)
        for family, reader in readers.items():
            reader.save(MODELS / f"{family}.npz")
        stack.save(MODELS / "stack.npz")
        detector().save(MODELS / "language.npz")
        size = sum(path.stat().st_size for path in MODELS.glob("*.npz"))
        print(f"written: {size / 1e6:.1f} MB in {MODELS.name}/")  # noqa: T201
    return 0


def _show(title: str, readers: dict[str, Reader], stack: Stack, asked: Sequence[Lesson]) -> None:
    odds = predict(readers, stack, asked)
    for code in TONGUES:
        for kind in ("all", "urgency"):
            rows = [
                i
                for i, one in enumerate(asked)
                if one.evidence.language == code and (kind == "all" or one.genre == MENTION)
            ]
            chosen = {question: found[rows] for question, found in odds.items()}
            print(title, code, kind, report(chosen, [asked[i] for i in rows]))  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
