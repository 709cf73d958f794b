"""Every setting, variable, command and column is documented as it is; every documented one exists."""

import importlib
import json
import re
from collections.abc import Iterator
from typing import Any

import click
import pytest
import yaml
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from app.cli import cli
from app.export import COLUMNS
from connectors.social import REGISTRY, build
from connectors.social.rss import FeedTable
from connectors.social.source import SourceTable
from core import marketing, settings, teams
from core.settings import Environment
from tests.repository.test_requirements import ROOT, tracked

DOCS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")}
DOCS |= {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md")}
INTERNAL = {"SUNWAI_SANDBOX", "SUNWAI_SANDBOX_LINKS"}
"""Set by the demo for its own processes; docs/sandbox.md tells of them."""
AIRFLOWS = {"AIRFLOW_HOME"}
"""Airflow's own; whoever runs it sets it."""
READ_BY_LIBRARIES = {"HTTPS_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"}


def section(document: str, heading: str) -> str:
    """The text under a heading, up to the next one."""
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", DOCS[document], re.MULTILINE | re.DOTALL)
    assert found, f"docs/{document} has no section '{heading}'"
    return found[1]


def table(text: str) -> dict[str, list[str]]:
    """The rows of a Markdown table whose first cell is `in backticks`: {first: the other cells}."""
    rows = [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if line.startswith("| `")
    ]
    return {row[0].strip("`"): row[1:] for row in rows}


# Settings ------------------------------------------------------------------------------------------------------------

TABLES: list[tuple[str, type[BaseModel]]] = [
    ("Top level", settings.Settings),
    ("[brands.KEY]", settings.BrandTable),
    ("[[brands.KEY.queries]]", settings.QueryTable),
    ("[departments.KEY]", teams.DepartmentTable),
    ("[[departments.KEY.routes]]", teams.RouteTable),
    ("[[departments.KEY.saved_replies]]", teams.SavedReply),
    ("[departments.KEY.guideline]", teams.GuidelineTable),
    ("[roles]", teams.RolesTable),
    ("[answering]", teams.AnsweringTable),
    ("[tickets]", teams.TicketsTable),
    ("[clocks]", teams.ClocksTable),
    ("[digest]", teams.DigestTable),
    ("[coverage.KEY]", teams.CoverageTable),
    ("[slack]", settings.SlackTable),
    ("[sla.P1]", teams.SlaTable),
    ("[customers]", settings.CustomersTable),
    ("[customers.hubspot_properties]", settings.HubspotTable),
    ("[stock]", settings.StockTable),
    ("[articles]", settings.ArticlesTable),
    ("[retention]", settings.RetentionTable),
    ("[web]", settings.WebTable),
    ("[ops]", settings.OpsTable),
    ("[judgement]", settings.JudgementTable),
    ("[linking]", settings.LinkingTable),
    ("[marketing]", marketing.MarketingTable),
    ("[sources.NAME]", SourceTable),
    ("[[sources.rss.feeds]]", FeedTable),
]


def source_tables() -> Iterator[tuple[str, type[BaseModel]]]:
    for name, place in REGISTRY.items():
        module = importlib.import_module(place.split(":")[0])
        found = [c for c in vars(module).values() if isinstance(c, type) and issubclass(c, SourceTable)]
        yield f"[sources.{name}]", max(found, key=lambda c: len(c.__mro__))


def default(model: type[BaseModel], key: str) -> str:
    """A key's default, as the documents write it."""
    field = model.model_fields[key]
    value: Any = field.get_default(call_default_factory=True)
    if value is PydanticUndefined:
        return "required"
    if value is None:
        return "none"
    plain = json.loads(json.dumps(value, default=lambda v: {} if isinstance(v, BaseModel) else str(v)))
    return f"`{json.dumps(plain)}`"


@pytest.mark.parametrize(("heading", "model"), [*TABLES, *source_tables()])
def test_every_setting_is_documented_with_its_default(heading: str, model: type[BaseModel]) -> None:
    own = [key for key in model.__annotations__ if key in model.model_fields]
    documented = {key: cells[0] for key, cells in table(section("settings.md", heading)).items()}
    assert documented == {key: default(model, key) for key in own}


def test_the_example_settings_are_right_for_every_source() -> None:
    found = settings.load(ROOT / "sunwai.example.toml")
    everything = Environment(dict.fromkeys(variables_of_the_example_environment(), "token"))
    every = found.model_copy(update={"sources": {n: {**t, "enabled": True} for n, t in found.sources.items()}})
    assert [source.name for source in build(every, everything)] == list(found.sources)
    assert {t.get("type", n) for n, t in found.sources.items()} == set(REGISTRY), "an example of every connector"


# Environment ---------------------------------------------------------------------------------------------------------


def variables_of_the_example_environment() -> list[str]:
    return re.findall(r"^([A-Z][A-Z0-9_]+)=$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)


def documented_variables() -> set[str]:
    text = section("settings.md", "Environment")
    return set(table(text)) | set(re.findall(r"`([A-Z][A-Z0-9]*_[A-Z0-9_]+)`", text.rpartition("Kept for later")[2]))


def variables_of_the_code() -> set[str]:
    call = re.compile(
        r"(?:environment\.(?:get|need|secret)|environ\.get|getenv)\(\s*\"([A-Z][A-Z0-9_]+)\"|environ\[\"([A-Z0-9_]+)\"\]"
    )
    found: set[str] = set()
    for name in tracked("core/*.py", "connectors/*.py", "notifier/*.py", "app/*.py", "dags/*.py"):
        found |= {a or b for a, b in call.findall((ROOT / name).read_text(encoding="utf-8"))}
    return found


def test_every_variable_is_in_the_example_and_in_the_documents() -> None:
    example = variables_of_the_example_environment()
    assert len(example) == len(set(example))
    assert set(example) == documented_variables()
    assert variables_of_the_code() - INTERNAL - AIRFLOWS <= set(example)
    for name in INTERNAL:
        assert f"`{name}`" in DOCS["sandbox.md"]


def test_every_documented_variable_is_read_or_said_to_be_for_later() -> None:
    for_later = set(
        re.findall(r"`([A-Z][A-Z0-9_]+)`", section("settings.md", "Environment").rpartition("Kept for later")[2])
    )
    assert documented_variables() - for_later - READ_BY_LIBRARIES <= variables_of_the_code()
    assert not for_later & variables_of_the_code(), "not for later any more"


# Commands ------------------------------------------------------------------------------------------------------------


def commands(command: click.Command = cli, name: str = "sunwai") -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for word, inner in command.commands.items():
            yield from commands(inner, f"{name} {word}")
    else:
        yield name, command


def test_every_command_is_documented_with_its_options() -> None:
    found = {key: cells for key, cells in table(DOCS["commands.md"]).items() if key.startswith("sunwai ")}
    rows = {re.sub(r" [A-Z\[].*", "", key): " ".join(cells) for key, cells in found.items()}
    assert set(rows) == {name for name, _ in commands()}
    for name, command in commands():
        given = [p for p in command.params if isinstance(p, click.Option)]
        contrary = {option for p in given for option in p.secondary_opts}  # such as --offline, of --online
        assert set(re.findall(r"--[a-z-]+", rows[name])) - contrary == {p.opts[-1] for p in given}, name


def test_every_command_that_the_documents_name_exists() -> None:
    names = {name for name, _ in commands()}
    groups = {name.rpartition(" ")[0] for name in names}
    for document, text in DOCS.items():
        for line in re.findall(r"(?:`|^ *(?:\$ |\.venv/bin/)?)(sunwai(?: [a-z][a-z-]*)+)", text, re.MULTILINE):
            known = [n for n in names | groups if line == n or line.startswith(n + " ")]
            assert any(n in names or line == n for n in known), f"{document}: `{line}` is no command"


def test_every_make_target_that_the_documents_name_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for document, text in DOCS.items():
        assert set(re.findall(r"`make ([a-z]+)", text)) <= targets, document


# Columns, actions, links ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COLUMNS)
def test_every_column_of_an_export_is_documented(name: str) -> None:
    assert list(table(section("exports.md", f"Export: {name}"))) == list(COLUMNS[name])  # type: ignore[index]


def test_every_metric_is_documented() -> None:
    written = re.findall(r"\"(sunwai_[a-z_]+)\"", (ROOT / "app/web/probes.py").read_text(encoding="utf-8"))
    assert written
    assert set(table(section("operations.md", "Looking"))) == set(written)


def test_every_button_is_documented() -> None:
    from notifier.interactions import ACTIONS

    assert set(table(section("slack.md", "Buttons"))) == set(ACTIONS)


def test_the_slack_manifest_asks_for_what_the_sandbox_would_refuse_without() -> None:
    manifest = yaml.safe_load((ROOT / "docs/slack-manifest.yaml").read_text(encoding="utf-8"))
    scopes = set(manifest["oauth_config"]["scopes"]["bot"])
    assert scopes == {
        "chat:write",
        "commands",
        "users:read",
        "usergroups:read",
        "channels:read",
        "groups:read",
        "channels:history",
        "groups:history",
        "metadata.message:read",
        "files:write",
    }
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert manifest["settings"]["event_subscriptions"]["bot_events"] == ["app_home_opened"]


def test_every_command_in_slack_is_documented() -> None:
    from notifier.commands import COMMAND, HELP

    documented = {row.split()[1] for row in table(section("slack.md", "Home and /sunwai"))}
    assert documented == {what.split()[0] for what in HELP} - {"help"}
    manifest = yaml.safe_load((ROOT / "docs/slack-manifest.yaml").read_text(encoding="utf-8"))
    assert [c["command"] for c in manifest["features"]["slash_commands"]] == [COMMAND]
    assert manifest["settings"]["interactivity"]["is_enabled"] is True


def test_every_link_between_documents_leads_somewhere() -> None:
    for document, text in DOCS.items():
        folder = ROOT if document in ("README.md", "CONTRIBUTING.md") else ROOT / "docs"
        for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text):
            name, _, anchor = target.partition("#")
            path = (folder / name) if name else folder / document
            assert path.exists(), f"{document} links to {target}"
            if anchor:
                headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
                slugs = {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
                assert anchor in slugs, f"{document} links to {target}"


def test_every_file_that_the_documents_name_exists() -> None:
    rooms = "core|connectors|analysis|notifier|app|dags|sandbox|docker|docs|tests|scripts"
    for document, text in DOCS.items():
        for name in re.findall(rf"`((?:{rooms})/[\w./*-]*)`", text):
            if "NAME" not in name and not name.startswith(("docker/secrets", "docker/files")):
                assert list(ROOT.glob(name)), f"{document} names {name}"
