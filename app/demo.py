"""`sunwai demo`: everything, on a made-up day of a made-up shop. Nothing leaves this machine, and no key is needed.

It has settings, a database and an Airflow home of its own, under `.sunwai/demo`.
"""

import json
import os
import sys
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from app import guard, past, pipeline
from app.engine import Airflow, answers
from app.opening import enter
from app.serve import LINKS
from app.supervise import Lock, Program
from app.up import Preparation, Steps, free_ports, moved, run_stack, sunwai
from core.store import cursors
from sandbox.scenario import history

PORTS = {
    "web": 8800,
    "airflow": 8808,
    "x": 8811,
    "reddit": 8812,
    "feeds": 8813,
    "slack": 8814,
    "tickets": 8815,
    "mastodon": 8816,
}
SCENARIO = Path(__file__).parent.parent / "sandbox" / "scenario"
DESK = SCENARIO / "desk.toml"
OURS = (
    "SUNWAI_",
    "AIRFLOW",
    "X_",
    "REDDIT_",
    "SLACK_",
    "ZENDESK_",
    "TICKETS_",
    "MASTODON_",
    "BLUESKY_",
    "HN_",
    "DATABASE_URL",
    "CUSTOMERS_",
    "STOCK_",
    "ARTICLES_",
)
"""Variables that begin so speak of real accounts or of another run: the demo takes none of them over."""

CALM = 10
"""After its first five hours the made-up day goes on so many times slower."""

ALL_LISTEN = "listening.done"
"""A file in the demo's home: every source has had the first answer of each of its streams, so the made-up day may begin."""

SETTINGS = """\
# Made by `sunwai demo` at every start: what you change here is lost. Begin your own from sunwai.example.toml.
home = {home}

[brands.northwind]
name = "Northwind"
names = ["नॉर्थविंड"]
own_accounts = ["x:@northwind", "x:@northwindhelp", "reddit:@northwind_help", "mastodon:@northwind"]

[[brands.northwind.queries]]
name = "brand"
any_of = ["northwind", "@northwind", "@northwindhelp", "#northwind", "नॉर्थविंड"]

[brands.larkfield]
name = "Larkfield"
own_accounts = ["x:@larkfield"]
competitor = true

[[brands.larkfield.queries]]
name = "brand"
any_of = ["larkfield", "@larkfield"]

[brands.oakmere]
name = "Oakmere"
own_accounts = ["x:@oakmere"]
competitor = true

[[brands.oakmere.queries]]
name = "brand"
any_of = ["oakmere", "@oakmere"]

[sources.history] # the weeks before the first start; app/demo_history.py reads it once
type = "replay"
enabled = false
path = {history}

[sources.x]
poll_seconds = 2
searches_per_15_minutes = 100000  # the stand-in has no such limit

[sources.reddit]
poll_seconds = 2
subreddits = ["northwind", "gadgets", "india", "turkey"]
about = {{ northwind = ["northwind"] }}

[sources.mastodon]
poll_seconds = 5
requests_per_5_minutes = 30000
hashtags = {{ northwind = ["northwind"], larkfield = ["larkfield"], oakmere = ["oakmere"] }}

[sources.rss]
poll_seconds = 2
feeds = [
  {{ name = "blog", url = "{feeds}/blog/rss.xml" }},
  {{ name = "forum", url = "{feeds}/forum/atom.xml", kind = "post" }},
  {{ name = "forum comments", url = "{feeds}/forum/comments.xml", kind = "comment" }},
  {{ name = "news", url = "{feeds}/news/rss.xml" }},
  {{ name = "haber", url = "{feeds}/haber/rss.xml" }},
]

[slack]
triage_channel = "#triage"
ops_channel = "#ops"

[tickets]
system = "zendesk"
subdomain = "northwind"

[customers]
csv = {customers}
orders_csv = {orders}

[stock]
csv = {stock}

[articles]
jsonl = {articles}

[web]
port = {web}
"""


