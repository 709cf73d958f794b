"""The command line: what it does, and that every mistake is one sentence."""

import json
import os
import socket
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.cli import SECTIONS, cli
from tests.app.conftest import SETTINGS, URGENT, Team


def complaint(team: Team, *words: str) -> str:
    """The one sentence that a failing command says."""
    result = team.run(*words)
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("Error: ")
    assert "Traceback" not in result.output
    return lines[0]


def test_help_puts_every_command_in_a_group(team: Team) -> None:
    said = team.ok("--help")
    assert {name for names in SECTIONS.values() for name in names} == set(cli.commands)
    assert all(title in said for title in SECTIONS)
    assert "sunwai demo" in said


@pytest.mark.parametrize("words", [[name] for name in cli.commands] + [["import", "customers"], ["config", "check"]])
def test_each_command_explains_itself(team: Team, words: list[str]) -> None:
    assert len(team.ok(*words, "--help").splitlines()) > 4


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, app.cli; print(*{m.split('.')[0] for m in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pydantic", "sqlalchemy", "rich", "pandas", "airflow", "tweepy", "praw", "slack_sdk"} & set(loaded)


def test_judging_a_file_loads_neither_settings_nor_store_where_there_are_none(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": 1, "text": "my parcel is late"}\n')
    code = "import sys, app.cli\ntry: app.cli.cli()\nfinally: print(*{m.split('.')[0] for m in sys.modules})"
    environment = {name: value for name, value in os.environ.items() if name != "SUNWAI_CONFIG"}
    told = subprocess.run(
        [sys.executable, "-c", code, "analyze", "in.jsonl", "-o", "out.jsonl"],
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads((tmp_path / "out.jsonl").read_text())["language"] == "en"
    assert "numpy" in told.stdout.split()
    assert not {"pydantic", "sqlalchemy", "pandas"} & set(told.stdout.split())


def test_one_pass_takes_a_post_to_its_card(team: Team) -> None:
    team.ok("run-once")  # the first pull is history, and history does not ring
    post = team.sandbox.world.post("x", "asha", URGENT)
    done = json.loads(team.ok("run-once", "--json"))
    assert done["ingest"]["new"] == 1
    assert done["triage"]["rang"] == 1
    assert done["deliver"]["sent"] == 1
    mentions = [m["metadata"]["event_payload"]["mention"] for m in team.sandbox.slack.messages("care-billing")]
    assert mentions.count(f"x:{post.id}") == 1
    again = json.loads(team.ok("run-once", "--json"))
    assert again["deliver"]["sent"] == 0


def test_the_stages_one_by_one_do_the_same(team: Team) -> None:
    team.ok("pull", "x")
    post = team.sandbox.world.post("x", "deniz", URGENT + " again")
    assert json.loads(team.ok("pull", "--json"))["new"] == 1
    assert json.loads(team.ok("assess", "--json"))["judged"] >= 1
    rung = json.loads(team.ok("triage", "--dry-run", "--json"))
    assert [row["mention"] for row in rung] == [f"x:{post.id}"]
    assert "1 would ring." in team.run("triage", "--dry-run").stderr
    assert json.loads(team.ok("triage", "--json"))["rang"] == 1
    assert json.loads(team.ok("deliver", "--json"))["sent"] == 1
    looked = json.loads(team.ok("chase", "--json"))
    assert (looked.pop("looked") > 0, sum(looked.values())) == (True, 0), "its promises hold for a while yet"
    assert team.ok("triage").strip() == "nothing to do"


def test_a_mistyped_key_is_named_with_the_right_one(team: Team) -> None:
    team.write(SETTINGS.replace("[departments.billing]", "[departmints.billing]"))
    for command in (["config", "check"], ["run-once"], ["status"]):
        assert "'departmints'; did you mean 'departments'?" in complaint(team, *command)


def test_a_mistyped_key_of_a_source_is_named(team: Team) -> None:
    team.write(SETTINGS.replace("poll_seconds", "pol_seconds"))
    for command in (["config", "check"], ["pull"]):
        assert "sources.x.pol_seconds" in complaint(team, *command)


def test_a_file_that_is_no_toml_says_where(team: Team) -> None:
    team.file.write_text("[brands\n")
    assert "is not valid TOML" in complaint(team, "config", "check")


def test_no_settings_file_says_how_to_get_one(team: Team) -> None:
    team.file.unlink()
    assert "copy sunwai.example.toml" in complaint(team, "run-once")


@pytest.mark.parametrize("token", ["X_BEARER_TOKEN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
def test_a_missing_token_is_named_by_config_check(team: Team, monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.delenv(token)
    assert f"{token} is not set" in complaint(team, "config", "check")


@pytest.mark.parametrize("token", ["X_ACCESS_TOKEN", "REDDIT_PASSWORD", "ZENDESK_API_TOKEN"])
def test_half_an_account_to_answer_with_is_named(team: Team, monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    team.write(SETTINGS + '\n[tickets]\nsystem = "zendesk"\nsubdomain = "northwind"\n')
    team.ok("config", "check", "--offline")
    monkeypatch.delenv(token)
    assert token in complaint(team, "config", "check", "--offline")


def test_no_account_to_answer_with_is_worth_knowing(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "by hand" not in team.run("config", "check", "--offline").stderr
    for name in ("X_CONSUMER_KEY", "X_CONSUMER_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET"):
        monkeypatch.delenv(name)
    told = team.run("config", "check", "--offline")
    assert told.exit_code == 0
    assert "Note: No account is set up to answer on X: agents send their answers there by hand." in told.stderr


def test_a_missing_token_is_named_by_the_stage_that_needs_it(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLACK_BOT_TOKEN")
    assert "SLACK_BOT_TOKEN is not set" in complaint(team, "deliver")
    monkeypatch.delenv("X_BEARER_TOKEN")
    result = team.run("run-once", "--json")
    assert result.exit_code == 1
    errors = json.loads(result.stdout)["errors"]
    assert "X_BEARER_TOKEN" in errors["ingest"]
    assert "SLACK_BOT_TOKEN" in errors["deliver"]


def test_a_refused_token_is_named(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_BEARER_TOKEN", "sandbox-wrong")
    result = team.run("pull")
    assert result.exit_code == 1
    assert "X_BEARER_TOKEN" in result.stderr
    assert "sandbox-wrong" not in result.output
    monkeypatch.setenv("X_BEARER_TOKEN", team.sandbox.world.keys.x_bearer)
    team.ok("pull")  # at once: whoever mended it must not be told that it is broken
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-sandbox-wrong")
    assert "SLACK_BOT_TOKEN" in complaint(team, "config", "check")


def test_an_unknown_channel_is_named_with_its_key(team: Team) -> None:
    team.write(SETTINGS.replace("#care-billing", "#care-biling"))
    said = complaint(team, "config", "check")
    assert "departments.billing.channel" in said
    assert "#care-biling" in said


def test_an_unknown_channel_fails_the_pass_that_meets_it_and_rings_in_triage(team: Team) -> None:
    team.write(SETTINGS.replace("#care-billing", "#care-biling"))
    team.run("pull")
    post = team.sandbox.world.post("x", "chen", URGENT + " twice")
    result = team.run("run-once")
    assert result.exit_code == 1
    assert "#care-biling" in result.stderr.strip().splitlines()[-1]
    team.run("deliver")
    cards = [m["metadata"]["event_payload"].get("mention") for m in team.sandbox.slack.messages("triage")]
    assert cards.count(f"x:{post.id}") == 1


def test_config_check_passes_what_is_right(team: Team) -> None:
    assert "1 source(s)" in team.ok("config", "check", "--online")


def test_config_check_sees_a_calendar_on_which_nobody_comes_and_one_that_is_over(team: Team) -> None:
    year = ", ".join((date.today() + timedelta(days=7 * n - date.today().weekday())).isoformat() for n in range(60))
    hours = 'hours = {{ mon = ["09:00-10:00"] }}'
    team.write(f"{SETTINGS}\n[coverage.shut]\n{hours}\nholidays = [{year}]")
    assert "coverage.shut: nobody is there for more than a year" in complaint(team, "config", "check", "--offline")
    team.write(f"{SETTINGS}\n[coverage.old]\n{hours}\nholidays = [2020-01-06]")
    result = team.run("config", "check", "--offline")
    assert result.exit_code == 0
    assert "coverage.old.holidays: all of them are over" in result.output
    team.write(f"{SETTINGS}\n[coverage.right]\n{hours}")
    assert "coverage" not in team.ok("config", "check", "--offline")


def test_config_check_offline_asks_nobody(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_API_BASE_URL", "http://127.0.0.1:9/api/")
    team.ok("config", "check", "--offline")
    unsure = team.run("config", "check")
    assert unsure.exit_code == 0
    assert "could not be checked" in unsure.stderr
    assert team.run("config", "check", "--online").exit_code == 1


CUSTOMERS = (
    "customer_id,name,emails,phones,handles,account_ids,city,country,company_domain,order_ids,tier,lifetime_value\n"
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (CUSTOMERS.encode(), "no rows"),
        (b"name,emails\nAsha,a@example.org\n", "customer_id"),
        (b"\xff\xfe\x00\x81\x00", "customers.csv"),
    ],
    ids=["empty", "header only", "column missing", "no text"],
)
def test_an_empty_or_broken_customers_file_changes_nothing(team: Team, content: bytes, said: str) -> None:
    good, bad = team.folder / "good.csv", team.folder / "customers.csv"
    good.write_text(CUSTOMERS + "c1,Asha Verma,,,,x:42,,,,,gold,1200\n")
    assert json.loads(team.ok("import", "customers", str(good), "--json"))["saved"] == 1
    bad.write_bytes(content)
    sentence = complaint(team, "import", "customers", str(bad))
    assert said in sentence
    from core.store import customers, open_store

    store = open_store(f"sqlite:///{team.folder / '.sunwai/sunwai.db'}")
    with store.read() as tx:
        assert customers.get(tx, ["c1"])["c1"].name == "Asha Verma"
    store.close()
    team.write(SETTINGS + f'[customers]\ncsv = "{bad}"\n')
    assert "customers.csv" in complaint(team, "config", "check")


def test_a_customers_file_that_is_not_there_is_one_sentence(team: Team) -> None:
    assert "nowhere.csv" in complaint(team, "import", "customers", "nowhere.csv")
    assert "nowhere.csv" in complaint(team, "import", "orders", "nowhere.csv")


def test_stock_and_articles_are_imported_and_broken_rows_are_told(team: Team) -> None:
    shelves, helpful = team.folder / "stock.csv", team.folder / "articles.jsonl"
    head = "shop,city,country,sku,product,names,quantity,updated_at\n"
    shelves.write_text(f"{head}Briggate,Leeds,GB,K1,Kettle,,3,\nBriggate,Leeds,GB,K2,Toaster,,some,\n")
    helpful.write_text('{"id": 1, "language": "en", "title": "Kettles", "text": "Boil water."}\nnonsense\n')
    result = team.run("import", "stock", str(shelves), "--json")
    assert json.loads(result.stdout.splitlines()[-1]) == {"saved": 1, "rejected": 1}
    assert "line 3 of stock.csv: quantity is not a whole number" in result.output
    result = team.run("import", "articles", str(helpful), "--json")
    assert json.loads(result.stdout.splitlines()[-1]) == {"saved": 1, "rejected": 1}
    assert "line 2 of articles.jsonl: it is no JSON" in result.output
    for table in ("stock", "articles"):
        assert "nowhere.csv" in complaint(team, "import", table, "nowhere.csv")
    team.write(SETTINGS + '[stock]\ncsv = "nowhere.csv"\n[articles]\nsql = "SELECT 1"\n')
    told = team.run("config", "check", "--offline").stderr
    assert "stock.csv: There is no file nowhere.csv" in told
    assert "ARTICLES_DATABASE_URL is not set: articles.sql asks" in told


def test_config_check_names_what_customers_still_need(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUBSPOT_ACCESS_TOKEN", raising=False)
    team.write(SETTINGS + '[customers]\nhubspot = true\nparquet = "nowhere.parquet"\n')
    told = team.run("config", "check", "--offline").stderr
    assert "HUBSPOT_ACCESS_TOKEN is not set: customers.hubspot" in told
    assert "customers.parquet: There is no file nowhere.parquet" in told


def test_an_unknown_source_is_named(team: Team) -> None:
    assert "There is no source 'y': the settings have x." in complaint(team, "pull", "y")


def test_a_usage_mistake_has_exit_code_two(team: Team) -> None:
    assert team.run("pull", "--no-such-option").exit_code == 2
    assert team.run("export", "secrets").exit_code == 2


def test_an_unexpected_failure_is_one_sentence_too(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////proc/nowhere/sunwai.db")
    complaint(team, "status")
    monkeypatch.setenv("DATABASE_URL", "mysql://a/b")
    complaint(team, "status")
    (team.folder / "not.db").write_text("this is no database, it is a poem")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{team.folder / 'not.db'}")
    complaint(team, "status")


def test_status_says_by_its_exit_code_whether_all_is_well(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    team.ok("pull")
    assert json.loads(team.ok("status", "--json"))["healthy"] is True
    monkeypatch.setenv("X_BEARER_TOKEN", "sandbox-wrong")
    assert team.run("pull").exit_code == 1
    broken = team.run("status", "--json")
    assert broken.exit_code == 1
    assert json.loads(broken.stdout)["healthy"] is False


def test_a_dotenv_file_is_read_and_the_environment_wins(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    token = os.environ["X_BEARER_TOKEN"]
    monkeypatch.delenv("X_BEARER_TOKEN")
    bot = os.environ["SLACK_BOT_TOKEN"]
    (team.folder / ".env").write_text(f'X_BEARER_TOKEN="{token}"\nSLACK_BOT_TOKEN=sandbox-ignored\n')
    try:
        team.ok("config", "check", "--online")
        assert os.environ["SLACK_BOT_TOKEN"] == bot
    finally:
        os.environ["X_BEARER_TOKEN"] = token  # what a .env file sets stays, and monkeypatch knows nothing of it


def test_the_dotenv_file_beside_the_settings_is_read_from_any_folder(
    team: Team, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    token = os.environ["X_BEARER_TOKEN"]
    monkeypatch.delenv("X_BEARER_TOKEN")
    (team.folder / ".env").write_text(f"X_BEARER_TOKEN='{token}'\n")
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    try:
        team.ok("config", "check", "--offline")
    finally:
        os.environ["X_BEARER_TOKEN"] = token


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_database_file_that_is_none_is_one_sentence(
    team: Team, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    (team.folder / "broken.db").write_bytes(content)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{team.folder / 'broken.db'}")
    assert "DATABASE_URL" in complaint(team, "status")


def test_an_empty_sunwai_config_counts_as_unset(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNWAI_CONFIG", "")
    team.ok("config", "check", "--offline")


def test_analyze_keeps_order_and_tells_bad_lines(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    team.file.unlink()  # no settings needed
    lines = [json.dumps({"id": 1, "text": URGENT}), "not json", json.dumps({"id": 3, "text": "lovely shop, thank you"})]
    Path("in.jsonl").write_text("\n".join(lines))
    monkeypatch.delenv("SUNWAI_CONFIG")
    result = team.run("analyze", "in.jsonl", "-o", "out.jsonl")
    assert result.exit_code == 1
    assert result.stderr.strip() == "Error: 1 line could not be judged; each says why."
    rows = [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]
    assert [row["id"] for row in rows] == [1, None, 3]
    assert rows[0]["urgency"]["priority"] in ("P1", "P2")
    assert "error" in rows[1]
    piped = team.run("analyze", "-", input=lines[0])
    assert json.loads(piped.stdout)["id"] == 1
    assert "nowhere.jsonl" in complaint(team, "analyze", "nowhere.jsonl")


def test_replay_judges_again_and_posts_nothing(team: Team) -> None:
    team.ok("run-once")
    team.sandbox.world.post("x", "mehmet", URGENT + " thrice")
    team.ok("run-once")
    before = len(team.sandbox.slack.messages("care-billing"))
    again = json.loads(team.ok("replay", "--json"))
    assert again["again"] >= 1
    assert again["rang"] == 0
    team.ok("deliver")
    assert len(team.sandbox.slack.messages("care-billing")) == before


def test_forget_erases_the_words_in_slack_too(team: Team) -> None:
    team.ok("run-once")
    post = team.sandbox.world.post("x", "leyla", URGENT + " -- unmistakable words")
    team.ok("run-once")

    def shown() -> str:
        return json.dumps(team.sandbox.slack.messages("care-billing"))

    assert "unmistakable words" in shown()
    assert team.run("forget", "--platform", "x", "--author", post.author.id, input="n\n").exit_code == 1
    assert "unmistakable words" in shown()
    done = json.loads(team.ok("forget", "--platform", "x", "--author", post.author.id, "--yes", "--json"))
    assert done["erased"]["mentions"] == 1
    assert "unmistakable words" not in shown()
    assert "unmistakable words" not in team.ok("export", "mentions", "--format", "jsonl")


def test_export_to_a_file_and_to_standard_output(team: Team) -> None:
    team.ok("run-once")
    team.ok("export", "mentions", "-o", "mentions.csv")
    assert Path("mentions.csv").read_text().startswith(team.ok("export", "mentions").splitlines()[0])


def test_the_figures_of_a_page_are_exported_too(team: Team) -> None:
    team.ok("run-once")
    figures = [json.loads(line) for line in team.ok("export", "overview", "--format", "jsonl").splitlines()]
    assert {"mentions", "net_sentiment"} <= {row["figure"] for row in figures}
    team.ok("export", "desk", "--days", "7", "--brand", "northwind", "-o", "desk.csv")
    assert Path("desk.csv").read_text("utf-8-sig").splitlines()[1].startswith("all,")
    assert "contoso2" in complaint(team, "export", "competitors", "--brand", "contoso2")


def test_the_rest_of_the_upkeep_runs(team: Team) -> None:
    assert "up to date" in team.ok("migrate")
    for command in ("sync", "refresh", "watch", "housekeeping"):
        assert json.loads(team.ok(command, "--json")) is not None


def test_a_closed_pipe_is_no_failure(team: Team) -> None:
    lines = "\n".join(json.dumps({"id": n, "text": "northwind " * 200}) for n in range(2000))
    Path("many.jsonl").write_text(lines)
    shell = f"{sys.executable} -m app.cli analyze many.jsonl | head -c 10 > /dev/null; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.returncode == 0


@pytest.mark.parametrize("words", [["pull"], ["deliver"], ["run-once"], ["status"], ["config", "check", "--offline"]])
def test_in_a_real_process_a_mistake_is_one_sentence_too(
    team: Team, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setenv("X_BEARER_TOKEN", "sandbox-wrong")
    team.write(SETTINGS.replace("poll_seconds", "pol_seconds") if words[-1] == "--offline" else SETTINGS)
    team.run("pull")
    monkeypatch.delenv("SLACK_BOT_TOKEN") if words == ["deliver"] else None
    done = subprocess.run([sys.executable, "-m", "app.cli", *words], capture_output=True, text=True)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr + done.stdout
    assert "sandbox-wrong" not in done.stderr + done.stdout
    if words != ["status"]:
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_a_platform_that_is_down_is_told_and_is_no_failure(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_API_BASE_URL", "http://127.0.0.1:9")
    result = team.run("pull")
    assert result.exit_code == 0
    assert result.stderr.startswith("x: ")


def test_up_says_first_what_could_never_work(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        team.write(SETTINGS + f"[web]\nport = {port}\n")
        result = team.run("up")
        assert result.exit_code == 1
        assert f"Port {port} is taken" in result.stderr
    monkeypatch.delenv("SLACK_APP_TOKEN")
    assert "SLACK_APP_TOKEN is not set" in complaint(team, "up")
