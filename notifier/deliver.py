"""STAGE: drain the Slack outbox, so that each case has exactly one card, which shows it as it is, and a thread that tells
its story.

Slack has no idempotency key, so three things together keep the promise. A message carries its row's key in its metadata.
A row is sent by who holds its lease, and only while the lease outlasts the longest that a request may take. And a row
that may have been sent before (its sender died, or the answer was lost) is looked for in the channel first.
"""

import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from core.case import CaseFile
from core.digest import Digest
from core.errors import BadRecord, Misconfigured, RetryLater
from core.settings import Settings
from core.store import Store, alarms, cases, context, mentions, outbox, reports
from core.store.alarms import Trouble
from core.store.outbox import Claimed
from core.tongue import speaking
from notifier.blocks import Message
from notifier.cards import Alarm, case_card, case_metadata, offer, ops_message, ops_metadata
from notifier.digests import digest
from notifier.ops import CHANNEL, channels
from notifier.report import report_message
from notifier.slack_client import BadChannel, Posted, Slack, Thread, TooFast, Unreachable
from notifier.story import clock_line, is_loud, line, still_runs

KINDS = ("slack_card", "slack_update", "slack_thread", "slack_unsay", "slack_post", "slack_ops")
SECONDS_A_MESSAGE = 1.0
"""Slack's pace for one channel: https://docs.slack.dev/apis/web-api/rate-limits"""
SETTLE_SECONDS = 5.0
"""How long a request whose answer was lost may still be on its way to take effect; only then is it looked for."""
LOOK_BACK = timedelta(hours=2)
"""How far Slack's clock and the database's may be apart."""
LEASE_MARGIN_SECONDS = 5.0
THREAD_EVENT, POST_EVENT = "sunwai_thread", "sunwai_post"
"""The `event_type`s of the messages' metadata."""
PICTURED_ATTEMPTS, PICTURE_SECONDS = 4, 5.0
"""How often a report is tried with its charts, which Slack takes a moment to make ready; then it goes without."""
AT_ONCE = 8
MISCONFIGURED_SECONDS = 20.0

log = logging.getLogger("sunwai.deliver")


def deliver(
    store: Store,
    slack: Slack,
    settings: Settings,
    now: datetime,
    limit: int = 200,
    *,
    seconds: float = 0.0,
    stop: threading.Event | None = None,
    settle_seconds: float = SETTLE_SECONDS,
    before_commit: Callable[[Claimed], None] | None = None,
) -> dict[str, int]:
    """Send what waits for Slack, most urgent first, at most `limit` messages. Safe to run twice, or twice at once.

    Without `seconds` it returns when nothing more may go out at this moment; with it, it stays that long while messages
    wait only for their channel's pace, or until `stop` is set. Returns counts: sent, adopted (found in Slack after a
    crash), skipped (nothing to show any more), later, failed. Raises Misconfigured when Slack does not take the bot's
    token: no message can go out.

    `before_commit` is called between Slack's answer and our commit: where a crash test kills.
    """
    postman = _Postman(store, slack, settings, now, settle_seconds, before_commit)
    counts: Counter[str] = Counter(sent=0, adopted=0, skipped=0, later=0, failed=0)
    deadline = time.monotonic() + seconds
    taken = 0
    running: set[Future[str]] = set()
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="deliver") as pool:
        while True:
            claimed = _claim(store, settings, min(AT_ONCE - len(running), limit - taken))
            taken += len(claimed)
            running |= {pool.submit(postman.send, each) for each in claimed}
            if not running and (taken >= limit or not _wait_for_next(store, deadline, stop)):
                return dict(counts)
            done, running = wait(running, timeout=0.05, return_when=FIRST_COMPLETED)
            counts.update(future.result() for future in done)


