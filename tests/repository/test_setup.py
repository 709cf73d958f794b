"""Setting up finds a Python that fits or says in one sentence what to do; and does nothing when nothing changed."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.repository.test_requirements import ROOT

TOOLS = ("sh", "dirname", "cat", "cksum", "id", "grep", "rm")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout without an environment, on a machine without any Python."""
    tmp_path = tmp_path / "checkout"
    (tmp_path / "scripts").mkdir(parents=True)
    for name in ("scripts/setup", "requirements.txt", "requirements-dev.txt", "pyproject.toml", "setup.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    for source in ROOT.glob("analysis/**/*.py"):
        (copy := tmp_path / source.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, copy)
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool) or "")
    return tmp_path


def program(checkout: Path, name: str, script: str) -> None:
    path = checkout / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def run(checkout: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(checkout / "scripts" / "setup"), *words],
        env={"PATH": str(checkout / "bin"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("pythons", [[], ["python3"], ["python3.12", "python3.11"]])
def test_without_a_fitting_python_one_sentence_says_what_to_do(checkout: Path, pythons: list[str]) -> None:
    for name in pythons:
        program(checkout, f"bin/{name}", "exit 1  # too old, whatever its name says")
    done = run(checkout)
    assert done.returncode == 1
    assert done.stderr == (
        "setup: Sunwai needs Python 3.11, 3.12 or 3.13; install one, or name it: make PYTHON=/path/to/python3\n"
    )
    assert not (checkout / ".venv").exists()


def test_the_first_python_that_fits_is_taken_and_its_failure_ends_the_setup(checkout: Path) -> None:
    program(checkout, "bin/python3.13", "exit 1")
    fitting = 'case "$*" in --version) echo Python 3.12.1;; *venv*--clear*) echo broken >&2; exit 9;; esac'
    program(checkout, "bin/python3.12", fitting)
    done = run(checkout)
    assert (done.returncode, done.stdout, done.stderr) == (9, "Making .venv with Python 3.12.1 ...\n", "broken\n")


def installed(checkout: Path) -> Path:
    """Pretend that it is set up; every use of the environment is written down in the returned file."""
    log = checkout / "log"
    program(checkout, ".venv/bin/python", "exit 0")
    program(checkout, ".venv/bin/sunwai", "exit 0")
    program(checkout, ".venv/bin/uv", f'echo "$*" >>{log}')
    assert run(checkout, "dev").returncode == 0
    return log


def test_every_requirement_is_installed_by_its_hash(checkout: Path) -> None:
    first, second = installed(checkout).read_text().splitlines()
    assert first.endswith("--require-hashes -r requirements-dev.txt")
    assert second.endswith("--no-deps -b requirements-dev.txt -e .")


def test_a_second_run_does_nothing_until_the_requirements_or_the_place_change(checkout: Path) -> None:
    log = installed(checkout)
    for words in (["dev"], []):  # what developers need holds all that a run needs
        log.write_text("")
        done = run(checkout, *words)
        assert (done.returncode, done.stdout, log.read_text()) == (0, "", "")
    with (checkout / "requirements.txt").open("a") as file:
        file.write("# changed\n")
    assert run(checkout).returncode == 0
    assert "requirements.txt" in log.read_text()


def test_what_is_compiled_is_compiled_anew_when_it_changed_and_only_then(checkout: Path) -> None:
    log = installed(checkout)
    for name, anew in (("analysis/triage.py", False), ("analysis/lexicons/scoring.py", True), ("setup.py", True)):
        log.write_text("")
        with (checkout / name).open("a") as file:
            file.write("# changed\n")
        assert run(checkout, "dev").returncode == 0
        assert log.read_text().count("--no-deps") == anew, name
        assert "--require-hashes" not in log.read_text()


def test_what_judging_keeps_is_worked_out_anew_when_a_lexicon_changed_and_only_then(checkout: Path) -> None:
    log = installed(checkout)
    program(checkout, ".venv/bin/sunwai", f'echo "$*" >>{log}')
    for change, wanted in (("", ""), ("good\t1.9\n", "analyze"), ("", "")):
        log.write_text("")
        with (checkout / "analysis/lexicons/en.tsv").open("a") as lexicon:
            lexicon.write(change)
        assert run(checkout, "dev").returncode == 0
        assert log.read_text().partition(" ")[0] == wanted


def test_without_a_package_index_changed_sources_run_as_they_are_and_are_tried_again(checkout: Path) -> None:
    log = installed(checkout)
    (checkout / "analysis/words.cpython.so").write_text("of the sources as they were")
    (checkout / "analysis/words.py").write_text("changed = True\n")
    program(checkout, ".venv/bin/uv", f'echo "$*" >>{log}; exit 2')
    for _ in range(2):
        log.write_text("")
        done = run(checkout, "dev")
        assert (done.returncode, done.stderr) == (0, "setup: not compiled\n")
        assert "--no-deps" in log.read_text()
        assert not (checkout / "analysis/words.cpython.so").exists()


def test_where_nothing_could_be_compiled_one_sentence_says_what_it_takes(checkout: Path) -> None:
    installed(checkout)
    (checkout / ".venv/.compiled").unlink()
    assert run(checkout, "dev", SUNWAI_PURE="1").stdout == "", "nothing else was asked for"
    assert "apt-get install gcc python3-dev" in run(checkout, "dev").stdout
    program(checkout, "bin/cc", "exit 0")
    (checkout / "analysis/judging__mypyc.so").write_text("compiled")
    assert run(checkout, "dev").stdout.startswith("Compiling")


def test_a_moved_checkout_gets_a_new_environment(checkout: Path) -> None:
    installed(checkout)
    moved = checkout.rename(checkout.parent / f"{checkout.name}-moved")
    assert "Sunwai needs Python" in run(moved).stderr, "the old one is gone, and this machine has no other"
    assert not (moved / ".venv").exists()