def demo(port: int | None = None, speed: float = 60.0, folder: Path | None = None) -> int:
    """Run the demo until Ctrl-C. Returns the exit code. Raises SunwaiError, such as when it is running already."""
    home = (folder or Path()).absolute() / ".sunwai" / "demo"
    steps = Steps("Sunwai demo: a made-up shop on made-up platforms, all on this machine")
    with Lock(home):
        wanted = {**PORTS, "web": port or PORTS["web"]}
        ports = free_ports(wanted, fixed={"web"} if port else set())
        for sentence in moved(wanted, ports):
            steps.say(f"  {sentence}")
        airflow = Airflow(home / "airflow", ports["airflow"], sources=4)
        adopt(environment(home, ports, os.environ) | airflow.environment())
        (home / "sunwai.toml").write_text(settings(home, ports), encoding="utf-8")
        (home / ".env").write_text(dotenv(os.environ), encoding="utf-8")
        before = _Past(home)
        before.begin()
        with steps("The store, and Northwind's customers"), enter(migrate=True) as house:
            pipeline.sync(house)
        slack = f"http://127.0.0.1:{ports['slack']}/"
        programs = [
            Program("web", sunwai("web"), ready=partial(answers, f"http://127.0.0.1:{ports['web']}/healthz")),
            Program("sandbox", sandbox(home, ports, speed), ready=partial(answers, slack)),
            Program("listener", sunwai("listen-slack")),
        ]
        looks = (_Curtain(home), _FirstCard(slack, steps))
        place = f"http://127.0.0.1:{ports['web']}/"
        return run_stack(
            home, airflow, programs, steps, place, lambda: [look() for look in looks], before.preparation()
        )


def environment(home: Path, ports: Mapping[str, int], outside: Mapping[str, str]) -> dict[str, str]:
    """The outside world's variables without its keys, with the sandbox's keys and addresses instead."""
    from sandbox import tickets
    from sandbox.slack import SlackState
    from sandbox.world import Keys

    keys, slack = Keys(), SlackState()
    address = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    kept = {name: value for name, value in outside.items() if not name.startswith(OURS)}
    exempt = [kept.get("NO_PROXY") or kept.get("no_proxy") or "", "127.0.0.1", "localhost"]
    links = {"slack": f"{address['slack']}/", "airflow": f"{address['airflow']}/"}
    return kept | {
        guard.MARK: "1",
        LINKS: json.dumps(links),
        "SUNWAI_CONFIG": str(home / "sunwai.toml"),
        "DATABASE_URL": f"sqlite:///{home / 'sunwai.db'}",
        "NO_PROXY": ",".join(filter(None, exempt)),
        "no_proxy": ",".join(filter(None, exempt)),
        "X_API_BASE_URL": address["x"],
        "X_BEARER_TOKEN": keys.x_bearer,
        "X_CONSUMER_KEY": keys.x_consumer_key,
        "X_CONSUMER_SECRET": keys.x_consumer_secret,
        "X_ACCESS_TOKEN": keys.x_access_token,
        "X_ACCESS_TOKEN_SECRET": keys.x_access_token_secret,
        "REDDIT_URL": address["reddit"],
        "REDDIT_OAUTH_URL": address["reddit"],
        "REDDIT_CLIENT_ID": keys.reddit_client_id,
        "REDDIT_CLIENT_SECRET": keys.reddit_client_secret,
        "REDDIT_USER_AGENT": keys.reddit_user_agent,
        "REDDIT_USERNAME": keys.reddit_username,
        "REDDIT_PASSWORD": keys.reddit_password,
        "MASTODON_BASE_URL": address["mastodon"],
        "MASTODON_ACCESS_TOKEN": keys.mastodon_token,
        "ZENDESK_BASE_URL": address["tickets"],
        "ZENDESK_EMAIL": tickets.EMAIL,
        "ZENDESK_API_TOKEN": tickets.TOKEN,
        "SLACK_API_BASE_URL": f"{address['slack']}/api/",
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_CLIENT_ID": slack.client_id,
        "SLACK_CLIENT_SECRET": slack.client_secret,
    }


def dotenv(variables: Mapping[str, str]) -> str:
    """The demo's keys and addresses beside its settings, so that `SUNWAI_CONFIG` alone leads a command there."""
    kept = (
        guard.MARK,
        "DATABASE_URL",
        "REDDIT_USER_AGENT",
        "REDDIT_USERNAME",
        "ZENDESK_EMAIL",
        *guard.ALL_TOKENS,
        *guard.ADDRESSES,
    )
    return "".join(f"{name}='{variables[name]}'\n" for name in kept if variables.get(name))


