"""The build server notices when tests that it counts on were passed over."""

import subprocess
import sys
from pathlib import Path

from tests.repository.expected import MARKERS, complaints

ROOT = Path(__file__).parents[2]
TESTS = """
import pytest

{tests}
"""


def report(tmp_path: Path, *tests: str) -> str:
    """The JUnit report of a real run, in two workers, of a file with these tests."""
    file = tmp_path / "test_made.py"
    file.write_text(TESTS.format(tests="\n\n".join(tests)))
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n" + "".join(f"  {m}: x\n" for m in MARKERS))
    command = [sys.executable, "-m", "pytest", "-q", "-n2", "-p", "tests.repository.expected", "--junitxml=r.xml"]
    subprocess.run(
        [*command, "-c", "pytest.ini", file.name],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=False,
    )
    return (tmp_path / "r.xml").read_text()


def passing(marker: str) -> str:
    return f"@pytest.mark.{marker}\ndef test_{marker}():\n    pass"


def test_a_run_with_all_of_them_is_complete(tmp_path: Path) -> None:
    assert complaints(report(tmp_path, *map(passing, MARKERS), "def test_other():\n    pytest.skip('not here')")) == []


def test_a_skipped_test_and_a_missing_kind_are_named(tmp_path: Path) -> None:
    skipped = "@pytest.mark.postgres\ndef test_db():\n    pytest.skip('no server')"
    assert complaints(report(tmp_path, skipped, passing("browser"))) == [
        "test_db (postgres) was skipped: no server",
        "No test marked 'postgres' has passed.",
        "No test marked 'airflow' has passed.",
    ]
