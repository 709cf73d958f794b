"""How long every test in a browser waits for what it expects: machines that build are shared, and at times slow."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from notifier import timely
from tests.browser.playing import PATIENCE


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(timely, "ANSWER_WITHIN_SECONDS", 2.5)  # what is wrong with a form shows in the form
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=5_000)
