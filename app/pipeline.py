"""What strings the stages together: hear, judge, ring.

Each stage may fail by itself: the others go on, and what went wrong is told at the end. All of it may run anywhere, twice,
or at once, for the stages meet in the store alone.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urljoin

from app.opening import House, clock
from core.errors import Misconfigured, RetryLater, SunwaiError
from core.store import assessments, cursors, erasure, outbox

if TYPE_CHECKING:
    from connectors.social.source import Source
    from notifier.slack_client import Slack

BREATH_SECONDS = 0.25
"""How long a loop rests between looks at what waits; a look that finds nothing is a few index reads."""

log = logging.getLogger("sunwai.pipeline")

Counts = dict[str, int]


@dataclass(slots=True)
class Pass:
    """What one pass, or many, did: counts by stage, and by stage what went wrong last."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    troubles: dict[str, Exception] = field(default_factory=dict)

    def attempt(self, stage: str, work: Callable[[], Counts]) -> Counts:
        """Do a stage's work and add what it counts. What it raises is kept and logged once, not passed on."""
        try:
            counts = work()
        except Exception as error:
            if str(error) != str(self.troubles.get(stage)):
                expected = isinstance(error, SunwaiError)
                log.warning("%s: %s", stage, error, exc_info=None if expected else error)
            self.troubles[stage] = error
            return {}
        self.troubles.pop(stage, None)
        self.counts.setdefault(stage, Counter()).update(counts)
        return counts

    def as_dict(self) -> dict[str, Counts]:
        return {stage: dict(counts) for stage, counts in self.counts.items()}

    def raise_trouble(self) -> None:
        """Raise what went wrong, if anything did. What a person must mend goes first; a busy other side is no trouble
        here, for its source waits and tries again by itself."""
        found = [error for error in self.troubles.values() if not isinstance(error, RetryLater)]
        for error in sorted(found, key=lambda error: not isinstance(error, Misconfigured)):
            raise error


def ingest(
    house: House, only: Collection[str] | None = None, now: datetime | None = None, *, mended: bool = False
) -> Counts:
    """Pull the sources, or those in `only`, once. Raises Misconfigured, after all had their turn, where a person must
    mend one of them; each source stands for itself. `mended` also tries now those that wait for a person."""
    found = Pass()
    for name in _names(house, only):
        found.attempt(name, lambda name=name: ingest_one(house, build(house, name), now or clock(), mended))  # type: ignore[misc]
    total = sum(found.counts.values(), Counter[str]())
    found.raise_trouble()
    return dict(total)


def assess(house: House, now: datetime | None = None) -> Counts:
    """Judge all that was heard and not judged yet."""
    from analysis.assess import assess as stage

    return _drain(house, "to_assess", lambda: stage(house.store, house.settings, now or clock()))


def triage(house: House, now: datetime | None = None) -> Counts:
    """Open or join a case for all that was judged and not triaged yet."""
    from analysis.triage import triage as stage

    return _drain(house, "to_triage", lambda: stage(house.store, house.settings, now or clock()))


def deliver(house: House, slack: "Slack | None" = None, now: datetime | None = None, seconds: float = 0.0) -> Counts:
    """Send what waits for Slack; with `seconds`, stay that long for messages that wait for their channel's pace."""
    from notifier.deliver import deliver as stage

    return stage(house.store, slack or connect_slack(house), house.settings, now or clock(), seconds=seconds)


def chase(house: House, now: datetime | None = None) -> Counts:
    """Warn of the clocks that run out, ring for those that did, wake what rests, and hand over where a shift has ended; and
    ask what the people are called who have cases."""
    from notifier.chase import chase as stage
    from notifier.colleagues import learn_names
    from notifier.shifts import hand_over_shift

    moment, archives, slack = now or clock(), _archives(house), Once(lambda: connect_slack(house))
    done = Pass()
    done.attempt("chase", lambda: stage(house.store, house.settings, moment, archives=archives))
    done.attempt(
        "hand over", lambda: hand_over_shift(house.store, house.settings, moment, archives=archives, slack=slack)
    )
    done.attempt("names", lambda: learn_names(house.store, slack, moment))
    done.raise_trouble()
    return {name: count for counts in done.counts.values() for name, count in counts.items()}


def digest(house: House, now: datetime | None = None) -> Counts:
    """Tell each team of the day before, once its hour has come, and of its guideline where that has changed."""
    from notifier.digest import digest as stage

    return stage(house.store, house.settings, now or clock())


def would_tell(house: House, now: datetime | None = None) -> list[dict[str, Any]]:
    """The digests of yesterday as `digest` would tell them; nothing is changed."""
    from notifier.digest import would_tell as stage

    return stage(house.store, house.settings, now or clock())


