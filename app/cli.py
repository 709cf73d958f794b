"""`sunwai`: every way in from a terminal. What a command needs is imported when it runs, so that `--help` is quick."""

import json
import os
import shlex
import sys
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from app.terminal import (
    NewFile,
    complain_of_channels,
    counter,
    failure,
    log_to_stderr,
    new_file,
    not_over,
    note_sources,
    one_line,
    one_stage,
    opened,
    standard_input,
    stop_on_signals,
    tell,
    tell_digests,
    tell_dry_run,
    tell_import,
    tell_pass,
    working,
)
from core.errors import SunwaiError
from core.places import config_path

EXPORTS = ("mentions", "cases", "people", "days", "topics", "answers", "overview", "competitors", "desk")
SECTIONS = {
    "Run everything": ("demo", "up", "serve"),
    "One stage at a time, each safe to run again": (
        "run-once",
        "pull",
        "assess",
        "triage",
        "chase",
        "digest",
        "report",
        "reply",
        "deliver",
        "listen-slack",
        "web",
    ),
    "Look": ("status", "config", "analyze", "link", "find-handles", "duplicates", "evaluate", "explain", "export"),
    "Keep": (
        "migrate",
        "import",
        "sync",
        "relink",
        "rollup",
        "refresh",
        "replay",
        "forget",
        "watch",
        "housekeeping",
        "token",
    ),
    "Teach it": ("label", "learn"),
}
EPILOG = """\b
Examples:
  sunwai demo                          everything, on made-up platforms, without credentials
  sunwai config check                  is my settings file right, and is every token there?
  sunwai up                            everything, with my settings
  sunwai run-once --json               one pass of every stage, counts for a script
  sunwai analyze posts.jsonl -o -      judge any texts, without a database
"""


class OneText(click.Command):
    """A command whose one argument is somebody's text, which may begin with a hyphen."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            hint = 'A TEXT that begins with a hyphen comes after --, as in sunwai explain -- "-5 stars".'
            raise click.UsageError(f"{one_line(error.format_message())} {hint}", ctx) from None


class Desk(click.Group):
    """Commands in groups that a newcomer understands, and every failure as one sentence."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        listed = {name for names in SECTIONS.values() for name in names}
        sections = {**SECTIONS, "More": tuple(sorted(set(self.commands) - listed))}
        for title, names in sections.items():
            found = [(name, self.commands[name]) for name in names if name in self.commands]
            if found:
                with formatter.section(title):
                    formatter.write_dl([(name, command.get_short_help_str(90)) for name, command in found])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except SunwaiError as error:
            raise click.ClickException(one_line(error)) from None
        except KeyboardInterrupt:
            ctx.exit(130)
        except BrokenPipeError:  # whoever read our output, such as `head`, has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except Exception as error:
            if os.environ.get("SUNWAI_DEBUG"):
                raise
            raise click.ClickException(f"{failure(error)} (SUNWAI_DEBUG=1 shows where).") from None


