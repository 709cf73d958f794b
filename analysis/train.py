"""Train the learned head: `python -m analysis.train`. Needs the development requirements (scikit-learn).

Two layers. Logistic regressions over hashed n-grams answer each task; then a small regression weighs their logits against the
lexicon's signals. It learns from logits of n-gram models that had not seen the scenario family at hand, so it trusts the n-grams no
more than they deserve on new scenarios.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, recall_score
from sklearn.model_selection import GroupKFold

from analysis.corpus import Example, examples
from analysis.head import MODELS, Floats, Head, Task
from analysis.ngrams import ngrams
from analysis.tongues import signals, tongue

LABELS: dict[str, tuple[str, ...]] = {
    "sentiment": ("negative", "neutral", "positive"),
    "complaint": ("no", "yes"),
    "rings": ("no", "yes"),
    "intent": ("complaint", "question", "request", "suggestion", "lead", "praise", "news", "other"),
    "department": (
        "billing",
        "delivery",
        "product_quality",
        "outage_technical",
        "safety",
        "legal",
        "privacy_security",
        "sales_lead",
        "feedback",
        "praise",
        "spam_irrelevant",
    ),
}
FOLDS = 5


@dataclass(frozen=True)
class Settings:
    """What is tuned on the dev split: how often an n-gram must show, and how freely each layer may fit."""

    least_texts: int = 2
    freedom: float = 3.0
    stack_freedom: float = 1.0
    balance: float = 0.7  # 0 leaves the classes as they are, 1 makes them count alike


@dataclass
class Rows:
    """Texts ready to learn from. `weights` is how much each counts; `said` names the tasks that it has an answer for."""

    spelled: list[str]
    signals: Floats
    answers: dict[str, list[str]]
    families: list[str]
    languages: list[str]
    weights: NDArray[np.float64]
    only_sentiment: NDArray[np.bool_]

    def __add__(self, other: "Rows") -> "Rows":
        return Rows(
            self.spelled + other.spelled,
            np.vstack((self.signals, other.signals)),
            {task: self.answers[task] + other.answers[task] for task in LABELS},
            self.families + other.families,
            self.languages + other.languages,
            np.concatenate((self.weights, other.weights)),
            np.concatenate((self.only_sentiment, other.only_sentiment)),
        )


def rows(found: Iterable[Example], weight: float = 1.0, read_as: str = "", only_sentiment: bool = False) -> Rows:
    """Examples as the head sees them; `read_as` lends them to another language's head."""
    found = list(found)
    engines = [tongue(read_as or e.language) for e in found]
    texts = [e.text for e in found]
    return Rows(
        [engine.spelled(text) for engine, text in zip(engines, texts, strict=True)],
        signals(texts, [engine.feel(text) for engine, text in zip(engines, texts, strict=True)]),
        {
            "sentiment": [e.sentiment for e in found],
            "complaint": ["yes" if e.is_complaint else "no" for e in found],
            "rings": ["yes" if e.priority <= 2 else "no" for e in found],
            "intent": [e.intent for e in found],
            "department": [e.department for e in found],
        },
        [e.family for e in found],
        [e.language for e in found],
        np.full(len(found), weight),
        np.full(len(found), only_sentiment),
    )


