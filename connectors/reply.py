"""STAGE: send the answers that were let out, and open the tickets that were asked for, each once.

No platform has an idempotency key for posts, so three things together keep the promise, as in `notifier.deliver`: a row is
sent by who holds its lease, and only while the lease outlasts the request; a row that may have been sent before (its sender
died, or the answer was lost) is looked for on the platform first; and what was found there is adopted. What a platform does
not take from an app goes back to the agent, to be sent by hand.
"""

import logging
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from connectors.backoffice import tickets as ticket_systems
from connectors.backoffice.tickets import Opened
from connectors.social.posting import OnlyByHand, Posted, Poster, SaidBefore, poster
from connectors.social.source import NotDone
from core.answer import AnswerStatus, way_out
from core.errors import BadRecord, Misconfigured, RetryLater
from core.settings import Environment, Settings
from core.store import Store, alarms, answers, cases, outbox, spend, tickets
from core.store.alarms import Trouble
from core.store.answers import REPLY, Question
from core.store.outbox import Claimed, Message
from core.store.tickets import TICKET
from core.ticket import Ticket
from core.wording import PLATFORMS

KINDS = (REPLY, TICKET)
LEASE_SECONDS = 120.0
SEND_SECONDS = 45.0
"""A request is begun only while the lease holds so much longer: a login, the post itself, and some to spare."""
SETTLE_SECONDS = 10.0
"""How long a request whose answer was lost may still be on its way to take effect; only then is it looked for."""
MISCONFIGURED_SECONDS = 60.0
TELL_AFTER = timedelta(minutes=10)
"""How long an answer may wait for the other side before the ops channel hears of it."""
LONGEST_WAIT_SECONDS = 300.0
PATIENCE = 5
"""Attempts at an answer that the platform has and does not show."""

log = logging.getLogger("sunwai.reply")


def reply(
    store: Store,
    settings: Settings,
    environment: Environment,
    now: datetime,
    limit: int = 50,
    *,
    settle_seconds: float = SETTLE_SECONDS,
    before_commit: Callable[[Claimed], None] | None = None,
) -> dict[str, int]:
    """Send what waits, most urgent first, at most `limit`. Safe to run twice, or twice at once.

    Returns counts: sent, adopted (found there after a crash), by_hand (given back to the agent), skipped (nothing to send
    any more), later, failed. What a person must mend is told to the ops channel once, and the answers wait for it.

    `before_commit` is called between the other side's answer and our commit: where a crash test kills.
    """
    sender = _Sender(store, settings, environment, now, settle_seconds, before_commit)
    counts = Counter(sent=0, adopted=0, by_hand=0, skipped=0, later=0, failed=0)
    for _ in range(limit):
        claimed = _claim(store)
        if claimed is None:
            break
        counts[sender.send(claimed)] += 1
    return dict(counts)