def settings(home: Path, ports: Mapping[str, int]) -> str:
    """The demo's settings file: where to listen, and the made-up shop's desk."""
    house = SETTINGS.format(
        home=json.dumps(str(home)),
        feeds=f"http://127.0.0.1:{ports['feeds']}",
        customers=json.dumps(str(SCENARIO / "customers.csv")),
        orders=json.dumps(str(SCENARIO / "orders.csv")),
        stock=json.dumps(str(SCENARIO / "stock.csv")),
        articles=json.dumps(str(SCENARIO / "articles.jsonl")),
        history=json.dumps(str(home / "history.jsonl")),
        web=ports["web"],
    )
    return f"{house}\n{DESK.read_text(encoding='utf-8')}"


def adopt(variables: Mapping[str, str]) -> None:
    """Make these the whole environment of this process, and so of what it starts."""
    os.environ.clear()
    os.environ.update(variables)


def sandbox(home: Path, ports: Mapping[str, int], speed: float) -> list[str]:
    stands_in = ("x", "reddit", "mastodon", "feeds", "slack", "tickets")
    named = [part for name in stands_in for part in (f"--{name}-port", str(ports[name]))]
    kept = ["--state", str(home / "world.json"), "--speed", str(speed), "--calm", str(CALM), "--roomy"]
    kept += ["--curtain", str(home / ALL_LISTEN)]
    return [sys.executable, "-m", "sandbox", *named, *kept]


class _Past:
    """The weeks before, which are lived through at the first start (`app.demo_history`)."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def begin(self) -> None:
        """A past that was broken off would be told twice, so what there is of it goes; there is nothing else yet."""
        if past.is_told(self._home):
            return
        if (self._home / "history.jsonl").exists():
            for name in ("history.jsonl", "sunwai.db", "sunwai.db-wal", "sunwai.db-shm", ALL_LISTEN):
                (self._home / name).unlink(missing_ok=True)
        past.tell(self._home, 0, history.DAYS + 1)  # and what there is of today

    def preparation(self) -> Preparation | None:
        if past.is_told(self._home):
            return None
        command = [sys.executable, "-m", "app.demo_history"]
        return Preparation(Program("history", command, once=True), "Sixty days of a made-up past", self._how_far)

    def _how_far(self) -> str:
        far = past.how_far(self._home)
        return f"{far.done}/{far.days} days" if far is not None else ""


class _Curtain:
    """Lets the made-up day begin once nothing that is said in it can be history: what a stream's first answer holds never
    rings, and a newcomer would see urgent cases that rang nobody. Later starts find it raised."""

    def __init__(self, home: Path) -> None:
        self._mark = home / ALL_LISTEN
        self._raised = self._mark.exists()

    def __call__(self) -> None:
        if not self._raised and all_listen():
            self._mark.touch()
            self._raised = True


def all_listen() -> bool:
    """Has every source had the first answer of each of its streams?"""
    with enter(migrate=False) as house, house.store.read() as tx:
        names = set(house.settings.enabled_sources)
        pulled = {state.source for state in cursors.states(tx) if state.last_ok_at}
        return names <= pulled and all(at["floor_at"] for at in cursors.positions(tx) if at["source"] in names)


class _FirstCard:
    """Says once when the first card of this start has come to the Slack stand-in."""

    def __init__(self, slack: str, steps: Steps) -> None:
        self._slack, self._steps = slack, steps
        self._began = time.time()
        self._said = False

    def __call__(self) -> None:
        if not self._said and any(float(ts) > self._began for ts in self._cards()):
            self._said = True
            self._steps.done("The first card is in Slack, through an Airflow run", self._slack)

    def _cards(self) -> list[str]:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with suppress(OSError, ValueError), opener.open(f"{self._slack}_sandbox/state", timeout=2) as answer:
            state: dict[str, Any] = json.load(answer)
            return [
                message["ts"]
                for channel in state["channels"]
                for message in channel["messages"]
                if (message.get("metadata") or {}).get("event_type") == "sunwai_case"
            ]
        return []
