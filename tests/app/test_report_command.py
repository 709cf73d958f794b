"""`sunwai report`: tells what is due, or writes a page and tells nobody."""

import json
from pathlib import Path

from tests.app.conftest import SETTINGS, Team

MARKETING = """
[marketing]
channel = "#marketing"
hour = 0
"""


def test_a_report_is_written_to_a_page_and_nobody_is_told(team: Team, tmp_path: Path) -> None:
    team.write(SETTINGS + MARKETING)
    team.sandbox.world.post("x", "asha", "I love my northwind kettle <script>alert(1)</script>")
    team.ok("run-once")
    team.ok("rollup")
    page = tmp_path / "week.html"
    assert f"Written to {page}." in team.ok("report", "--weekly", "-o", str(page))
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "Weekly report · Northwind" in text
    assert "<script" not in text
    assert team.ok("report", "--daily", "-o", "-").startswith("<!doctype html>")
    assert team.sandbox.slack.messages("marketing") == []
    unknown = team.run("report", "--weekly", "--brand", "nordwind")
    assert unknown.exit_code != 0
    assert "There is no brand 'nordwind'" in unknown.stderr
    assert team.run("report", "-o", str(page)).exit_code == 2


def test_what_is_due_is_told_once(team: Team) -> None:
    team.write(SETTINGS + MARKETING)
    team.ok("run-once")
    found = json.loads(team.ok("report", "--json"))
    assert set(found) == {"reports", "alerts", "mailed"}
    assert team.ok("report").strip() == "nothing to do"
