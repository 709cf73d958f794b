"""What counts as more than chance for a part of what is said, on days that are not alike."""

import numpy as np

from analysis import metrics


def bursty(draw: np.random.Generator, days: int = 28) -> np.ndarray:
    """Posts a day, ten times as scattered as by Poisson's law."""
    return draw.negative_binomial(60 / 9, 1 / 10, days)


def test_a_part_of_bursty_days_is_rarely_marked_by_chance() -> None:
    draw, marked, rounds = np.random.default_rng(11), {0.05: 0, 0.5: 0}, 1_500
    for _ in range(rounds):
        days, before = bursty(draw), bursty(draw)
        spread = metrics.spread(days.tolist(), before.tolist())
        for share in marked:
            now, was = (float(draw.binomial(some, share).sum()) for some in (days, before))
            marked[share] += metrics.count_differs(now, was, metrics.spread_of_part(spread, share)) < metrics.CHANCE
    assert all(0.02 < times / rounds < 0.08 for times in marked.values()), marked


def test_a_topic_of_few_days_is_seen_though_the_days_scatter() -> None:
    """114 posts on a price rise, 8 before, of 3,000 on days that scatter thirteenfold."""
    assert metrics.count_differs(114, 8, 13.0) > 0.005
    assert metrics.count_differs(114, 8, metrics.spread_of_part(13.0, 122 / 3_000)) < 1e-9


def test_the_whole_scatters_as_it_does() -> None:
    assert metrics.spread_of_part(7.5, 1.0) == 7.5
    assert metrics.spread_of_part(7.5, 0.0) == 1.0
    assert metrics.spread_of_part(1.0, 0.3) == 1.0
