"""`sunwai digest`: the command tells what the dry run showed, and no terminal is steered by a stranger."""

import json
from datetime import timedelta

import pytest

from app.opening import clock
from tests.app.conftest import SETTINGS, Team

IDEAS = """
[departments.ideas]
channel = "#sales"
digest_topics = ["feedback", "praise"]
[digest]
hour = 0
"""


def test_what_was_said_yesterday_is_shown_and_then_told(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    team.write(SETTINGS + IDEAS)
    team.ok("run-once")
    wish = "It would be great if northwind sold refill packs for the filter <!channel> \x1b[2J & more"
    team.sandbox.world.post("x", "asha", wish)
    team.ok("run-once")
    monkeypatch.setattr("app.pipeline.clock", lambda: clock() + timedelta(days=1))
    shown = team.run("digest", "--dry-run")
    assert shown.exit_code == 0, shown.output
    assert "#sales:\n  📰 Digest · ideas · " in shown.stdout
    assert "> It would be great if northwind sold refill packs for the filter <!channel> [2J & more" in shown.stdout
    assert "(https://" in shown.stdout or "(http://" in shown.stdout
    assert "\x1b" not in shown.stdout
    assert shown.stderr == "1 digest would be told.\n"
    (row,) = json.loads(team.ok("digest", "--dry-run", "--json"))
    assert (row["team"], row["channel"]) == ("ideas", "#sales")
    assert json.loads(team.ok("digest", "--json")) == {"told": 1, "announced": 0}
    assert team.ok("digest").strip() == "nothing to do"
    team.ok("deliver")
    (message,) = team.sandbox.slack.messages("sales")
    assert message["text"] == row["message"]["text"]
    assert "refill packs" in json.dumps(message["blocks"])


def test_without_digests_there_is_nothing_to_tell(team: Team) -> None:
    assert team.ok("digest").strip() == "nothing to do"
    assert team.run("digest", "--dry-run").stderr == "0 digests would be told.\n"
