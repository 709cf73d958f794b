"""Labels make probabilities truer, or change nothing."""

import numpy as np
import pytest

from analysis.identity.calibrate import FEWEST, SHIPPED, isotonic, learn, log_loss, platt
from analysis.identity.decide import LINKED, POSSIBLE


def labels(count: int, truth: float = 1.0, shift: float = 0.0, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Chances as shipped, and labels whose true log odds are `truth` times theirs plus `shift`."""
    rng = np.random.default_rng(seed)
    odds = np.concatenate([rng.uniform(-1.7, 3.8, count // 2), rng.uniform(4.0, 8.0, count - count // 2)])
    rng.shuffle(odds)
    right = rng.random(count) < 1 / (1 + np.exp(-np.where(odds < 3.9, truth * odds + shift, odds)))
    return 1 / (1 + np.exp(-odds)), right


def test_few_labels_change_nothing() -> None:
    p, y = labels(FEWEST - 1, shift=-2)
    assert learn(p.tolist(), y.tolist()) is SHIPPED


def test_labels_that_bear_the_shipped_out_change_little() -> None:
    p, y = labels(2_000)
    new, _ = labels(500, seed=2)
    assert abs(learn(p.tolist(), y.tolist())(new) - new).mean() < 0.03


@pytest.mark.parametrize("count", [500, 2_000])
def test_labels_that_do_not_make_them_truer(count: int) -> None:
    p, y = labels(count, truth=0.6, shift=-1.0)
    found = learn(p.tolist(), y.tolist())
    new, truth = labels(4_000, truth=0.6, shift=-1.0, seed=2)
    assert found is not SHIPPED
    assert log_loss(found(new), truth) < log_loss(new, truth) - 0.01


@pytest.mark.parametrize("fit", [platt, isotonic])
def test_a_surer_candidate_stays_surer(fit: object) -> None:
    found = fit(*labels(1_500, truth=0.5, shift=-0.5))  # type: ignore[operator]
    chances = found(np.linspace(0.001, 0.9999, 500))
    assert (np.diff(chances) >= -1e-12).all() and chances.min() >= 0 and chances.max() <= 1


@pytest.mark.parametrize("fit", [platt, isotonic])
def test_middling_labels_do_not_unlink_what_its_own_labels_bear_out(fit: object) -> None:
    found = fit(*labels(1_500, truth=0.5, shift=-1.0))  # type: ignore[operator]
    assert (found(np.array([LINKED + 0.001, 0.999])) >= LINKED).all()


def test_links_that_prove_wrong_are_made_no_more() -> None:
    p, y = labels(900)
    y = y & ~((p >= LINKED) & (np.arange(len(p)) % 4 == 0))
    assert (learn(p.tolist(), y.tolist())(np.array([0.985, 0.995])) < LINKED).all()


def test_what_is_never_shown_is_not_raised() -> None:
    found = learn(*(one.tolist() for one in labels(600, truth=0.5, shift=1.5)))
    low = np.array([1e-5, 0.01, POSSIBLE - 0.01])
    assert (found(low) <= low + 1e-12).all()
