"""Hostile posts reach Slack, the dashboard, the files and the logs as mere words; secrets reach none of them."""

import csv
import io
import json
import logging
import re
import warnings
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app import pipeline
from app.export import export
from app.opening import House, clock
from app.pipeline import run_once
from app.status import status
from core.settings import Environment, parse
from tests.end_to_end.town import P1, Town

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

DAY = Path(__file__).parents[2] / "sandbox" / "scenario" / "day.jsonl"
EVIL = [
    "<!channel> <!here> <@U0ASHA0001> <https://evil.example|northwind refund> &lt;!channel&gt; northwind",
    "northwind *bold* _it_ ~no~ `code` ```block``` > quote\n> northwind more",
    "<script>alert(1)</script><img src=x onerror=alert(1)> northwind \"'><svg/onload=alert(1)>",
    "=cmd|' /C calc'!A0 northwind",
    "+1+1 northwind",
    "-2+3 northwind",
    "@SUM(1) northwind",
    "\t=1+1 northwind",
    "northwind \u202egnp.exe \u2066hidden\u2069 \u200b\u200c\u200d zero",
    "n\u0337\u0338o\u0336r\u0335t\u0334h\u0333 northwind " + "z" + "\u0338" * 500,
    "northwind {{7*7}} ${7*7} %(name)s %s {0} #{7*7} \\u003cscript\\u003e",
    "northwind \x1b[31mred\x1b]0;title\x07 \r\n2026-01-01 ERROR fake log line",
    "नॉर्थविंड northwind मेरा पैसा वापस करो 😡👨‍👩‍👧‍👦 " + "🤬" * 300,
    "northwind " + "A" * 10_000,
    "'; DROP TABLE mentions; -- northwind",
]


def hostile() -> list[str]:
    rows = [json.loads(line) for line in DAY.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [row["text"] for row in rows if row.get("by") == "HOSTILE" and row.get("text")]


def client(town: Town) -> TestClient:
    from app.web import create_app

    app = create_app(town.store, town.house.settings, now=clock)
    return TestClient(app, base_url="http://127.0.0.1:8800", raise_server_exceptions=False)


def pages(town: Town) -> dict[str, str]:
    """Every page and every answer of the API that people can come to."""
    web = client(town)
    found = {path: web.get(path) for path in ("/cases", "/mentions", "/sources", "/api/", "/metrics", "/api/status")}
    found |= {path: web.get(path) for path in ("/api/mentions?limit=200", "/api/cases", "/api/sources", "/readyz")}
    for row in found["/api/mentions?limit=200"].json()["items"][:40]:
        for path in (f"/mentions/{row['mention']['id']}", f"/api/mentions/{row['mention']['id']}"):
            found[path] = web.get(path)
    for row in found["/api/cases"].json()["items"][:20]:
        for path in (f"/cases/{row['id']}", f"/api/cases/{row['id']}"):
            found[path] = web.get(path)
    assert {path: answer.status_code for path, answer in found.items() if answer.status_code != 200} == {}
    return {path: answer.text for path, answer in found.items()}


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inner for text in strings(each)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_hostile_posts_are_mere_words_everywhere(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    run_once(town.house)
    texts = [*EVIL, *hostile()]
    assert len(texts) > len(EVIL)
    for number, text in enumerate(texts):
        who = town.sandbox.world.author("x", f"evil{number}", name=text[:80], bio=text[:100], location="<b>=1+1</b>")
        town.sandbox.world.post("x", who, f"{text}\n{P1}")
        town.sandbox.world.post("reddit", f"evil{number}", f"{P1} {text}", place="northwind", title=text[:100])
    assert run_once(town.house).troubles == {}
    town.hurry()
    while pipeline.deliver(town.house)["sent"]:
        town.hurry()
    shown = [m for m in town.messages() if (m.get("metadata") or {}).get("event_type") == "sunwai_case"]
    assert len(shown) == 2 * len(texts)
    for text in (text for message in shown for text in strings([message["text"], message["blocks"]])):
        for tag in re.findall(r"<[^>]*>", text):
            assert re.match(r"<(https?://[^|<>\s]+\|View post|!date\^\d+\^[^<>]+)>$", tag), (tag, text)
        assert "\u202e" not in text
        assert "\x1b" not in text
    for path, page in pages(town).items():
        if not path.startswith(("/api/", "/metrics", "/readyz")):
            assert "<script>alert" not in page
            assert "<img src=x" not in page
            assert "<svg/onload" not in page
            assert "<b>=1+1" not in page
    out = io.BytesIO()
    export(town.store, "mentions", "csv", out)
    cells = [cell for row in csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"))) for cell in row]
    assert [cell for cell in cells if cell.lstrip()[:1] in ("=", "+", "@") or re.match(r"\s*-\D", cell)] == []
    assert "\x1b" not in caplog.text
    assert "ERROR fake" not in caplog.text


SECRET_NAMES = ("TOKEN", "SECRET", "PASSWORD", "CONSUMER_KEY", "CLIENT_ID")


def test_secrets_stay_in_the_environment(
    town: Town, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = {value for name, value in town.sandbox.env().items() if any(part in name for part in SECRET_NAMES)}
    assert len(secrets) > 8
    run_once(town.house)
    town.sandbox.world.post("x", "asha", P1)
    for kind in ("unauthorized", "forbidden", "malformed", "reset_after", "server_error", "credits_depleted"):
        for route in ("x.*", "reddit.*", "feeds.*", "slack.*"):
            town.sandbox.faults.add(route, kind, times=2)
    for number in range(14):
        town.hurry()
        run_once(town.house, clock() + timedelta(minutes=6 * number))
        pipeline.watch(town.house)
    wrong = {name: value + "-wrong" for name, value in town.sandbox.env().items() if value in secrets}
    environment = Environment(town.sandbox.env() | wrong)
    run_once(House(parse(town.settings), environment, town.store))
    told = json.dumps(status(town.store, town.house.settings, clock()), default=str)
    seen = {
        "log": caplog.text + "".join(str(record.exc_info) for record in caplog.records),
        "terminal": "".join(capsys.readouterr()),
        "database": town.everything_stored(),
        "status": told,
        "Slack": repr(town.messages()),
        "settings": repr(town.house) + repr(environment),
    } | pages(town)
    leaks = [(where, secret) for where, text in seen.items() for secret in secrets if secret in text]
    assert leaks == []
