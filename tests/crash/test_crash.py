"""A sample of crashes for every change; `make soak` does hundreds."""

from collections.abc import Iterator

import pytest

from tests.crash.world import Worker, trial

SAMPLE = 10


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    made = Worker()
    yield made
    made.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(SAMPLE))
def test_a_kill_at_any_step_loses_nothing_and_rings_once(database_url: str, worker: Worker, part: int) -> None:
    # a run takes some hundred steps; spread the sample over them, and let it drift from part to part
    outcome = trial(worker, database_url, kill_at=3 + part * 31 + part * part)
    assert outcome.kept, outcome