class Trainer:
    def __init__(self, data: Rows, settings: Settings = Settings()) -> None:
        self.data, self.settings = data, settings
        hashes, owners = ngrams(data.spelled)
        pairs = np.unique(np.stack((hashes.astype(np.int64), owners.astype(np.int64))), axis=1)
        keys, texts = np.unique(pairs[0], return_counts=True)
        self.keys = keys[texts >= settings.least_texts].astype(np.uint32)
        self.idf = np.log((1 + len(data.spelled)) / (1 + texts[texts >= settings.least_texts])) + 1
        self.matrix = self.vectors(hashes, owners, len(data.spelled))

    def vectors(self, hashes, owners, count: int) -> csr_matrix:
        place = np.searchsorted(self.keys, hashes).clip(max=len(self.keys) - 1)
        known = self.keys[place] == hashes
        place, owners = place[known], owners[known]
        length = np.sqrt(np.maximum(np.bincount(owners, self.idf[place] ** 2, minlength=count), 1e-6))
        return csr_matrix((self.idf[place] / length[owners], (owners, place)), shape=(count, len(self.keys)))

    def fit(self, tasks: Sequence[str] = tuple(LABELS)) -> Head:
        weights, bias, made, column = [], [], {}, 0
        for task in tasks:
            labels = LABELS[task]
            taught = (
                np.flatnonzero(~self.data.only_sentiment) if task != "sentiment" else np.arange(len(self.data.spelled))
            )
            answers = np.array([labels.index(a) for a in self.data.answers[task]])
            importance = self._importance(answers, taught)
            w, b = _regress(self.matrix, answers, taught, importance, len(labels), self.settings.freedom)
            unseen = self._unseen(answers, taught, importance, len(labels))
            stack, stack_bias = _regress(
                np.hstack((unseen, self.data.signals)),
                answers,
                taught,
                importance,
                len(labels),
                self.settings.stack_freedom,
            )
            made[task] = Task(labels, slice(column, column + len(labels)), stack.astype("f4"), stack_bias.astype("f4"))
            weights.append(w)
            bias.append(b)
            column += len(labels)
        table = (np.hstack(weights) * self.idf[:, None]).astype("f4")
        return Head(self.keys, table, (self.idf**2).astype("f4"), np.concatenate(bias).astype("f4"), made)

    def _importance(self, answers, taught):
        counts = np.bincount(answers[taught], minlength=answers.max() + 1) + 1
        return self.data.weights * (len(taught) / len(counts) / counts[answers]) ** self.settings.balance

    def _unseen(self, answers, taught, importance, count):
        """Each text's logits by models that were not shown its family."""
        logits = np.zeros((len(answers), count))
        families = np.array(self.data.families)
        for train, rest in GroupKFold(FOLDS, shuffle=True, random_state=1).split(answers, groups=families):
            w, b = _regress(
                self.matrix, answers, np.intersect1d(train, taught), importance, count, self.settings.freedom
            )
            logits[rest] = self.matrix[rest] @ w + b
        return logits


def _regress(matrix, answers, taught, importance, count, freedom):
    """Weights (features x classes) and biases of a multinomial logistic regression; classes never seen get no say."""
    model = LogisticRegression(C=freedom, max_iter=300)
    model.fit(matrix[taught], answers[taught], sample_weight=importance[taught])
    weights, bias = np.zeros((matrix.shape[1], count)), np.full(count, -4.0)
    if len(model.classes_) == 2:
        weights[:, model.classes_] = np.stack((-model.coef_[0] / 2, model.coef_[0] / 2), axis=1)
        bias[model.classes_] = np.array([-model.intercept_[0] / 2, model.intercept_[0] / 2])
    else:
        weights[:, model.classes_], bias[model.classes_] = model.coef_.T, model.intercept_
    return weights, bias


def ratings(folder: Path) -> list[Example]:
    """The human ratings that ship with VADER's sources (MIT; Hutto & Gilbert, ICWSM 2014), by how clear their mean is."""
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
                found.append(Example(row["text"], "en", family, "train", label, "other", 4, "spam_irrelevant"))
    return found


def report(head: Head, data: Rows, tasks: Sequence[str] = tuple(LABELS)) -> dict[str, float]:
    logits = head.read(data.spelled)
    figures = {}
    for task in tasks:
        labels = LABELS[task]
        odds = head.answer(task, logits, data.signals)
        guess = [labels[i] for i in odds.argmax(axis=1)]
        truth = data.answers[task]
        if len(labels) == 2:
            figures[task + " f1"] = f1_score(truth, guess, pos_label="yes")
        else:
            seen = sorted(set(truth))
            figures[task + " recall"] = recall_score(truth, guess, labels=seen, average="macro", zero_division=0)
            figures[task + " right"] = float(np.mean([t == g for t, g in zip(truth, guess, strict=True)]))
    return figures