def report(house: House, now: datetime | None = None) -> Counts:
    """Tell marketing what is due, and mail it where that is asked for; see `app.marketing`."""
    from app import mailing, marketing

    moment, settings = now or clock(), house.settings
    send = partial(mailing.send, settings, house.environment)
    done = Pass()
    done.attempt("report", lambda: marketing.tell(house.store, settings, moment))
    done.attempt("mail", lambda: marketing.mail(house.store, settings, send, moment))
    done.raise_trouble()
    return {name: count for counts in done.counts.values() for name, count in counts.items()}


def report_page(house: House, brand: str | None, now: datetime | None = None, *, weekly: bool) -> str:
    """A report of the last full day or week as a page; nothing is changed. Raises Misconfigured for an unknown brand."""
    from app import marketing
    from app.report_page import html
    from core.store import mentions
    from core.tongue import speaking

    key = brand or house.settings.reported_brands[0]
    house.settings.need_brand(key)
    made, images = marketing.would_tell(house.store, house.settings, key, now or clock(), weekly=weekly)
    with house.store.read() as tx:
        said = mentions.get(tx, made.posts)
    with speaking(house.settings.language_of(made.audience)):
        return html(made, house.settings.brands[key].name, said, images)


def _archives(house: House) -> str:
    """Where people open a message by its channel and time: Slack finds their workspace by itself, a stand-in has its own."""
    from app.guard import is_loopback

    address = house.environment.get("SLACK_API_BASE_URL") or ""
    return urljoin(address, "/archives/") if is_loopback(address) else "https://slack.com/archives/"


def reply(house: House, now: datetime | None = None) -> Counts:
    """Send the answers that were let out, and open the tickets that were asked for."""
    from connectors.reply import reply as stage

    return stage(house.store, house.settings, house.environment, now or clock())


def watch(house: House, now: datetime | None = None) -> Counts:
    """Tell the ops channel what is wrong with the pipeline, once."""
    from notifier.ops import watch as stage

    return stage(house.store, house.settings, now or clock())


def refresh(house: House, now: datetime | None = None) -> Counts:
    """Ask the platforms which stored posts are gone, and erase those."""
    from connectors.ingest import refresh as stage

    found = Pass()
    for name in _names(house, None):
        found.attempt(name, lambda name=name: stage(house.store, [build(house, name)], now or clock()))  # type: ignore[misc]
    found.raise_trouble()
    return dict(sum(found.counts.values(), Counter[str]()))


def sync(house: House, now: datetime | None = None, *, force: bool = False) -> Counts:
    """Copy customers and orders into the store, if that is due."""
    from analysis.identity import keep
    from connectors.sync import sync as stage

    counts = stage(house.store, house.settings, house.environment, now or clock(), force=force)
    if counts.get("customers") or counts.get("dropped"):
        keep.prepare(house.store, now or clock())
    return counts


def housekeeping(house: House, now: datetime | None = None) -> Counts:
    """Let go of what is older than the team keeps, and look after the database."""
    from app.housekeeping import housekeeping as stage

    return stage(house.store, house.settings, now or clock())


def learn(house: House, now: datetime | None = None) -> Counts:
    """Learn from what the desk corrected, and adopt what is better."""
    from analysis.learn import learn as stage

    return stage(house.store, house.settings, now or clock())


def relink(house: House, now: datetime | None = None, *, everyone: bool = False) -> Counts:
    """Link authors anew whom a change of the customers can touch, or everyone."""
    from analysis.relink import relink as stage

    return stage(house.store, house.settings, now or clock(), everyone=everyone)


def rollup(house: House, now: datetime | None = None) -> Counts:
    """Count anew what has changed of what the dashboard shows."""
    from analysis.rollup import rollup as stage

    return stage(house.store, house.settings, now or clock())


def would_ring(house: House, now: datetime | None = None) -> list[dict[str, Any]]:
    """What `triage` would ring for, and why; nothing is changed."""
    from analysis.triage import triage as stage

    return list(stage(house.store, house.settings, now or clock(), dry_run=True))


def replay(house: House, since: datetime | None = None, now: datetime | None = None) -> Counts:
    """Judge stored mentions again, those created since `since` or all. They may join cases, but never ring."""
    again = house.store.run(lambda tx: assessments.judge_again(tx, since))
    judged = assess(house, now)
    return {"again": again, **judged, **triage(house, now)}


def forget(house: House, platform: str, author: str, now: datetime | None = None) -> Pass:
    """Erase a person here, then redraw what Slack shows of them. The erasure holds whatever becomes of Slack: its part
    waits in the outbox."""
    done = Pass()
    moment = now or clock()
    done.attempt(
        "erased", lambda: house.store.run(lambda tx: erasure.forget_author(tx, f"{platform}:{author}", moment))
    )
    if not done.troubles and _unsent(house):
        done.attempt("slack", lambda: deliver(house, now=now, seconds=60))
    return done


