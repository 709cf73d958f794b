"""What is kept from one process to the next is what would be worked out anew."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.kept import kept, kept_bytes
from tests.repository.test_requirements import ROOT

FEEL = "from analysis.lexicons import english; print(english.feel('a blorptastic day').score > 0)"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where bytecode goes, and what is kept beside it."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path


def forgotten() -> dict[str, float]:
    raise AssertionError("it is kept, and need not be worked out")


def test_what_was_told_once_is_kept(place: Path) -> None:
    told = {"not good": -1.25, "धुआं": 0.1}
    assert kept("moods", lambda: told) == told
    assert kept("moods", forgotten) == told
    assert [path.suffix for path in place.rglob("*.*") if path.is_file()] == [".kept"]


@pytest.mark.parametrize("broken", [b"", b"of another time", None])
def test_what_is_broken_or_of_another_time_is_told_anew(place: Path, broken: bytes | None) -> None:
    kept("moods", lambda: {"good": 1.0})
    (path,) = place.rglob("*.kept")
    path.write_bytes(path.read_bytes()[:40] if broken is None else broken)
    assert kept("moods", lambda: {"good": 2.0}) == {"good": 2.0}
    assert kept("moods", forgotten) == {"good": 2.0}


def test_bytes_rest_on_their_source_and_are_used_whole_or_not_at_all(place: Path) -> None:
    assert bytes(kept_bytes("rows", b"model 1", lambda: b"12345678")) == b"12345678"
    assert bytes(kept_bytes("rows", b"model 1", lambda: b"")) == b"12345678"
    (path,) = place.rglob("*.kept")
    path.write_bytes(path.read_bytes()[:-1])
    assert bytes(kept_bytes("rows", b"model 1", lambda: b"again")) == b"again"
    assert bytes(kept_bytes("rows", b"model 2", lambda: b"")) == b""
    assert bytes(kept_bytes("rows", b"model 2", lambda: b"unasked")) == b""


def test_where_nothing_may_be_written_it_is_told_each_time(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert kept("moods", lambda: {"good": 1.0}) == {"good": 1.0}
    assert not list(place.rglob("*.kept"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (place / "file").touch()
    monkeypatch.setattr(sys, "pycache_prefix", str(place / "file"))
    assert kept("moods", lambda: {"good": 1.0}) == {"good": 1.0}


def test_a_changed_lexicon_is_what_counts(tmp_path: Path) -> None:
    for name in ("analysis", "core"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("*.so", "__pycache__", "data"))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def judged() -> str:
        done = subprocess.run(
            [sys.executable, "-c", FEEL], cwd=tmp_path, env=environment, check=True, capture_output=True
        )
        return done.stdout.decode().strip()

    assert [judged(), judged()] == ["False", "False"]
    assert list(tmp_path.rglob("english.*.kept"))
    with (tmp_path / "analysis/lexicons/en.tsv").open("a") as lexicon:
        lexicon.write("blorptastic\t3.0\n")
    assert [judged(), judged()] == ["True", "True"]