@click.group(
    cls=Desk, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(package_name="sunwai", message="sunwai %(version)s")
def cli() -> None:
    """Sunwai hears what people say about a brand, works out who needs help and how soon, and rings the right desk in Slack.

    Settings are read from sunwai.toml (or the file that SUNWAI_CONFIG names), secrets from the environment or a .env file
    beside it.
    """
    from app.dotenv import read_dotenv

    read_dotenv()


as_json = click.option("--json", "as_json", is_flag=True, help="Print counts as JSON, for machines.")


# Run everything ------------------------------------------------------------------------------------------------------


@cli.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Where the dashboard listens. [default: 8800]")
@click.option(
    "--speed", type=click.FloatRange(min=1), default=60.0, show_default=True, help="Made-up minutes a minute."
)
def demo(port: int | None, speed: float) -> None:
    """Run everything on made-up platforms, without credentials.

    Airflow, stand-ins for X, Reddit, feeds and Slack, and the dashboard: all on this machine alone. Ctrl-C ends it.
    """
    from app.demo import demo as run

    sys.exit(run(port=port, speed=speed))


@cli.command()
def up() -> None:
    """Run everything with your own settings: Airflow, the Slack listener and the dashboard. Ctrl-C ends it."""
    from app.up import up as run

    sys.exit(run())


@cli.command()
@click.option("--no-web", is_flag=True, help="Without the dashboard.")
@click.option("--no-listener", is_flag=True, help="Without the Slack listener (buttons).")
def serve(no_web: bool, no_listener: bool) -> None:
    """Run everything in this one process, without Airflow. Ctrl-C ends it."""
    from app.serve import serve as run

    log_to_stderr(running=True)
    with opened() as house, stop_on_signals() as stop:
        run(house, stop, web=not no_web, listener=not no_listener)


# Stages --------------------------------------------------------------------------------------------------------------


@cli.command("run-once")
@as_json
def run_once(as_json: bool) -> None:
    """One pass of every stage: pull, assess, triage, rollup, chase, digest, report, reply, deliver."""
    from app import pipeline

    with opened() as house:
        with working("One pass of every stage"):
            done = pipeline.run_once(house)
        tell_pass(done, as_json)
        note_sources(house)
        done.raise_trouble()
        complain_of_channels(house)


@cli.command()
@click.argument("sources", nargs=-1)
@as_json
def pull(sources: tuple[str, ...], as_json: bool) -> None:
    """Store new mentions from SOURCES, or from every source.

    Safe to run again, or beside Airflow: a mention is stored once whoever finds it.
    """
    from app import pipeline

    with opened() as house:
        with working("Pulling"):
            counts = pipeline.ingest(house, sources or None, mended=True)
        tell(counts, as_json)
        note_sources(house)


@cli.command()
@as_json
def assess(as_json: bool) -> None:
    """Judge what was heard: language, sentiment, urgency with reasons, and who said it."""
    from app import pipeline

    one_stage("Judging", pipeline.assess, as_json)


@cli.command()
@click.option("--dry-run", is_flag=True, help="Show what would ring, and change nothing.")
@as_json
def triage(dry_run: bool, as_json: bool) -> None:
    """Open or join a case for what was judged, and queue cards for what is urgent."""
    from app import pipeline

    if not dry_run:
        one_stage("Triaging", pipeline.triage, as_json)
        return
    with opened() as house:
        tell_dry_run(pipeline.would_ring(house), as_json)


@cli.command()
@as_json
def chase(as_json: bool) -> None:
    """Look after the clocks: warn, ring again where a promise was missed, wake what rests, hand over at a shift's end."""
    from app import pipeline

    one_stage("Looking at the clocks", pipeline.chase, as_json)


@cli.command()
@click.option("--dry-run", is_flag=True, help="Show yesterday's digests, and change nothing.")
@as_json
def digest(dry_run: bool, as_json: bool) -> None:
    """Tell each team what was said yesterday of its digest's topics, once a day, and that its guideline has changed."""
    from app import pipeline

    if not dry_run:
        one_stage("Writing digests", pipeline.digest, as_json)
        return
    with opened() as house:
        tell_digests(pipeline.would_tell(house), as_json)


@cli.command()
@click.option("--daily", "kind", flag_value="daily", help="Write the report of yesterday to a page; tell nobody.")
@click.option("--weekly", "kind", flag_value="weekly", help="Write that of the last seven full days.")
@click.option("--brand", help="Of this brand; the first of the settings unless named.")
@click.option("-o", "--output", type=NewFile(), help="The page's file; - for standard output.")
@as_json
def report(kind: str | None, brand: str | None, output: str | None, as_json: bool) -> None:
    """Tell marketing what is due: reports, alerts, mails. With --daily or --weekly, write a report to a page instead."""
    from app import pipeline

    if kind is None:
        if output or brand:
            raise click.UsageError("--output and --brand go with --daily or --weekly.")
        one_stage("Writing reports", pipeline.report, as_json)
        return
    with opened() as house, working("Writing the report"):
        not_over(output or f"sunwai-{kind}.html", *house.files)
        page = pipeline.report_page(house, brand, weekly=kind == "weekly")
    if output == "-":
        click.echo(page, nl=False)
        return
    with new_file(output or f"sunwai-{kind}.html") as file:
        file.write(page.encode())
    click.echo(f"Written to {output or f'sunwai-{kind}.html'}.")


@cli.command()
@as_json
def reply(as_json: bool) -> None:
    """Send the answers that were let out, and open the tickets that were asked for, each once."""
    from app import pipeline

    one_stage("Answering", pipeline.reply, as_json)


@cli.command()
@click.option("--retry-failed", is_flag=True, help="First queue anew what could not be sent, once its cause is mended.")
@as_json
def deliver(retry_failed: bool, as_json: bool) -> None:
    """Send what waits for Slack, the most urgent first."""
    from app import pipeline
    from core.store import outbox

    with opened() as house:
        if retry_failed:
            house.store.run(outbox.retry_failed)
        with working("Delivering"):
            counts = pipeline.deliver(house, seconds=30)
        tell(counts, as_json)
        complain_of_channels(house)


@cli.command("listen-slack")
def listen_slack() -> None:
    """Answer buttons pressed in Slack, until Ctrl-C."""
    from app.opening import promises
    from notifier.listener import run_listener

    log_to_stderr(running=True)
    with opened() as house, stop_on_signals() as stop:
        run_listener(house.store, house.settings, house.environment, stop, promises=promises(house.settings))


@cli.command()
@click.option("--host", help="The address to listen on. [default: web.host of the settings, 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="[default: web.port of the settings, 8800]")
def web(host: str | None, port: int | None) -> None:
    """Serve the dashboard, until Ctrl-C."""
    from app.serve import run_dashboard

    with opened() as house:
        run_dashboard(house, host, port)


# Look ----------------------------------------------------------------------------------------------------------------


@cli.command()
@as_json
def status(as_json: bool) -> None:
    """How the pipeline is doing. The exit code is 0 when it is healthy, else 1."""
    from app.opening import clock
    from app.status import render
    from app.status import status as look

    with opened() as house:
        found = look(house.store, house.settings, clock())
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        from rich.console import Console

        Console().print(render(found))
    if not found.healthy:
        sys.exit(1)


@cli.group()
def config() -> None:
    """Look at the settings."""


@config.command()
@click.option("--online/--offline", default=None, help="Ask Slack about its channels. [default: if its token is set]")
def check(online: bool | None) -> None:
    """Say what is wrong with the settings, one sentence a mistake. The exit code is 0 when nothing is.

    Checks the settings file, each source's table, that every token is there, the customers' files and the database; and
    with Slack's token also that its channels exist.
    """
    from app.checking import mistakes, summary
    from app.opening import read

    settings, environment = read()
    with working("Checking"):
        found = list(mistakes(settings, environment, online))
    for mistake in found:
        click.echo(f"{'Note' if mistake.harmless else 'Error'}: {one_line(mistake)}", err=True)
    if any(not mistake.harmless for mistake in found):
        sys.exit(1)
    click.echo(summary(settings))


@cli.command()
@click.argument("source", metavar="INPUT.jsonl", type=click.Path(allow_dash=True, dir_okay=False))
@click.option("-o", "--output", default="-", type=NewFile(), help="[default: -]")
@click.option("--jobs", type=click.IntRange(1, 256), help="Processes that judge at once. [default: one a core]")
def analyze(source: str, output: str, jobs: int | None) -> None:
    """Judge any file of texts, one JSON object a line; no database needed. `-` is standard input.

    In: id, text; optional lang, author_followers, source, created_at, brand. Out, a line for each line in, in order: id,
    language, sentiment, is_complaint, intent, urgency with reasons, department. A bad line gives {id, error}, and the exit
    code is then 1; the rest are still judged. A file of any length needs the same memory. OUTPUT is complete when it
    bears its name: until then it is OUTPUT.part.
    """
    from app.analyze import run

    not_over(output, source, config_path())
    wrong = run(source, output, known_brands(), jobs)
    if wrong:
        raise click.ClickException(f"{wrong} {'line' if wrong == 1 else 'lines'} could not be judged; each says why.")


@cli.command()
@click.option(
    "--customers", required=True, type=click.Path(path_type=Path), help="The CRM's customers, as CSV or Parquet."
)
@click.option(
    "--mentions", required=True, type=click.Path(allow_dash=True), help="JSON, an object a line; - for stdin."
)
@click.option("-o", "--output", default="-", type=NewFile(), help="[default: -]")
@click.option(
    "--index", type=click.Path(path_type=Path), help="A folder that keeps the customers, ready for next time."
)
def link(customers: Path, mentions: str, output: str, index: Path | None) -> None:
    """Find the customers among the authors of mentions: links.csv with mention_id, customer_id, probability and status.

    A status is linked or possible; a mention has up to five candidates, best first, or none. A line that is broken is told
    on stderr, and the exit code is then 1; the rest are still linked. The columns of both files are in docs/linking.md.
    """
    from app.link import cuts_of, run

    not_over(output, customers, mentions, config_path())
    settings = known_settings()
    wrong = run(customers, mentions, output, index, *([cuts_of(settings)] if settings else []))
    if wrong:
        raise click.ClickException(
            f"{wrong:,} {'line was' if wrong == 1 else 'lines were'} not right; the rest are linked."
        )


@cli.command("find-handles")
@click.argument("customer")
@as_json
def find_handles(customer: str, as_json: bool) -> None:
    """List the accounts, among the authors heard so far, that are probably CUSTOMER's: an id, or an e-mail address.

    For you to ask about: nothing is looked up outside, and nothing is stored.
    """
    from app.link import find_accounts, tell_accounts

    with opened() as house, counter("Compared") as count:
        found = find_accounts(house, customer, count.total)
    tell_accounts(found, as_json)


@cli.command()
@as_json
def duplicates(as_json: bool) -> None:
    """List pairs of customers who are probably one person, for you to look at; nothing is merged.

    Whoever is in the CRM twice is linked to neither row.
    """
    from app.link import find_doubles, tell_doubles

    with opened() as house, counter("Compared") as count:
        found = find_doubles(house, count.total)
    tell_doubles(found, as_json)


@cli.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--corpus",
    is_flag=False,
    flag_value="test",
    type=click.Choice(["train", "dev", "test"]),
    help="Instead of a file: a split of our own corpus. [default: test]",
)
@click.option("--language", "languages", multiple=True, help="Only texts in it: en, hi, hi-Latn, tr; may be repeated.")
@click.option("--worst", type=click.IntRange(min=0), default=10, show_default=True, help="How many mistakes to show.")
@click.option("--json", "as_json", is_flag=True, help="Print figures as JSON, for machines.")
def evaluate(file: Path | None, corpus: str | None, languages: tuple[str, ...], worst: int, as_json: bool) -> None:
    """How far we agree with what people say of the texts in FILE.

    FILE is JSON, an object a line: id and text as for `analyze`, and any of label or sentiment (negative, neutral,
    positive), language or lang_gold, is_complaint, priority, department, intent.
    """
    from app.evaluate import golds_of, measured, render

    found = measured(golds_of(file, corpus, languages, known_brands() if corpus is None else ()), worst)
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False))
        return
    from rich.console import Console

    Console().print(render(found))


