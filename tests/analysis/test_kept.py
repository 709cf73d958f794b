"""What is kept from one process to the next is what would be worked out anew."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import kept as keeping
from analysis.kept import kept, kept_arrays
from tests.repository.test_requirements import ROOT

FEEL = "from analysis.lexicons import english; print(english.feel('a blorptastic day').score > 0)"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where bytecode goes, and what is kept beside it."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path


def forgotten() -> Any:
    raise AssertionError("it is kept, and need not be worked out")


def test_what_was_told_once_is_kept(place: Path) -> None:
    told = {"not good": -1.25, "धुआं": 0.1}
    assert kept("moods", lambda: told) == told
    assert kept("moods", forgotten) == told
    assert {path.suffix for path in place.rglob("*.*") if path.is_file()} - {".seen"} == {".kept"}


@pytest.mark.parametrize("broken", [b"", b"of another time", None])
def test_what_is_broken_or_of_another_time_is_told_anew(place: Path, broken: bytes | None) -> None:
    kept("moods", lambda: {"good": 1.0})
    (path,) = place.rglob("*.kept")
    path.write_bytes(path.read_bytes()[:40] if broken is None else broken)
    assert kept("moods", lambda: {"good": 2.0}) == {"good": 2.0}
    assert kept("moods", forgotten) == {"good": 2.0}


def test_arrays_rest_on_their_source_and_are_used_whole_or_not_at_all(place: Path) -> None:
    def told(source: str) -> Any:
        model.write_text(source)
        found = kept_arrays(
            "rows", model, lambda: {"rows": np.eye(3, dtype=np.float32), "names": np.array([source, "b"])}
        )
        assert found["rows"].tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        return found["names"].tolist()

    model = place / "model"
    assert told("one") == ["one", "b"]
    assert told("two") == ["two", "b"]
    assert kept_arrays("rows", model, forgotten)["names"].tolist() == ["two", "b"]
    (path,) = place.rglob("*.kept")
    path.write_bytes(path.read_bytes()[:-1])
    assert kept_arrays("rows", model, lambda: {"none": np.empty(0)})["none"].tolist() == []
    assert list(kept_arrays("rows", model, forgotten)) == ["none"]


def test_a_file_is_read_again_only_where_it_looks_changed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def digest() -> bytes:
        return keeping._digest("model", [str(model)])

    (model := place / "model").write_text("one")
    first = digest()
    assert not list(place.rglob("*.seen"))  # so young a file may change again at the same time
    monkeypatch.setattr(keeping, "_AT_REST", -(10**12))
    assert digest() == first
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) if path != model else pytest.fail("it is read"))
    assert digest() == first
    monkeypatch.setattr(Path, "read_bytes", read)
    times = model.stat()
    model.write_text("two")
    os.utime(model, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert digest() != first


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
