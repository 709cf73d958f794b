"""What the README shows is what the program says."""

import json
import re

import pytest

from analysis.analyze import analyze
from tests.repository.test_requirements import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def judged() -> list[tuple[dict[str, str], dict[str, object]]]:
    lines = (ROOT / "examples" / "mentions.jsonl").read_text(encoding="utf-8").splitlines()
    return [(json.loads(line), row) for line, row in zip(lines, analyze(lines, ()), strict=True)]


def test_the_first_example_is_shown_in_full_as_it_comes_out(judged: list) -> None:
    shown = re.search(r"```json\n(.*?)\n```", README, re.DOTALL)
    assert shown and json.loads(shown[1]) == judged[0][1]


def test_every_example_is_shown_as_it_is_judged(judged: list) -> None:
    for post, row in judged:
        line = f"| {post['text']} | {row['language']} | {row['urgency']['priority']} | {row['department']} |"
        assert line in README, f"README.md should say: {line}"