@cli.command(cls=OneText)
@click.argument("words", metavar="TEXT", nargs=-1, required=True)
@click.option("--brand", help="The brand that it is about: a key of the settings, or any name.")
@click.option("--followers", type=click.IntRange(min=0), help="How many the author has.")
@click.option("--lang", default="", help="The platform's guess of the language.")
@click.option("--json", "as_json", is_flag=True, help="Print every step as JSON, for machines.")
def explain(words: tuple[str, ...], brand: str | None, followers: int | None, lang: str, as_json: bool) -> None:
    """Judge one TEXT and show each step: what was read, what it weighed, what it came to. `-` is standard input."""
    if len(words) > 1:
        quoted = shlex.join((one_line(" ".join(words)),))
        raise click.UsageError(f"TEXT is one: put quotes around it, as in sunwai explain {quoted}.")
    text = standard_input().strip() if words == ("-",) else words[0]
    if not one_line(text).strip():
        raise click.UsageError("There is no text to explain.")

    from analysis.explain import explain as told

    found = told(text, known_brands(), brand, followers, lang)
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False))
        return
    from rich.console import Console

    from app.explain import render

    Console(highlight=False).print(render(found))


@cli.command()
@click.argument("table", type=click.Choice(EXPORTS))
@click.option(
    "--format", "kind", type=click.Choice(["csv", "xlsx", "parquet", "jsonl"]), default="csv", show_default=True
)
@click.option("-o", "--output", default="-", type=NewFile(), help="[default: -]")
@click.option("--brand", help="Only of this brand: a key of the settings.")
@click.option("--days", type=click.Choice(["7", "28", "90"]), help="Only of so many days up to today.")
def export(table: Any, kind: Any, output: str, brand: str | None, days: str | None) -> None:
    """Write a table to a file or to standard output: one of all that is stored, or the figures of a page.

    Pages are `overview`, `competitors` and `desk`; they are of one brand, and of 28 days unless told.
    """
    from app.export import Wanted
    from app.export import export as write
    from app.opening import clock
    from app.page_tables import PAGES
    from app.page_tables import write as write_page

    if kind in ("parquet", "xlsx") and output == "-" and sys.stdout.isatty():
        raise click.UsageError(f"A file of {kind} is no text: name it with -o.")
    now = clock()
    wanted = Wanted.of(brand, now.date() if days else None, int(days) if days else None)
    with opened() as house, working("Exporting") if output != "-" else nullcontext():
        not_over(output, *house.files)
        if brand is not None:
            house.settings.need_brand(brand)
        with nullcontext(sys.stdout.buffer) if output == "-" else new_file(output) as out:
            if table in PAGES:
                write_page(house.store, house.settings, table, kind, out, brand, int(days or 28), now)
            else:
                write(house.store, table, kind, out, wanted=wanted, now=now)


