"""The demo as a newcomer runs it: real Airflow, from one command to the first card, and nothing left behind."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import tomllib
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import select

from app import demo, guard, past, pipeline, up
from app.checking import mistakes
from app.opening import House
from core import sla
from core.answer import faults, way_out
from core.errors import Misconfigured
from core.settings import Environment, parse
from core.store import answers, cases, mentions, open_store, schema
from sandbox.scenario import Player
from sandbox.server import running
from tests.end_to_end.town import LIMITS

PATIENCE = 300.0
CALM = re.compile(r"|  (✓|Sunwai demo|Open|Port|Stopping|Everything).*")


def test_the_demo_takes_no_key_of_the_outside_world(tmp_path: Path) -> None:
    outside = {
        "PATH": "/bin",
        "X_BEARER_TOKEN": "AAAAreal",
        "SLACK_BOT_TOKEN": "xoxb-real",
        "SLACK_API_BASE_URL": "https://slack.com/api/",
        "MASTODON_ACCESS_TOKEN": "real",
        "DATABASE_URL": "postgresql://u:p@db/real",
        "SUNWAI_CONFIG": "/etc/sunwai.toml",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql://u:p@db/airflow",
        "AIRFLOW_CONN_SUNWAI_SLACK": "{}",
        "HTTPS_PROXY": "http://proxy:3128",
        "NO_PROXY": "example.org",
    }
    made = demo.environment(tmp_path, demo.PORTS, outside)
    assert made["PATH"] == "/bin"
    assert made["NO_PROXY"] == "example.org,127.0.0.1,localhost"
    assert "real" not in json.dumps(made)
    assert all(guard.is_made_up(Environment(made), token) for token in guard.ALL_TOKENS if token in made)
    assert all(guard.is_loopback(made[name]) for name in guard.ADDRESSES if name in made)


def test_the_demos_settings_are_right_and_its_feeds_loopback(tmp_path: Path) -> None:
    settings = parse(tomllib.loads(demo.settings(tmp_path, demo.PORTS)))
    made = demo.environment(tmp_path, demo.PORTS, {})
    guard.check(settings, Environment(made))
    from connectors.social import build

    assert [source.name for source in build(settings, Environment(made))] == ["x", "reddit", "mastodon", "rss"]


def test_what_is_said_on_mastodon_opens_a_case_and_is_answered_there(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "sunwai.db")
    store = open_store(f"sqlite:///{tmp_path / 'sunwai.db'}")
    with running(limits=LIMITS) as sandbox:
        settings = parse(tomllib.loads(demo.settings(tmp_path, {**sandbox.ports, "web": 8800})))
        with House(settings, Environment(sandbox.env()), store) as house:
            pipeline.ingest(house, ["mastodon"])  # the first pull is history, and history does not ring
            player = Player(sandbox.world)
            made = {m.row.get("key"): player.play(m) for m in player.moves(0) if m.row.get("on") == "mastodon"}
            post = made["m2"]
            assert post is not None
            pipeline.ingest(house, ["mastodon"])
            pipeline.assess(house)
            pipeline.triage(house)
            id, text = f"mastodon:{post.id}", "Kripya plug se hata dein, hum aapko message karenge 🙏"
            with store.write() as tx:
                said, case = mentions.get(tx, [id])[id], cases.of_mentions(tx, [(id, "northwind")])[id, "northwind"]
                way = way_out(said, settings.brands["northwind"].own_accounts)
                answers.propose(tx, case.id, id, text, "U0ASHA0001", said.created_at, seen=0, approval=False, way=way)
            assert pipeline.reply(house)["sent"] == 1
        said_there = {answer.author.handle: answer.text for answer in sandbox.world.children("mastodon", post.id)}
    assert text in said_there["northwind"]


def test_the_day_begins_once_every_source_listens_so_that_whatever_is_urgent_in_it_rings(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(sqlite_template, tmp_path / "sunwai.db")
    url, curtain = f"sqlite:///{tmp_path / 'sunwai.db'}", tmp_path / demo.ALL_LISTEN
    with running("day", limits=LIMITS, speed=3600, curtain=curtain) as sandbox:
        made = demo.settings(tmp_path, {**sandbox.ports, "web": 8800})
        (tmp_path / "sunwai.toml").write_text(made, encoding="utf-8")
        surroundings = sandbox.env() | {"DATABASE_URL": url, "SUNWAI_CONFIG": str(tmp_path / "sunwai.toml")}
        for name, value in (surroundings | {guard.MARK: "1"}).items():
            monkeypatch.setenv(name, value)
        look = demo._Curtain(tmp_path)
        with House(parse(tomllib.loads(made)), Environment(surroundings), open_store(url)) as house:
            for source in house.settings.enabled_sources:
                look()
                assert not curtain.exists(), f"{source} does not listen yet"
                pipeline.ingest(house, [source])
            assert not any(list(sandbox.world.newest_first(name)) for name in ("x", "reddit", "mastodon", "feed"))
            look()
            assert curtain.exists()
            end = time.monotonic() + PATIENCE
            while not any(truth["priority"] == "P1" for truth in sandbox.world.truths()):
                assert time.monotonic() < end
                time.sleep(0.05)
            pipeline.ingest(house)
            pipeline.assess(house)
            pipeline.triage(house)
            with house.store.read() as tx:
                urgent = set(tx.scalars(select(schema.cases.c.id).where(schema.cases.c.priority <= 2)))
                cards = set(tx.scalars(select(schema.outbox.c.case_id).where(schema.outbox.c.kind == "slack_card")))
    assert urgent and urgent <= cards


def test_the_demos_desk_is_one_that_the_stand_in_has(tmp_path: Path) -> None:
    from sandbox.slack.people import CHANNELS, GROUPS, USERS

    settings = parse(tomllib.loads(demo.settings(tmp_path, demo.PORTS)))
    assert list(mistakes(settings, Environment(demo.environment(tmp_path, demo.PORTS, {})), online=False)) == []
    people = {*settings.roles.agents, *settings.roles.approvers, *settings.roles.leads}
    for team in settings.departments.values():
        people |= {
            *(step.who for step in team.escalation),
            *(one for some in (*team.speakers.values(), *team.markets.values()) for one in some),
        }
        assert team.channel.removeprefix("#") in CHANNELS
    assert people <= {one.id for one in (*USERS, *GROUPS)}
    assert {"S0AGENTS01", "S0APPROVE1", "S0LEADS001", "S0SAFETY01"} <= people
    assert settings.departments["safety"].approval == ("P1",)


def test_somebody_is_at_the_demos_desk_at_any_hour(tmp_path: Path) -> None:
    settings = parse(tomllib.loads(demo.settings(tmp_path, demo.PORTS)))
    assert {team.coverage for team in settings.departments.values()} == {"world"}
    for begins in (datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 7, 6, tzinfo=UTC)):
        assert sla.covered_between(settings.coverages["world"], begins, begins + timedelta(days=7)) == 7 * 86400


def test_every_saved_reply_of_the_demo_may_go_out_in_the_language_of_its_team(tmp_path: Path) -> None:
    settings = parse(tomllib.loads(demo.settings(tmp_path, demo.PORTS)))
    for key, team in settings.departments.items():
        languages = [reply.language for reply in team.saved_replies]
        assert languages == (["en", "hi", "hi-Latn", "tr"] if key != "sales" else [""])
        for reply in team.saved_replies:
            text = reply.text
            for mark, value in {"{name}": "Ayşe Yıldırım-Karaosmanoğlu", "{agent}": "Asha Verma"}.items():
                assert mark in text
                text = text.replace(mark, value)
            assert "{" not in text
            assert faults(text, "x") == []


def test_a_port_that_is_taken_is_told_and_the_next_one_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def enough(home: Path, ports: Mapping[str, int], outside: Mapping[str, str]) -> dict[str, str]:
        raise Misconfigured(f"the dashboard's is {ports['web']}")

    monkeypatch.setattr(demo, "environment", enough)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(demo, "PORTS", {**demo.PORTS, "web": port})
        with pytest.raises(Misconfigured, match="the dashboard's is") as told:
            demo.demo(folder=tmp_path)
        found = int(str(told.value).split()[-1])
        assert found > port
        assert f"Port {port} is taken, so the dashboard listens on {found}." in capsys.readouterr().out
        with pytest.raises(Misconfigured, match=f"Port {port} is taken: stop what uses it"):
            demo.demo(port=port, folder=tmp_path)


def test_no_two_programs_are_given_one_port() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    wanted = {"web": port, "x": port}
    found = up.free_ports(wanted, fixed={"web"})
    assert found["web"] == port < found["x"]
    assert list(up.moved(wanted, found)) == [f"Port {port} is taken, so the stand-in for x listens on {found['x']}."]


def ask(url: str) -> Any:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=10) as answer:
        return json.load(answer)


@pytest.mark.airflow
@pytest.mark.timeout(700)
def test_one_command_brings_the_first_card_through_airflow_and_leaves_nothing(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "demo"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env={**os.environ, "X_BEARER_TOKEN": "AAAAreal"},
    )
    lines: list[str] = []
    assert process.stdout is not None
    reading = threading.Thread(target=lambda: lines.extend(process.stdout), daemon=True)  # type: ignore[arg-type]
    reading.start()

    def said(what: str) -> str:
        end = time.monotonic() + PATIENCE
        while True:
            found = next((line for line in lines if what in line), None)
            if found is not None:
                return found
            assert time.monotonic() < end and process.poll() is None, "".join(lines)
            time.sleep(0.2)

    home = tmp_path / ".sunwai" / "demo"
    try:
        page = re.search(r"http://\S+", said("Open "))
        opened = time.monotonic()
        slack = re.search(r"http://\S+", said("The first card is in Slack"))
        assert page is not None and slack is not None
        assert time.monotonic() - opened < 60
        started = psutil.Process(process.pid).children(recursive=True)
        assert len(started) > 6
        settings = (home / "sunwai.toml").read_text()
        assert "127.0.0.1" in settings
        second = subprocess.run(
            [sys.executable, "-m", "app.cli", "demo"], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert second.returncode == 1
        assert second.stderr.startswith("Error: It is running already")
        assert ask(f"{page[0]}api/status")["sources"]
        assert (home / past.TOLD).exists()
        messages = [m for c in ask(f"{slack[0]}_sandbox/state")["channels"] for m in c["messages"]]
        assert any((m.get("metadata") or {}).get("event_type") == "sunwai_case" for m in messages)
        assert list((home / "airflow" / "logs").glob("dag_id=*"))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
    reading.join(5)
    assert process.returncode == 0
    _, left = psutil.wait_procs(started, timeout=5)
    assert [p for p in left if p.status() != psutil.STATUS_ZOMBIE] == []
    assert not (home / "lock").exists()
    assert not (home / "processes.json").exists()
    noise = [line for line in lines if not CALM.fullmatch(line.rstrip("\n"))]
    assert noise == []
