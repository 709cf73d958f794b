"""A team's settings file and environment in front of a sandbox, as the command line reads them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app import guard
from app.cli import cli
from sandbox.server import Sandbox, running

SETTINGS = """
home = "{home}"
[brands.northwind]
name = "Northwind"
own_accounts = ["x:@northwindhelp"]
[[brands.northwind.queries]]
name = "brand"
any_of = ["northwind"]
[sources.x]
poll_seconds = 1
searches_per_15_minutes = 100000
[departments.billing]
channel = "#care-billing"
topics = ["billing"]
[slack]
triage_channel = "#triage"
ops_channel = "#ops"
[judgement]
group_within_hours = 0 # many say the same words to this team, and each of them is to ring
"""
URGENT = "northwind debited me twice for one order and I can't pay my rent now"


@pytest.fixture(scope="module")
def world() -> Iterator[Sandbox]:
    with running() as sandbox:
        sandbox.slack.limits.tiers = False  # many teams share this workspace, each asking as if it were alone
        sandbox.slack.limits.burst = 1000
        yield sandbox


@dataclass
class Team:
    """A folder with a settings file, and the command line inside it."""

    folder: Path
    sandbox: Sandbox

    @property
    def file(self) -> Path:
        return self.folder / "sunwai.toml"

    def write(self, settings: str = SETTINGS) -> None:
        self.file.write_text(settings.format(home=self.folder / ".sunwai"), encoding="utf-8")

    def run(self, *words: str, input: str | None = None) -> Result:
        return CliRunner().invoke(cli, list(words), input=input)

    def ok(self, *words: str, input: str | None = None) -> str:
        """What a command printed. Fails the test where it failed."""
        result = self.run(*words, input=input)
        assert result.exit_code == 0, result.output
        return result.stdout


@pytest.fixture
def team(world: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Team:
    monkeypatch.chdir(tmp_path)
    for name in (*guard.ALL_TOKENS, *guard.ADDRESSES, guard.MARK, "DATABASE_URL", "SUNWAI_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in world.env().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SUNWAI_CONFIG", str(tmp_path / "sunwai.toml"))
    found = Team(tmp_path, world)
    found.write()
    return found