# Keep ----------------------------------------------------------------------------------------------------------------


@cli.command()
def migrate() -> None:
    """Bring the database to this program's schema. Safe to run again."""
    with opened(migrate=True) as house:
        click.echo(f"The database is up to date ({house.store.engine.dialect.name}).")


@cli.group("import")
def import_() -> None:
    """Copy customers, orders, stock or help articles into the store."""


@import_.command("customers")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@as_json
def import_customers(file: Path, as_json: bool) -> None:
    """Add or replace the customers of a CSV or Parquet FILE; nobody is dropped.

    Columns: customer_id, name, emails, phones, handles, account_ids, city, country, company_domain, order_ids, tier,
    lifetime_value. Lists are separated by semicolons; in Parquet they may be lists.
    """
    from app.opening import clock
    from connectors import sync

    with opened() as house, counter("Stored") as count:
        tell_import(sync.import_customers(house.store, file, clock(), count.total), file, as_json)


@import_.command("orders")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@as_json
def import_orders(file: Path, as_json: bool) -> None:
    """Add or replace the orders of a CSV FILE: order_id, customer_id, status, placed_at, total, items."""
    from connectors import sync

    with opened() as house, counter("Stored") as count:
        tell_import(sync.import_orders(house.store, file, count.total), file, as_json)