def _unsent(house: House) -> int:
    with house.store.read() as tx:
        return outbox.sizes(tx)["waiting"]


def run_once(house: House, now: datetime | None = None) -> Pass:
    """One pass of every stage, each with what the one before it left. Nothing is raised: see `Pass.troubles`."""
    done = Pass()
    done.attempt("ingest", lambda: ingest(house, now=now))
    done.attempt("assess", lambda: assess(house, now))
    done.attempt("triage", lambda: triage(house, now))
    done.attempt("rollup", lambda: rollup(house, now))
    done.attempt("chase", lambda: chase(house, now))
    done.attempt("digest", lambda: digest(house, now))
    done.attempt("report", lambda: report(house, now))
    done.attempt("reply", lambda: reply(house, now))
    done.attempt("deliver", lambda: deliver(house, now=now))
    return done


def reply_for(house: House, seconds: float, tick: Callable[[], datetime] = clock) -> dict[str, Counts]:
    """Send for `seconds` whatever is let out meanwhile, at once."""
    done, end = Pass(), time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        done.attempt("reply", lambda: reply(house, tick()))
        time.sleep(min(BREATH_SECONDS, left))
    done.raise_trouble()
    return done.as_dict()


def run_for(house: House, source: str, seconds: float, tick: Callable[[], datetime] = clock) -> dict[str, Counts]:
    """Hear one source at its own pace for `seconds`, and judge and ring at once what it brings.

    Raises Misconfigured at the end, so that its DAG is red, where the source or Slack needs a person; until then whatever
    can work works.
    """
    done = Pass()
    built, slack = build(house, source), Once(lambda: connect_slack(house))
    end, next_pull = time.monotonic() + seconds, 0.0
    while (started := time.monotonic()) < end:
        if started >= next_pull:
            next_pull = started + built.table.poll_seconds
            done.attempt("ingest", lambda: ingest_one(house, built, tick()))
        judge_and_ring(house, done, slack, tick)
        rest = min(BREATH_SECONDS, next_pull - time.monotonic(), end - time.monotonic())
        time.sleep(max(rest, 0.01))
    done.raise_trouble()
    return done.as_dict()


class Once:
    """Makes something when it is first needed, and makes it again after a failure to."""

    def __init__(self, make: Callable[[], "Slack"]) -> None:
        self._make = make
        self._made: Slack | None = None

    def __call__(self) -> "Slack":
        if self._made is None:
            self._made = self._make()
        return self._made


def judge_and_ring(house: House, done: Pass, slack: Once, tick: Callable[[], datetime]) -> None:
    """All that waits, judged and rung; what goes wrong is kept in `done`."""
    done.attempt("assess", lambda: assess(house, tick()))
    done.attempt("triage", lambda: triage(house, tick()))
    done.attempt("deliver", lambda: deliver(house, slack(), tick()))


def ingest_one(house: House, source: "Source", now: datetime, mended: bool = False) -> Counts:
    """Pull one source. Raises Misconfigured with the sentence that its state holds, where a person must mend it."""
    from connectors.ingest import ingest as stage

    counts = stage(house.store, [source], house.settings, now, mended=mended)
    if counts["failed"] or counts["waiting"]:
        with house.store.read() as tx:
            state = cursors.state(tx, source.name)
        if state.error_kind == "misconfigured":
            raise Misconfigured(state.last_error or f"The source {source.name} is misconfigured.")
    return counts


def _drain(house: House, queue: Literal["to_assess", "to_triage"], work: Callable[[], Counts]) -> Counts:
    """Repeat a stage that works in batches until nothing waits that this worker can take. Looks before it takes locks."""
    total: Counter[str] = Counter()
    while True:
        with house.store.read() as tx:
            if not assessments.waits(tx, queue):
                break
        counts = work()
        total.update(counts)
        if not any(counts.values()):  # others hold what is left
            break
    return dict(total)


def _names(house: House, only: Collection[str] | None) -> list[str]:
    """The sources that are enabled. Raises Misconfigured for a name in `only` that the settings do not have."""
    names = house.settings.enabled_sources
    for name in only or ():
        if name not in house.settings.sources:
            known = ", ".join(house.settings.sources) or "none"
            raise Misconfigured(f"There is no source '{name}': the settings have {known}.")
    return [name for name in names if only is None or name in only]


def build(house: House, name: str) -> "Source":
    """One source, ready to be pulled. Raises Misconfigured."""
    from connectors import social

    return social.build(house.settings, house.environment, [name])[0]


def connect_slack(house: House) -> "Slack":
    """The workspace; no call is made. Raises Misconfigured where the token is missing."""
    from notifier.slack_client import connect

    return connect(house.settings, house.environment)
