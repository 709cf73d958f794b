"""How long every test in a browser waits for what it expects: machines that build are shared, and at times slow."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.playing import PATIENCE


@pytest.fixture(autouse=True)
def patient() -> Iterator[None]:
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=5_000)
