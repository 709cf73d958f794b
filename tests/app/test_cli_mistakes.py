"""What a hurried or mistaken person types: one sentence that helps, an exit code that says so, and nothing lost."""

import errno
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import export
from app.terminal import one_line
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
    Path("soft.jsonl").symlink_to("said.jsonl")
    Path("hard.jsonl").hardlink_to("said.jsonl")
    database = heard.folder / ".sunwai" / "sunwai.db"
    kept = heard.file.read_bytes(), database.stat().st_ino
    for words in (
        ("analyze", "said.jsonl", "-o", "said.jsonl"),
        ("analyze", "said.jsonl", "-o", "./soft.jsonl"),
        ("analyze", "said.jsonl", "-o", "hard.jsonl"),
        ("analyze", "said.jsonl", "-o", "sunwai.toml"),
        ("export", "cases", "-o", "sunwai.toml"),
        ("export", "cases", "-o", str(database)),
        ("report", "--daily", "-o", str(database)),
    ):
        assert heard.run(*words).exit_code == 2
        assert f"{words[-1].removeprefix('./')} is read, and would be lost" in refused(heard, *words)
    assert (heard.file.read_bytes(), database.stat().st_ino) == kept
    Path("said.part").write_bytes(before)
    Path("same.csv").symlink_to("customers.csv")
    assert "said.part is read" in refused(heard, "analyze", "said.part", "-o", "said")
    link = ("link", "--customers", "customers.csv", "--mentions", "said.jsonl", "-o")
    for output in ("said.jsonl", "customers.csv", "same.csv"):
        assert f"{output} is read" in refused(heard, *link, output)
    assert Path("said.jsonl").read_bytes() == Path("said.part").read_bytes() == before
    assert Path("customers.csv").read_text(encoding="utf-8").endswith("Priya\n")


def test_a_redirection_into_what_is_read_is_refused_too(tmp_path: Path) -> None:
    file = tmp_path / "said.jsonl"
    row = b'{"id": 1, "text": "late again"}\n'
    file.write_bytes(row)
    environment = {name: value for name, value in os.environ.items() if name != "SUNWAI_CONFIG"}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])

    def run(line: str) -> "subprocess.CompletedProcess[str]":
        words = ["sh", "-c", f'"$0" -m app.cli {line}', sys.executable]
        return subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    for line in (
        "analyze - -o said.jsonl <said.jsonl",
        "analyze said.jsonl >>said.jsonl",
        "analyze - <said.jsonl >>said.jsonl",
    ):
        done = run(line)
        assert done.returncode == 2 and "is read, and would be lost" in done.stderr, done.stderr
        assert file.read_bytes() == row
    assert run("analyze - -o judged.jsonl <said.jsonl").returncode == 0


def test_a_file_that_holds_nothing_to_judge_says_so(team: Team) -> None:
    Path("empty.jsonl").touch()
    done = team.run("analyze", "empty.jsonl", "-o", "out.jsonl")
    assert (done.exit_code, done.stderr) == (0, "Nothing was judged: empty.jsonl is empty.\n")
    assert Path("out.jsonl").read_bytes() == b""
    piped = team.run("analyze", "-", input="\n")
    assert (piped.exit_code, piped.stdout, piped.stderr) == (0, "", "Nothing was judged: standard input is empty.\n")


def test_a_file_of_csv_is_told_what_is_read_instead(team: Team) -> None:
    Path("said.csv").write_text("id,text\n1,late again\n", encoding="utf-8")
    hint, error = refused(team, "analyze", "said.csv", "-o", "out.jsonl").splitlines()
    assert hint.startswith(
        'said.csv: it looks like CSV; what is read is JSON Lines, an object such as {"id": "1", "text"'
    )
    assert error == "Error: 2 lines could not be judged; each says why."
    Path("half.jsonl").write_text('{"id": 1, "text": "late, again"}\nid,text\n', encoding="utf-8")
    assert refused(team, "analyze", "half.jsonl", "-o", "out.jsonl").count("\n") == 1


@pytest.mark.parametrize(
    ("said", "told"), [("", ""), (" \n", ""), ("a\x1b\nb ", "a  b"), (OSError(), "OSError"), (KeyError("x"), "'x'")]
)
def test_words_are_shown_as_they_are_and_an_error_without_any_by_its_kind(said: object, told: str) -> None:
    assert one_line(said) == told


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


def test_a_dashboard_that_cannot_listen_names_what_was_given(team: Team) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert refused(team, "web", "--port", port).endswith("Choose another --port.\n")
        team.write(SETTINGS + f"[web]\nport = {port}\n")
        assert refused(team, "web").endswith("Set web.port to another one.\n")
        team.write(SETTINGS + '[web]\nsign_in = "none"\nallow_remote = true\n')
        assert refused(team, "web", "--host", "192.0.2.1").endswith("Choose another --host.\n")
