"""Where what a command needs is found."""

from pathlib import Path

import pytest

from app.opening import promises
from core.settings import parse

SETTINGS = {"brands": {"northwind": {"name": "Northwind", "queries": [{"name": "b", "any_of": ["northwind"]}]}}}


def test_promises_are_kept_in_home_or_where_that_cannot_be_written_beside_airflow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUNWAI_CONFIG", str(tmp_path / "sunwai.toml"))
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))
    assert promises(parse(SETTINGS)) == tmp_path / ".sunwai" / "promises"
    (tmp_path / "file").touch()  # nobody can make a folder in it, root neither
    closed = parse({**SETTINGS, "home": "file/home"})
    assert promises(closed) == tmp_path / "airflow" / "promises"
    monkeypatch.delenv("AIRFLOW_HOME")
    assert promises(closed) == tmp_path / "file" / "home" / "promises", (
        "where it is not written, and so nothing promised"
    )