def _claim(store: Store, settings: Settings, room: int) -> list[Claimed]:
    """Take up to `room` messages, one a channel. Looks first, for most of the time nothing waits, and taking locks."""
    if room <= 0 or _seconds_to_next(store) != 0:
        return []
    lease = 3 * settings.slack.timeout_seconds + 3 * LEASE_MARGIN_SECONDS
    return store.run(lambda tx: outbox.claim_paced(tx, KINDS, room, lease, SECONDS_A_MESSAGE))


def _wait_for_next(store: Store, deadline: float, stop: threading.Event | None) -> bool:
    """Sleep until a message may go out. False if none will before the deadline, or we are told to stop."""
    pause = _seconds_to_next(store)
    if pause is None or time.monotonic() + pause >= deadline:
        return False
    return not (stop or threading.Event()).wait(max(pause, 0.01))


def _seconds_to_next(store: Store) -> float | None:
    with store.read() as tx:
        return outbox.seconds_to_next(tx, KINDS)


@dataclass(frozen=True, slots=True)
class _Postman:
    """Sends single messages, and writes down what became of each."""

    store: Store
    slack: Slack
    settings: Settings
    now: datetime
    settle_seconds: float
    before_commit: Callable[[Claimed], None] | None

    def send(self, claimed: Claimed) -> str:
        """Deliver one message. Returns what became of it, as `deliver` counts it."""
        deliver_kind = {
            "slack_card": self._card,
            "slack_update": self._update,
            "slack_thread": self._thread,
            "slack_unsay": self._unsay,
            "slack_post": self._post,
            "slack_ops": self._ops,
        }[claimed.message.kind]
        try:
            return deliver_kind(claimed)
        except TooFast as busy:
            return self._go_slower(claimed, busy)
        except Unreachable as trouble:
            return self._later(claimed, _backoff(claimed.attempts), trouble, unsent=True)
        except RetryLater as lost:
            return self._later(claimed, self.settle_seconds + _backoff(claimed.attempts), lost)
        except BadChannel as trouble:
            return self._bad_channel(claimed, trouble)
        except Misconfigured as trouble:
            self._later(claimed, MISCONFIGURED_SECONDS, trouble, unsent=True)
            raise
        except BadRecord as trouble:
            why = str(trouble)
            self.store.run(lambda tx: outbox.failed(tx, claimed, why))
            log.error("%s cannot be sent: %s", claimed.message.dedupe_key, trouble)
            return "failed"

    def _card(self, claimed: Claimed) -> str:
        orders, file = self._read(claimed)
        if file is None:
            return self._skip(claimed, "no such case")
        if file.case.slack_ts is not None:
            return self._skip(claimed, file.case.slack_ts)
        metadata = case_metadata(file, claimed.message.dedupe_key)
        posted, how = self._find_or_post(claimed, None if file.erased else self._drawn(file), metadata)
        if posted is None:
            return self._skip(claimed, "erased before it rang")

        def commit(tx: Connection) -> None:
            if not outbox.sent(tx, claimed, posted.ts):
                return  # somebody else holds it by now, and finds this message before they post
            cases.card_posted(tx, file.case.id, posted.channel, posted.ts, self.now)
            alarms.over(tx, self.settings, _channel_alarm(claimed.message.channel), self.now)
            if how == "sent":
                self._keep_pace(tx, claimed)
                outbox.fulfilled(tx, orders, posted.ts)
            else:  # drawn by a sender who is gone, from a case that may have moved since
                self._redraw(tx, file.case.id, f"adopted:{claimed.message.dedupe_key}")

        self._commit(claimed, commit)
        return how

    def _update(self, claimed: Claimed) -> str:
        orders, file = self._read(claimed)
        if file is None:
            return self._skip(claimed, "no such case")
        with self.store.read() as tx:
            rival = outbox.rival(tx, claimed)
            unposted = outbox.waiting_of_case(tx, file.case.id, "slack_card")
        if rival or (file.case.slack_ts is None and unposted):
            first = RetryLater("another message about this case goes first")
            return self._later(claimed, random.uniform(0.2, 1.0), first, unsent=True)
        if file.case.slack_ts is None or file.case.slack_channel is None:
            return self._skip(claimed, "no card")
        self._check_lease(claimed)
        at = Posted(file.case.slack_channel, file.case.slack_ts)
        there = self.slack.update(at, self._drawn(file))
        ref = at.ts if there else "card deleted"

        def commit(tx: Connection) -> None:
            if outbox.sent(tx, claimed, ref):
                outbox.fulfilled(tx, orders, ref)
            else:  # too slow: somebody may have drawn a newer card, and this older one over it
                self._redraw(tx, file.case.id, f"again:{claimed.message.dedupe_key}:{claimed.attempts}")

        self._commit(claimed, commit)
        return "sent" if there else "skipped"

    def _thread(self, claimed: Claimed) -> str:
        """A line of the case's story, under its card."""
        _, file = self._read(claimed)
        if file is None:
            return self._skip(claimed, "no such case")
        case = file.case
        if case.slack_ts is None or case.slack_channel is None:
            return self._without_card(claimed, case.id)
        drawn = self._line(claimed, file)
        if drawn is None:
            return self._skip(claimed, "nothing to tell any more")
        text, broadcast = drawn
        metadata = {"event_type": THREAD_EVENT, "event_payload": {"id": claimed.message.dedupe_key, "case": case.id}}
        thread = Thread(case.slack_ts, broadcast)
        posted, how = self._find_or_post(claimed, text, metadata, Posted(case.slack_channel, case.slack_ts), thread)
        return self._posted(claimed, posted, how)

    def _line(self, claimed: Claimed, file: CaseFile) -> tuple[Message, bool] | None:
        """The line to write, and whether the channel is to hear it too; None where it tells nothing any more."""
        data = claimed.message.data
        if "what" in data:
            return (clock_line(data, file), True) if still_runs(data, file.case) else None
        with self.store.read() as tx:
            event = cases.event(tx, int(data["event"]))
            wrote = str(data.get("mention", ""))
            said = mentions.get(tx, [wrote]).get(wrote) if wrote else None
        if event is None:
            return None
        roles = self.settings.roles
        text = line(event, file, said, roles.approvers or roles.leads)
        return (text, is_loud(event, file)) if text is not None else None

    def _without_card(self, claimed: Claimed, case_id: int) -> str:
        """Wait for the card that is about to be posted; where none is, there is no thread to write in."""
        with self.store.read() as tx:
            unposted = outbox.waiting_of_case(tx, case_id, "slack_card")
        if not unposted:
            return self._skip(claimed, "no card")
        return self._later(claimed, random.uniform(0.5, 2.0), RetryLater("the card goes first"), unsent=True)

    def _unsay(self, claimed: Claimed) -> str:
        """Take a thread line back, whose words were erased; or draw a digest without them."""
        if claimed.message.data.get("what") in ("digest", "report"):
            return self._drawn_again(claimed)
        with self.store.read() as tx:
            known = outbox.sent_ref(tx, str(claimed.message.data["key"]))
            channel = self._channel_of_line(tx, claimed)
        if known is None or channel is None or (known[0] == "sent" and not _is_ts(known[1])):
            return self._skip(claimed, "never sent")
        if known[0] == "waiting":
            return self._later(claimed, 1.0, RetryLater("the line may be on its way"), unsent=True)
        self.slack.delete(Posted(channel, str(known[1])))
        self._commit(claimed, lambda tx: outbox.sent(tx, claimed, str(known[1])))
        return "sent"

    def _drawn_again(self, claimed: Claimed) -> str:
        """Draw a digest or a report as it now is, some of whose posts were erased."""
        message = claimed.message
        draw = self._report if message.data["what"] == "report" else self._digest
        with self.store.read() as tx:
            status, ref = outbox.sent_ref(tx, str(message.data["key"])) or ("gone", None)
        if status == "waiting":
            return self._later(claimed, random.uniform(2.0, 4.0), RetryLater("the message goes first"), unsent=True)
        if status != "sent" or not _is_ts(ref):
            return self._skip(claimed, "never sent")
        at, drawn = Posted(self.slack.channel_id(message.channel), str(ref)), draw(message.data)
        shown, there = None, True
        while there and shown != drawn:  # more was erased meanwhile: another's newer drawing may lie under ours
            self._check_lease(claimed)
            there, shown = self.slack.update(at, drawn), drawn
            drawn = draw(message.data)
        self._commit(
            claimed, lambda tx: outbox.sent(tx, claimed, at.ts if there else f"{message.data['what']} deleted")
        )
        return "sent" if there else "skipped"

    def _digest(self, data: dict[str, Any]) -> Message:
        told = Digest.of_data(data)
        with self.store.read() as tx:
            said = mentions.get(tx, {example.mention_id for example in told.examples})
        with speaking(self.settings.language_of(told.team)):
            return digest(told, said, {key: brand.name for key, brand in self.settings.brands.items()})

    def _report(self, data: dict[str, Any], *, pictured: bool = True, note: str = "") -> Message:
        with self.store.read() as tx:
            told = reports.get(tx, int(data["report"]))
            if told is None:  # kept for as long as posts are: its numbers are old news
                return {"text": "This report is no longer kept.", "blocks": []}
            said = mentions.get(tx, told.report.posts)
            images = reports.images(tx, told.id) if pictured else []
        brand = self.settings.brands.get(told.report.brand)
        snoozed = (told.snoozed_until, told.snoozed_by) if told.snoozed_until is not None else None
        with speaking(self.settings.language_of(told.report.audience)):
            return report_message(
                told.report,
                told.id,
                said,
                brand.name if brand else told.report.brand,
                images=images,
                dashboard=self.settings.dashboard_address,
                snoozed=snoozed,
                note=note,
            )

    def _upload(self, claimed: Claimed, report_id: int) -> str:
        """Bring a report's charts to Slack. Nobody sees a file that is in no message, so one that a crash leaves behind is
        no harm. Returns why there are none, where the app may not bring any: the report goes without."""
        with self.store.read() as tx:
            images = [image for image in reports.images(tx, report_id) if not image.file_id]
        try:
            for image in images:
                self._check_lease(claimed)
                file_id = self.slack.upload(f"{image.name}.png", image.png, image.title, image.alt)
                self.store.run(
                    lambda tx, name=image.name, file_id=file_id: reports.uploaded(tx, report_id, name, file_id)  # type: ignore[misc]
                )
        except Misconfigured as trouble:
            log.warning("a report goes without its charts: %s", trouble)
            return f"Its charts are missing. {trouble}"
        return ""

    def _channel_of_line(self, tx: Connection, claimed: Claimed) -> str | None:
        case = cases.get(tx, claimed.message.case_id) if claimed.message.case_id is not None else None
        return case.slack_channel if case is not None else None

    def _post(self, claimed: Claimed) -> str:
        """A message of its own: what was drawn when it was queued, or what its case shows now."""
        data, key = claimed.message.data, claimed.message.dedupe_key
        drawn: Message | None
        if data.get("what") == "offer":
            _, file = self._read(claimed)
            if file is None or file.case.handed_to is None or file.case.version != data["version"]:
                return self._skip(claimed, "the offer is over")
            drawn = offer(file, self._card_link(file))
        elif data.get("what") == "digest":
            drawn = self._digest(data)
        elif data.get("what") == "report":
            note = self._upload(claimed, int(data["report"]))
            drawn = self._report(data, pictured=claimed.attempts <= PICTURED_ATTEMPTS, note=note)
        else:
            drawn = {"text": data["text"], "blocks": data["blocks"]}
        payload = {"id": key, **({"case": claimed.message.case_id} if claimed.message.case_id is not None else {})}
        metadata = {"event_type": str(data.get("event_type", POST_EVENT)), "event_payload": payload}
        try:
            posted, how = self._find_or_post(claimed, drawn, metadata)
        except BadRecord as refused:
            if data.get("what") != "report" or claimed.attempts > PICTURED_ATTEMPTS:
                raise
            return self._later(claimed, PICTURE_SECONDS, refused)  # Slack may still be looking into the pictures
        return self._posted(claimed, posted, how)

    def _card_link(self, file: CaseFile) -> str:
        case = file.case
        if case.slack_channel is None or case.slack_ts is None:
            return ""
        return self.slack.link_to(Posted(case.slack_channel, case.slack_ts))

    def _posted(self, claimed: Claimed, posted: Posted | None, how: str) -> str:
        """Write down that a message which nothing hangs on is out."""
        assert posted is not None  # noqa: S101 - there is always something to post

        def commit(tx: Connection) -> None:
            self._keep_pace(tx, claimed)
            outbox.sent(tx, claimed, posted.ts)

        self._commit(claimed, commit)
        return how

    def _ops(self, claimed: Claimed) -> str:
        data = claimed.message.data
        at = datetime.fromisoformat(data["at"])
        alarm = Alarm(data["state"], data["title"], data.get("detail", ""), data.get("remedy", ""), at)
        posted, how = self._find_or_post(claimed, ops_message(alarm), ops_metadata(claimed.message.dedupe_key))
        return self._posted(claimed, posted, how)

    def _read(self, claimed: Claimed) -> tuple[list[int], CaseFile | None]:
        """The orders to redraw the case that wait now, and the case as it is after them."""
        case_id = claimed.message.case_id
        if case_id is None:
            return [], None
        with self.store.read() as tx:
            orders = outbox.waiting_of_case(tx, case_id, "slack_update")
            case = cases.get(tx, case_id)
            if case is None:
                return orders, None
            brand = self.settings.brands.get(case.brand)
            return orders, cases.file(tx, case_id, brand.name if brand else case.brand)

    def _drawn(self, file: CaseFile) -> Message:
        known = file.case.brand in self.settings.brands
        own = self.settings.brand(file.case.brand).own_accounts if known else ()
        with self.store.read() as tx:
            about = context.of_case(tx, file, self.now) if not file.erased else None
        team = self.settings.departments.get(file.case.team)
        speakers = team.who_speaks(file.assessment.language) if team else ()
        insiders = team.who_knows(*_lives_in(file)) if team else ()
        tickets = bool(self.settings.tickets.system)
        return case_card(file, self.now, own, about=about, speakers=speakers, insiders=insiders, tickets=tickets)

    def _find_or_post(
        self,
        claimed: Claimed,
        message: Message | None,
        metadata: dict[str, Any],
        card: Posted | None = None,
        thread: Thread | None = None,
    ) -> tuple[Posted | None, str]:
        """Where the message is, and whether it was "adopted" or "sent". None where it is not there and nothing is to be
        shown any more. With a `thread`, it stands under the `card`."""
        channel = card.channel if card else claimed.message.channel
        key = claimed.message.dedupe_key
        if claimed.attempts > 1:
            found = self.slack.find(channel, key, claimed.created_at - LOOK_BACK, thread)
            if found is not None:
                return found, "adopted"
        if message is None:
            return None, "skipped"
        self._check_lease(claimed)
        return self.slack.post(channel, message, metadata, thread), "sent"

    def _check_lease(self, claimed: Claimed) -> None:
        """Raise RetryLater unless the lease outlasts the request that follows: else two could post at once."""
        with self.store.read() as tx:
            left = outbox.seconds_left(tx, claimed)
        if left <= self.settings.slack.timeout_seconds + LEASE_MARGIN_SECONDS:
            raise Unreachable("this sender was too slow; another one may have the message")

    def _commit(self, claimed: Claimed, work: Callable[[Connection], object]) -> None:
        if self.before_commit is not None:
            self.before_commit(claimed)
        self.store.run(work)

    def _keep_pace(self, tx: Connection, claimed: Claimed) -> None:
        """The claim took the channel's slot; count the pace from Slack's answer on, however long the way there was."""
        outbox.hold_channel(tx, claimed.message.channel, SECONDS_A_MESSAGE)

    def _redraw(self, tx: Connection, case_id: int, key: str) -> None:
        case = cases.get(tx, case_id)
        if case is not None:
            outbox.put(tx, [outbox.card_update(case, key)])

    def _skip(self, claimed: Claimed, why: str) -> str:
        def work(tx: Connection) -> None:
            outbox.sent(tx, claimed, why)
            outbox.release_slot(tx, claimed.message.channel, SECONDS_A_MESSAGE)

        self.store.run(work)
        return "skipped"

    def _later(self, claimed: Claimed, seconds: float, why: Exception, *, unsent: bool = False) -> str:
        self.store.run(lambda tx: outbox.later(tx, claimed, seconds, str(why), unsent=unsent))
        return "later"

    def _go_slower(self, claimed: Claimed, busy: TooFast) -> str:
        """Slack did nothing; leave its channel in peace for as long as it asks."""

        def work(tx: Connection) -> None:
            outbox.hold_channel(tx, claimed.message.channel, busy.seconds)
            outbox.later(tx, claimed, busy.seconds, str(busy), unsent=True)

        self.store.run(work)
        return "later"

    def _bad_channel(self, claimed: Claimed, trouble: BadChannel) -> str:
        """A card whose channel cannot take it rings in the triage channel, for it must ring somewhere; ops hears why. Where
        the settings name another triage or ops channel by now, what waited for the old one goes there."""
        message, triage = claimed.message, self.settings.slack.triage_channel
        other = {"slack_card": triage, "slack_ops": self.settings.slack.ops_channel}.get(message.kind, message.channel)
        astray = message.channel != other

        def work(tx: Connection) -> None:
            if message.channel in channels(self.settings) - {self.settings.slack.ops_channel}:
                title = f"Channel {message.channel} cannot be posted to"
                rings = message.kind == "slack_card" and astray
                fallback = f"Until then its cards go to {triage}." if rings else "Until then nothing is told there."
                name = _channel_alarm(message.channel)
                alarms.tell(tx, self.settings, Trouble(name, title, str(trouble), fallback), self.now)
            if astray:
                outbox.redirect(tx, claimed, other, str(trouble))
            elif message.kind in ("slack_update", "slack_thread", "slack_unsay"):
                outbox.failed(tx, claimed, str(trouble))
            else:
                outbox.later(tx, claimed, MISCONFIGURED_SECONDS, str(trouble), unsent=True)

        self.store.run(work)
        log.warning("%s", trouble)
        return "failed" if message.kind in ("slack_update", "slack_thread", "slack_unsay") else "later"


def _lives_in(file: CaseFile) -> tuple[tuple[str, ...], str]:
    """Where the record of the customer whom we know has them, and where they say that they are."""
    known = next((one.customer for one in file.candidates if one.link.status == "linked"), None)
    recorded = (known.country, known.city) if known is not None else ()
    return tuple(filter(None, recorded)), file.mention.author.location


def _is_ts(ref: str | None) -> bool:
    """Whether that is where a message is, and not why it was skipped."""
    return bool(ref) and str(ref).replace(".", "").isdigit()


def _channel_alarm(channel: str) -> str:
    return f"{CHANNEL}{channel}"


def _backoff(attempts: int) -> float:
    """Seconds, doubling up to a minute, with jitter so that workers do not come back together."""
    return float(min(60, 2 ** min(attempts - 1, 6)) * random.uniform(0.5, 1.0))
