"""What a hurried or mistaken person types: one sentence that helps, an exit code that says so, and nothing lost."""

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import export
from core.store import erasure, open_store
from tests.app.conftest import SETTINGS, Team

HEARD = """
[sources.file]
type = "replay"
path = "said.jsonl"
match = "all"
"""


@pytest.fixture
def heard(team: Team) -> Team:
    """A team that heard one person say two things, days apart."""
    team.write(SETTINGS.replace("[sources.x]\npoll_seconds = 1\nsearches_per_15_minutes = 100000\n", HEARD))
    lines = [
        {"id": str(day), "author": {"id": "77", "handle": "Priya"}, "text": f"northwind lost {day}", "created_at": at}
        for day, at in enumerate(("2026-11-01T10:00:00Z", "2026-11-05T10:00:00Z"))
    ]
    Path("said.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    for stage in ("pull", "assess", "triage"):
        team.ok(stage)
    return team


def refused(team: Team, *words: str) -> str:
    result = team.run(*words)
    assert result.exit_code in (1, 2), result.output
    assert result.stdout == ""
    assert "Traceback" not in result.output and "SUNWAI_DEBUG" not in result.output
    return result.stderr


def test_replay_since_a_day_judges_what_was_said_from_its_first_minute_in_utc(heard: Team) -> None:
    assert json.loads(heard.ok("replay", "--since", "2026-11-05", "--json"))["again"] == 1
    assert json.loads(heard.ok("replay", "--since", "2026-11-01", "--json"))["again"] == 2
    assert json.loads(heard.ok("replay", "--since", "2026-11-06", "--json"))["again"] == 0


def test_who_is_to_be_forgotten_must_be_somebody(heard: Team) -> None:
    def forget(platform: str, author: str) -> tuple[str, ...]:
        return ("forget", "--platform", platform, "--author", author, "--yes")

    assert "platforms that were heard: replay" in refused(heard, *forget("twitter", "77"))
    for handle in ("priya", "@Priya"):
        assert "It is the handle of 77" in refused(heard, *forget("replay", handle))
    assert "nobody's id on replay" in refused(heard, *forget("replay", ""))
    assert heard.ok("export", "people").count("Priya") == 1
    unheard = heard.run(*forget("replay", "78"))
    assert unheard.exit_code == 0 and "Nothing is stored of replay:78" in unheard.stderr
    assert json.loads(heard.ok(*forget("replay", "77"), "--json"))["erased"]["mentions"] == 2
    again = heard.run(*forget("replay", "77"))
    assert (again.exit_code, again.stderr) == (0, "")
    store = open_store(f"sqlite:///{heard.folder / '.sunwai' / 'sunwai.db'}")
    with store.read() as tx:
        assert erasure.forgotten(tx, ["replay:77", "replay:78", "replay:Priya"]) == {"replay:77", "replay:78"}
    store.close()


def test_an_export_of_a_brand_that_is_none_is_no_empty_file(heard: Team) -> None:
    said = refused(heard, "export", "mentions", "--brand", "nordwind", "-o", "out.csv")
    assert "There is no brand 'nordwind': the settings have northwind" in said
    assert not Path("out.csv").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("export", "cases", "-o"),
        ("report", "--daily", "-o"),
        ("analyze", "said.jsonl", "-o"),
        ("link", "--customers", "c.csv", "--mentions", "said.jsonl", "-o"),
    ],
)
def test_a_folder_that_is_not_there_is_named_before_any_work(heard: Team, words: tuple[str, ...]) -> None:
    assert "There is no folder 'nowhere/yet' to write into" in refused(heard, *words, "nowhere/yet/out")


def test_no_file_is_written_over_while_it_is_read(heard: Team) -> None:
    before = Path("said.jsonl").read_bytes()
    Path("customers.csv").write_text("customer_id,name\nC-1,Priya\n", encoding="utf-8")
    Path("said.part").write_bytes(before)
    Path("same.csv").symlink_to("customers.csv")
    assert "said.part is read" in refused(heard, "analyze", "said.part", "-o", "said")
    link = ("link", "--customers", "customers.csv", "--mentions", "said.jsonl", "-o")
    for output in ("said.jsonl", "customers.csv", "same.csv"):
        assert f"{output} is read" in refused(heard, *link, output)
    assert Path("said.jsonl").read_bytes() == Path("said.part").read_bytes() == before
    assert Path("customers.csv").read_text(encoding="utf-8").endswith("Priya\n")


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_an_export_that_breaks_off_leaves_the_file_of_before(
    heard: Team, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    out = Path(f"mentions.{kind}")
    out.write_bytes(b"of yesterday")
    out.chmod(0o600)
    whole = export._READERS["mentions"]

    def broken(*asked: Any) -> Iterator[Any]:
        yield next(whole(*asked))
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setitem(export._READERS, "mentions", broken)
    failed = heard.run("export", "mentions", "--format", kind, "-o", str(out))
    assert failed.exit_code == 1
    assert failed.stderr.startswith("Error: No space left on device")
    assert out.read_bytes() == b"of yesterday"
    assert list(Path().glob("*mentions*")) == [out], "nothing half done is left beside it"
    monkeypatch.setitem(export._READERS, "mentions", whole)
    heard.ok("export", "mentions", "--format", kind, "-o", str(out))
    assert out.read_bytes() != b"of yesterday" and out.stat().st_mode & 0o777 == 0o600