def _claim(store: Store) -> Claimed | None:
    """The next one, if any. Looks first, for most of the time nothing waits, and taking locks."""
    with store.read() as tx:
        if outbox.seconds_to_next(tx, KINDS) != 0:
            return None
    found = store.run(lambda tx: outbox.claim_paced(tx, KINDS, 1, LEASE_SECONDS, 0.0))
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class _Sender:
    """Sends single messages, and writes down what became of each."""

    store: Store
    settings: Settings
    environment: Environment
    now: datetime
    settle_seconds: float
    before_commit: Callable[[Claimed], None] | None
    posters: dict[str, Poster | None] = field(default_factory=dict)

    def send(self, claimed: Claimed) -> str:
        """Returns what became of it, as `reply` counts it."""
        try:
            return self._reply(claimed) if claimed.message.kind == REPLY else self._ticket(claimed)
        except NotDone as trouble:
            return self._later(claimed, self._wait(claimed, trouble), trouble, unsent=True)
        except RetryLater as trouble:
            return self._later(claimed, self.settle_seconds + self._wait(claimed, trouble), trouble)
        except Misconfigured as trouble:
            return self._later(claimed, MISCONFIGURED_SECONDS, trouble, unsent=True)

    # Answers ---------------------------------------------------------------------------------------------------------

    def _reply(self, claimed: Claimed) -> str:
        answer_id = int(claimed.message.data["answer"])
        with self.store.read() as tx:
            question = answers.question(tx, answer_id)
        if question is None or question.answer.status is not AnswerStatus.TO_SEND:
            return self._done(claimed, "skipped", "not to be sent any more")
        if question.mention is None:
            return self._not_sent(claimed, answer_id, "The post is gone, so there is nothing to answer any more.")
        try:
            posted, how = self._find_or_post(claimed, question)
        except OnlyByHand as why:
            reason = str(why)
            return self._done(
                claimed, "by_hand", "by hand", lambda tx: answers.by_hand(tx, answer_id, reason, self.now)
            )
        except BadRecord as why:
            return self._not_sent(claimed, answer_id, str(why))

        def commit(tx: Connection) -> None:
            answers.sent(tx, answer_id, posted.external_id, posted.url, self.now)
            spend.record(tx, question.source, posted.charges, self.now)

        return self._done(claimed, how, posted.external_id, commit)

    def _find_or_post(self, claimed: Claimed, question: Question) -> tuple[Posted, str]:
        """Where the answer is, and whether it was "adopted" or "sent"."""
        mention, answer = question.mention, question.answer
        assert mention is not None  # noqa: S101 - the caller looked
        account = self._account(mention.platform)
        words = (mention.external_id, answer.text)
        if account is None:
            name = PLATFORMS.get(mention.platform, mention.platform.capitalize())
            raise OnlyByHand(f"No account is set up to answer on {name}.")
        if claimed.attempts > 1:
            found = account.find(*words, answer.created_at, self.now)
            if found is not None:
                return found, "adopted"
        brand = self.settings.brands.get(question.case.brand)
        own = self.settings.brand(question.case.brand).own_accounts if brand is not None else ()
        if way_out(mention, own, question.parent) == "by_hand":
            raise OnlyByHand("X lets apps answer only people who mention or quote the account.")
        self._check_lease(claimed)
        try:
            return account.post(*words, self.now), "sent"
        except SaidBefore:
            found = account.find(*words, answer.created_at, self.now)
        if found is not None:
            return found, "adopted"
        if 1 < claimed.attempts < PATIENCE:  # our own, from before, which the platform does not show yet
            raise RetryLater("the platform has this answer, and does not show it yet")
        raise BadRecord("The account said these very words there before; change a word or two.")

    def _account(self, platform: str) -> Poster | None:
        if platform not in self.posters:
            self.posters[platform] = poster(platform, self.environment)
        return self.posters[platform]

    def _not_sent(self, claimed: Claimed, answer_id: int, why: str) -> str:
        return self._done(claimed, "failed", "not sent", lambda tx: answers.failed(tx, answer_id, why, self.now))

    # Tickets ---------------------------------------------------------------------------------------------------------

    def _ticket(self, claimed: Claimed) -> str:
        case_id = int(claimed.message.data["case"])
        with self.store.read() as tx:
            case = cases.get(tx, case_id)
            known = tickets.of_case(tx, case_id)
            brand = self.settings.brands.get(case.brand) if case is not None else None
            file = cases.file(tx, case_id, brand.name if brand else case.brand) if case is not None else None
            events, said = cases.events(tx, case_id), answers.of_case(tx, case_id)
        if known is not None or file is None:
            return self._done(claimed, "skipped", "no ticket is wanted any more")
        system = ticket_systems.connect(self.settings.tickets, self.environment)
        story = ticket_systems.story(file, events, said)
        found = system.find(story, self.now) if claimed.attempts > 1 else None
        try:
            if found is None:
                self._check_lease(claimed)
            opened: Opened = found or system.open(story, self.now)
        except BadRecord as why:
            reason = str(why)
            self.store.run(lambda tx: outbox.failed(tx, claimed, reason))
            log.error("%s cannot be opened: %s", claimed.message.dedupe_key, reason)
            return "failed"
        by = str(claimed.message.data.get("by") or "sunwai")
        ticket = Ticket(case_id, system.name, opened.external_id, opened.url, by, self.now)
        how, ref = ("sent" if found is None else "adopted"), opened.external_id or system.name
        return self._done(claimed, how, ref, lambda tx: tickets.opened(tx, ticket))

    # What became of it -----------------------------------------------------------------------------------------------

    def _check_lease(self, claimed: Claimed) -> None:
        """Raise NotDone unless the lease outlasts the request that follows: else two could send at once."""
        with self.store.read() as tx:
            left = outbox.seconds_left(tx, claimed)
        if left <= SEND_SECONDS:
            raise NotDone("this sender was too slow; another one may have the message")

    def _done(self, claimed: Claimed, how: str, ref: str, work: Callable[[Connection], Any] | None = None) -> str:
        """Write down what became of a message, in one transaction with what follows from it. What was done there is written
        down even where the lease was lost meanwhile."""
        if work is not None and self.before_commit is not None:
            self.before_commit(claimed)

        def commit(tx: Connection) -> None:
            if work is not None:
                work(tx)
            outbox.sent(tx, claimed, ref[:64])
            if how in ("sent", "adopted"):
                alarms.over(tx, self.settings, _alarm(claimed.message), self.now)

        self.store.run(commit)
        return how

    def _later(self, claimed: Claimed, seconds: float, trouble: Exception, *, unsent: bool = False) -> str:
        """Give it back, and leave its channel in peace as long, for the next one would meet the same."""
        why = str(trouble)

        def work(tx: Connection) -> None:
            if outbox.later(tx, claimed, seconds, why, unsent=unsent):
                outbox.hold_channel(tx, claimed.message.channel, seconds)
            if isinstance(trouble, Misconfigured) or self.now - claimed.created_at > TELL_AFTER:
                self._tell(tx, claimed.message, why)

        self.store.run(work)
        log.warning("%s waits: %s", claimed.message.dedupe_key, why)
        return "later"

    def _wait(self, claimed: Claimed, trouble: RetryLater) -> float:
        """Seconds: as the other side asks, else the longer the message has waited; with jitter, so that workers part."""
        if trouble.until is not None:
            return max(1.0, (trouble.until - self.now).total_seconds()) + random.random()
        waited = (self.now - claimed.created_at).total_seconds()
        return min(LONGEST_WAIT_SECONDS, max(2.0, waited / 4)) * random.uniform(0.5, 1.0)

    def _tell(self, tx: Connection, message: Message, why: str) -> None:
        what = "Answers" if message.kind == REPLY else "Tickets"
        title = f"{what} cannot be sent ({message.channel.partition(':')[2] or self.settings.tickets.system})"
        remedy = "They wait, and go out by themselves once that is mended."
        alarms.tell(tx, self.settings, Trouble(_alarm(message), title, why, remedy), self.now)


def _alarm(message: Message) -> str:
    return f"sending:{message.channel}"