@import_.command("stock")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@as_json
def import_stock(file: Path, as_json: bool) -> None:
    """Add or replace the lines of stock of a CSV FILE: shop, city, country, sku, product, names, quantity, updated_at."""
    from app.opening import clock
    from connectors import sync

    with opened() as house, counter("Stored") as count:
        tell_import(sync.import_stock(house.store, file, clock(), count.total), file, as_json)


@import_.command("articles")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@as_json
def import_articles(file: Path, as_json: bool) -> None:
    """Add or replace the help articles of a CSV or JSONL FILE: id, language, title, url, text, updated_at."""
    from app.opening import clock
    from connectors import sync

    with opened() as house, counter("Stored") as count:
        tell_import(sync.import_articles(house.store, file, clock(), count.total), file, as_json)


@cli.command("sync")
@click.option("--force", is_flag=True, help="Now, and drop customers even where more than half are missing.")
@as_json
def sync_(force: bool, as_json: bool) -> None:
    """Copy customers, orders, stock and help articles from where the settings say they are, if that is due."""
    from app import pipeline

    one_stage("Copying", lambda house: pipeline.sync(house, force=force), as_json)


@cli.command()
@click.option("--all", "everyone", is_flag=True, help="Every author, whether or not a customer has changed.")
@as_json
def relink(everyone: bool, as_json: bool) -> None:
    """Link authors anew whom a change of the customers can touch."""
    from app import pipeline

    one_stage("Linking", lambda house: pipeline.relink(house, everyone=everyone), as_json)


@cli.command()
@as_json
def rollup(as_json: bool) -> None:
    """Count anew what has changed of what the dashboard shows; the first time, everything."""
    from app import pipeline

    one_stage("Counting", pipeline.rollup, as_json)


@cli.command()
@as_json
def refresh(as_json: bool) -> None:
    """Ask the platforms which stored posts were deleted there, and erase those."""
    from app import pipeline

    one_stage("Asking", pipeline.refresh, as_json)


@cli.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only what was said since this UTC day.")
@as_json
def replay(since: datetime | None, as_json: bool) -> None:
    """Judge stored mentions again, without posting anything: old news never rings."""
    from app import pipeline

    day = since.replace(tzinfo=UTC) if since else None
    one_stage("Judging again", lambda house: pipeline.replay(house, day), as_json)


@cli.command()
@click.option("--platform", required=True, help="Such as x or reddit.")
@click.option("--author", required=True, help="The author's id on that platform.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def forget(platform: str, author: str, yes: bool, as_json: bool) -> None:
    """Erase a person: posts, profile, links to customers, and the copies in Slack. There is no way back."""
    from app import pipeline
    from core.store import erasure

    with opened() as house:
        with house.store.read() as tx:
            heard = erasure.is_known(tx, platform, author)
        if not heard:
            click.echo(
                f"Nothing is stored of {one_line(f'{platform}:{author}')}; what they post will not be.", err=True
            )
        if not yes:
            who = one_line(f"{platform}:{author}")
            click.confirm(f"Erase all that {who} ever said here, in Slack too?", abort=True, err=True)
        with working("Erasing"):
            done = pipeline.forget(house, platform, author)
        tell_pass(done, as_json)
        done.raise_trouble()


@cli.command()
@as_json
def watch(as_json: bool) -> None:
    """Tell the ops channel, once, what is wrong with the pipeline itself."""
    from app import pipeline

    one_stage("Watching", pipeline.watch, as_json)


@cli.command()
@as_json
def housekeeping(as_json: bool) -> None:
    """Erase what is older than the settings keep, and look after the database."""
    from app import pipeline

    one_stage("Tidying", pipeline.housekeeping, as_json)


@cli.group()
def token() -> None:
    """The tokens with which programs ask the dashboard's API."""


@token.command("create")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(["viewer", "agent", "lead"]),
    default="viewer",
    show_default=True,
    help="What it may do.",
)
def create_token(name: str, role: Any) -> None:
    """Make a token and print it, once: only a hash of it is kept. NAME says what it is for."""
    from app.opening import clock
    from core.store import tokens

    with opened() as house:
        click.echo(house.store.run(lambda tx: tokens.create(tx, name, role, clock())))


@token.command("list")
@as_json
def list_tokens(as_json: bool) -> None:
    """List all tokens: what each is for, what it may do, and when it was last used."""
    from core.store import tokens

    with opened() as house, house.store.read() as tx:
        found = [token.told() for token in tokens.every(tx)]
    if as_json:
        click.echo(json.dumps(found))
    for told in () if as_json else found:
        state = (
            f"revoked {told['revoked_at']}" if told["revoked_at"] else f"last used {told['last_used_at'] or 'never'}"
        )
        click.echo(f"{one_line(told['name']):24} {told['role']:7} made {told['created_at']}, {state}")


@token.command("revoke")
@click.argument("name")
def revoke_token(name: str) -> None:
    """Let the token NAME open nothing from now on."""
    from app.opening import clock
    from core.store import tokens

    with opened() as house:
        if not house.store.run(lambda tx: tokens.revoke(tx, name, clock())):
            raise click.ClickException(
                f"There is no token '{one_line(name)}' that opens anything: `sunwai token list`."
            )
        click.echo(f"The token {one_line(name)} opens nothing any more.")


# Teach it ------------------------------------------------------------------------------------------------------------


@cli.command()
@click.argument("mention_id")
@click.option("--brand", help="For which brand. [default: the only one of the settings]")
@click.option("--priority", type=click.Choice(["P1", "P2", "P3", "P4"]), help="What it should have been.")
@click.option("--not-urgent", is_flag=True, help="It should not have rung.")
@click.option("--department", help="The topic whose team should have had it, such as billing.")
@click.option("--sentiment", type=click.Choice(["negative", "neutral", "positive"]), help="How its author feels.")
@click.option("--complaint/--no-complaint", default=None, help="The brand breached what its author expected.")
@click.option("--resolved-as", help="How it ended, in one word, such as refunded.")
@click.option("--by", help="Who says so. [default: you]")
@as_json
def label(
    mention_id: str,
    brand: str | None,
    priority: str | None,
    not_urgent: bool,
    department: str | None,
    sentiment: str | None,
    complaint: bool | None,
    resolved_as: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Say what the mention MENTION_ID (platform:id) really is: where it was judged wrong, or to confirm that it is right.

    The nightly lesson learns from it. Of each kind what was said last stands.
    """
    from app import learning

    if priority and not_urgent:
        raise click.UsageError("--not-urgent is a priority by itself: give it or --priority.")
    given = {
        "priority": "not_urgent" if not_urgent else priority,
        "department": department,
        "sentiment": sentiment,
        "complaint": None if complaint is None else "yes" if complaint else "no",
        "resolved_as": resolved_as,
    }
    with opened() as house:
        said = {kind: value for kind, value in given.items() if value is not None}
        tell(learning.label(house, mention_id, brand, said, by), as_json)


@cli.command()
@click.option("--dry-run", is_flag=True, help="Show what would be adopted, and change nothing.")
@click.option("--list", "listing", is_flag=True, help="Show every version of the weights instead.")
@click.option(
    "--rollback",
    metavar="[VERSION]",
    is_flag=False,
    flag_value="",
    help="Have VERSION judge again instead, or the one before the current.",
)
@as_json
def learn(dry_run: bool, listing: bool, rollback: str | None, as_json: bool) -> None:
    """Learn from what people corrected, test it on the newest week of labels, and adopt only what is better there.

    Moves the weights of the score and the moods of the languages, a little at a time; never the floors.
    """
    from app import learning

    if dry_run + listing + (rollback is not None) > 1:
        raise click.UsageError("--dry-run, --list and --rollback are three different things: give one.")
    with opened() as house:
        if listing:
            learning.versions(house, as_json)
        elif rollback is not None:
            learning.roll_back(house, rollback or None, as_json)
        else:
            with working("Learning"):
                learning.lesson(house, dry_run, as_json)


def known_brands() -> Any:
    """The brands of the settings, or none where there is no settings file: texts are then judged without them."""
    settings = known_settings()
    return tuple(settings.brand(key) for key in settings.brands) if settings else ()


def known_settings() -> Any:
    """The settings, or None where there is no settings file and none is named."""
    if not config_path().exists() and "SUNWAI_CONFIG" not in os.environ:
        return None
    from core import settings as files

    return files.load()


def main() -> None:
    """The program as it is started. When `analyze` is done the process ends at once: to free one by one all that was loaded
    and remembered takes Python as long as to judge a hundred texts."""
    try:
        cli()
    except SystemExit as left:
        if sys.argv[1:2] == ["analyze"] and isinstance(left.code, int):
            with suppress(OSError, ValueError):
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(left.code)
        raise


if __name__ == "__main__":
    main()
