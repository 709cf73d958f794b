"""STAGE: from judgements to cases, and to the cards that ring the desk."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal, overload

from sqlalchemy import Connection

from analysis import grouping
from core.assessment import Assessment, Priority
from core.case import Case, CaseStatus, Move, answered, customer_wrote, raise_priority, reopen
from core.customer import Customer
from core.mention import Mention
from core.settings import Settings
from core.sla import deadlines, resumed
from core.store import Store, answers, assessments, cases, customers, likenesses, mentions, mutes, outbox, search
from core.store.assessments import Waiting
from core.store.outbox import Message
from core.teams import Matter, RouteTable, route

CARD = "slack_card"
DRY_RUN_LIMIT = 10_000
"""How many mentions a dry run looks at: it holds the write lock while it looks."""
KEPT = 3
"""So many posts that say nearly the same are kept to be found by the next: more than one, for any may be erased."""


@overload
def triage(
    store: Store, settings: Settings, now: datetime, limit: int = 500, *, dry_run: Literal[False] = False
) -> dict[str, int]: ...
@overload
def triage(
    store: Store, settings: Settings, now: datetime, limit: int = 500, *, dry_run: Literal[True]
) -> list[dict[str, Any]]: ...
def triage(
    store: Store, settings: Settings, now: datetime, limit: int = 500, *, dry_run: bool = False
) -> dict[str, int] | list[dict[str, Any]]:
    """Open or join a case for up to `limit` judged mentions, and queue their cards, all in one transaction.

    P1 to P3 open a case; P1 and P2 ring, and P3 where its team has `ring_p3`, unless they are history (a first pull, a
    replay) or older than `ring_max_age_hours`. What the same author says later in the same conversation joins their case,
    and may raise or reopen it. Reposts join the case of the original, and what says nearly the same as an earlier post
    joins that one's case while it is open; both may raise it. What the brand's own accounts answer stops the clock. What is
    said of a competitor is only counted. Returns counts: `triaged`, `opened`, `joined`, `answered`, `rang`.

    A dry run does the same and takes it back: it returns what would ring, most urgent first, as rows of `priority`,
    `department`, `channel`, `mention`, `brand`, `url`, `why`.
    """
    if not dry_run and store.is_sqlite:  # others write while this reads
        with store.read() as tx:
            waiting = assessments.to_triage(tx, limit)
        read = _read(waiting, settings)
        return store.run(lambda tx: _Batch(tx, settings, now, read).work(assessments.still_to_triage(tx, waiting)))
    if not dry_run:
        return store.run(lambda tx: _work(tx, settings, now, limit).counts)
    rows: list[dict[str, Any]] = []
    try:
        with store.write() as tx:
            batch = _work(tx, settings, now, max(limit, DRY_RUN_LIMIT))
            rows = sorted(batch.rung, key=lambda row: str(row["priority"]))
            raise _TakeBack
    except _TakeBack:
        return rows


class _TakeBack(Exception):
    """Ends a dry run's transaction without a trace."""


Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Read:
    """What triage needs of the words alone. It is worked out before the locks are taken that others wait for."""

    prints: Mapping[Pair, grouping.Print]
    terms: Mapping[Pair, set[str]]


def _read(waiting: Sequence[Waiting], settings: Settings) -> _Read:
    pairs = [(one.mention.id, one.brand) for one in waiting]
    terms = [search.words_of(one.mention, _judged(one).language) for one in waiting]
    grouped = settings.judgement.group_within_hours > 0
    some = [one for one in waiting if grouped and not one.own and not settings.is_competitor(one.brand)]
    prints = zip(some, grouping.prints([_words(one.mention) for one in some]), strict=True)
    return _Read(
        {(one.mention.id, one.brand): print for one, print in prints if print is not None},
        dict(zip(pairs, terms, strict=True)),
    )


def _work(tx: Connection, settings: Settings, now: datetime, limit: int) -> "_Batch":
    waiting = assessments.to_triage(tx, limit)
    batch = _Batch(tx, settings, now, _read(waiting, settings))
    batch.work(waiting)
    return batch


@dataclass
class _Groups:
    """Posts that say nearly the same on one brand's behalf: those that the store remembers, and those of this batch."""

    tx: Connection
    window: timedelta
    now: datetime
    read: Mapping[Pair, grouping.Print]
    prints: dict[Pair, grouping.Print] = field(default_factory=dict)
    said_at: dict[Pair, datetime] = field(default_factory=dict)
    known: defaultdict[str, grouping.Index[Pair]] = field(default_factory=lambda: defaultdict(grouping.Index))
    new: dict[Pair, tuple[datetime, tuple[int, ...]]] = field(default_factory=dict)
    echoed: dict[Pair, tuple[datetime, int]] = field(default_factory=dict)

    def find(self, waiting: Sequence[Waiting]) -> set[Pair]:
        """Look up what these may be like. Returns the mentions that were found. Until the transaction ends, nobody else
        groups posts about these brands."""
        for one in waiting:
            pair = one.mention.id, one.brand
            if (print := self.read.get(pair)) is not None:
                self.prints[pair] = print
                self.said_at[pair] = min(one.mention.created_at, self.now)
        if not self.prints:
            return set()
        likenesses.lock(self.tx, {brand for _, brand in self.prints})
        since = min(self.said_at.values()) - self.window
        bands = [print.bands for print in self.prints.values()]
        earlier = [
            e
            for e in likenesses.sharing(self.tx, bands, since, limit=50 + len(bands))
            if (e.mention_id, e.brand) not in self.prints  # judged again: it is placed anew
        ]
        for e, print in zip(earlier, grouping.prints([_words(e) for e in earlier]), strict=True):
            if print is not None:
                self._know((e.mention_id, e.brand), print, e.at)
        return {(e.mention_id, e.brand) for e in earlier}

    def place(self, one: Waiting) -> list[Pair]:
        """What this mention is like, most alike first; from now on others may be like it."""
        pair = one.mention.id, one.brand
        if (print := self.prints.get(pair)) is None:
            return []
        at = self.said_at[pair]
        like = [
            other for other, _ in self.known[one.brand].alike(print) if abs(at - self.said_at[other]) <= self.window
        ]
        for other in like[:1]:
            self.said_at[other] = max(at, self.said_at[other])
            self.echoed[other] = (self.said_at[other], self.echoed.get(other, (at, 0))[1] + 1)
        if len(like) < KEPT:
            self._know(pair, print, at)
            if at >= self.now - self.window:
                self.new[pair] = (at, print.bands)
        return like

    def save(self, waiting: Sequence[Waiting]) -> None:
        likenesses.put(self.tx, self.new, instead_of={one.mention.id for one in waiting if one.revision})
        likenesses.echoed(self.tx, self.echoed)

    def _know(self, pair: Pair, print: grouping.Print, at: datetime) -> None:
        self.known[pair[1]].add(pair, print)
        self.said_at[pair] = at


@dataclass
class _Batch:
    """One transaction's work. What it opens or moves is kept at hand, so that later mentions of the batch find it."""

    tx: Connection
    settings: Settings
    now: datetime
    read: _Read
    of_mention: dict[Pair, Case] = field(default_factory=dict)
    in_conversation: dict[Pair, list[tuple[Case, str | None]]] = field(default_factory=dict)
    groups: _Groups = field(init=False)
    grown: dict[int, list[Pair]] = field(default_factory=dict)
    cards: set[str] = field(default_factory=set)
    customers: dict[str, Customer] = field(default_factory=dict)
    mutes: dict[str, datetime] = field(default_factory=dict)
    unsaved: list[tuple[Case, Mention]] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    rung: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("triaged", "opened", "joined", "answered", "rang"), 0)
    )

    def __post_init__(self) -> None:
        window = timedelta(hours=self.settings.judgement.group_within_hours)
        self.groups = _Groups(self.tx, window, self.now, self.read.prints)

    def work(self, waiting: Sequence[Waiting]) -> dict[str, int]:
        self._work([one for one in waiting if not self.settings.is_competitor(one.brand)])
        assessments.mark_triaged(self.tx, waiting, self.read.terms)
        self.counts["triaged"] = len(waiting)
        return self.counts

    def _work(self, waiting: Sequence[Waiting]) -> None:
        if not waiting:
            return
        openers = {
            cases.conversation_key(w.mention) for w in waiting if not w.own and _judged(w).urgency.priority.opens_case
        }
        cases.lock_conversations(self.tx, openers)
        found = self.groups.find(waiting)
        self.in_conversation = cases.in_conversations(self.tx, {cases.conversation_key(w.mention) for w in waiting})
        self.of_mention = cases.of_mentions(self.tx, _pairs(waiting) | found)
        there = [case for some in self.in_conversation.values() for case, _ in some]
        self.cards = outbox.known(
            self.tx, {_card_key(case) for case in (*self.of_mention.values(), *there) if case.slack_ts is None}
        )
        if any(way.tiers or way.min_lifetime_value is not None for way in self._routes()):
            self.customers = customers.linked(self.tx, {one.mention.author.id for one in waiting})
        self.mutes = mutes.standing(self.tx, self.now)
        for one in sorted(waiting, key=lambda w: (w.mention.created_at, w.mention.id)):
            self._place(one)
        self._save_new()
        self.groups.save(waiting)
        self._redraw_grown()
        outbox.put(self.tx, self.messages)

    def _routes(self) -> Iterable[RouteTable]:
        return (way for team in self.settings.departments.values() for way in team.routes)

    def _place(self, one: Waiting) -> None:
        like = self.groups.place(one)
        if one.own:
            self._answer(one)
        elif (case := self.of_mention.get((one.mention.id, one.brand))) is not None:
            self._change(self._saved(case), one, fresh=False)  # judged again: its words changed, or all was replayed
        elif (case := self._case_of_author(one)) is not None:
            self._join(self._saved(case), one)
        elif (case := self._case_of_original(one) or self._case_of_group(one, like)) is not None:
            self._join(self._saved(case), one, quietly=True)
        elif _judged(one).urgency.priority.opens_case:
            self._open(one)

    def _open(self, one: Waiting) -> None:
        judged, mention = _judged(one), one.mention
        team = self._team(one)
        answer_by, resolve_by = self._deadlines(judged.urgency.priority, team, mention.created_at)
        case = Case(
            id=-len(self.unsaved) - 1,  # until all of the batch's new cases are stored together
            mention_id=mention.id,
            brand=one.brand,
            status=CaseStatus.OPEN,
            priority=judged.urgency.priority,
            department=judged.department,
            team=team,
            opened_at=self.now,
            answer_by=answer_by,
            resolve_by=resolve_by,
        )
        self.unsaved.append((case, mention))
        self.counts["opened"] += 1
        self.in_conversation.setdefault(_conversation(one), []).append((case, mention.author.id))
        self._remember(case, one)
        if self._rings(case) and self._is_news(one):
            self._ring(case, one)

    def _rings(self, case: Case) -> bool:
        """Whether its team wants a card at once."""
        table = self.settings.departments.get(case.team)
        return case.priority.rings or (case.priority is Priority.P3 and table is not None and table.ring_p3)

    def _team(self, one: Waiting) -> str:
        """The team that the settings send this to."""
        judged, mention = _judged(one), one.mention
        customer = self.customers.get(mention.author.id)
        return route(
            self.settings.departments,
            Matter(
                judged.department,
                judged.urgency.priority,
                one.brand,
                judged.language,
                mention.platform,
                f"{mention.title}\n{mention.text}",
                customer.tier if customer else "",
                customer.lifetime_value if customer else None,
            ),
        )

    def _saved(self, case: Case) -> Case:
        """The case as stored: one that this batch opened is stored now, with the others, before it is moved."""
        if case.id > 0:
            return case
        self._save_new()
        return self.of_mention[case.mention_id, case.brand]

    def _save_new(self) -> None:
        """Store the cases that were opened so far, in one go, and put their ids wherever they are known."""
        if not self.unsaved:
            return
        stored = dict(zip((case.id for case, _ in self.unsaved), cases.open_cases(self.tx, self.unsaved), strict=True))
        self.unsaved.clear()
        self.of_mention = {pair: stored.get(case.id, case) for pair, case in self.of_mention.items()}
        for there in self.in_conversation.values():
            there[:] = [(stored.get(case.id, case), author) for case, author in there]
        self.messages = [
            replace(message, case_id=stored[message.case_id].id) if message.case_id in stored else message
            for message in self.messages
        ]

    def _join(self, case: Case, one: Waiting, *, quietly: bool = False) -> None:
        told = cases.join(self.tx, case, one.mention, self.now)
        if told is None:
            return
        self.counts["joined"] += 1
        self._remember(case, one)
        self._change(case, one, fresh=True, quietly=quietly)
        if not quietly:
            self._tell(outbox.said_line(case, told, one.mention.id), case)

    def _change(self, case: Case, one: Waiting, *, fresh: bool, quietly: bool = False) -> None:
        """What a mention that belongs to a case does to it: raise it, reopen it, make it the desk's turn again, or only be
        shown on its card. One that joins `quietly` is only counted there, for a thousand may follow."""
        judged, said_at = _judged(one), one.mention.created_at
        before = case
        if one.mention.kind != "repost":
            case = self._move(case, lambda c: self._raise(c, one))
            came_back = fresh and judged.urgency.priority.opens_case
            if came_back and case.status.is_closed and (case.resolved_at is None or said_at > case.resolved_at):
                why = f"the customer came back: {one.mention.id}"
                case = self._move(case, lambda c: reopen(c, self.now, why, self._resolve_anew(c)))
            elif fresh and not quietly and (case.waiting_since is None or said_at > case.waiting_since):
                case = self._move(case, lambda c: customer_wrote(c, self.now, one.mention.id, self._resumed(c)))
            elif not fresh and one.may_ring and case.priority < before.priority:
                why = f"edited into something worse: {one.mention.id}"
                case = self._move(case, lambda c: reopen(c, self.now, why, self._resolve_anew(c)))
        if case.priority.rings and not before.priority.rings and case.slack_ts is None and self._is_news(one):
            self._ring(case, one)
        elif fresh and quietly and case.version == before.version:
            self.grown.setdefault(case.id, []).append((one.mention.id, one.brand))
        elif fresh:
            self._redraw(case, f"joined:{case.id}:{one.mention.id}:{one.brand}")
        elif one.may_ring or case.version != before.version:  # an edit reads differently now; a mere replay need not
            self._redraw(case, f"again:{case.id}:{one.mention.id}:{one.revision}")

    def _raise(self, case: Case, one: Waiting) -> Move | None:
        """The case made more urgent; its clock then runs from when the customer said what raised it."""
        priority = _judged(one).urgency.priority
        move = raise_priority(case, priority, self.now, one.mention.id)
        if move is None:
            return None
        answer_by, resolve_by = self._deadlines(priority, case.team, one.mention.created_at)
        return replace(
            move,
            case=replace(
                move.case,
                answer_by=min(filter(None, (case.answer_by, answer_by)), default=None),
                resolve_by=min(filter(None, (case.resolve_by, resolve_by)), default=None),
            ),
        )

    def _deadlines(self, priority: Priority, team: str, said_at: datetime) -> tuple[datetime | None, datetime | None]:
        """(answer by, resolve by) on the team's clock, from when the customer said it."""
        target = self.settings.target_for(priority, team)
        if target is None:
            return None, None
        return deadlines(min(said_at, self.now), target, self.settings.clock_of(priority, team))

    def _resolve_anew(self, case: Case) -> datetime | None:
        return self._deadlines(case.priority, case.team, self.now)[1]

    def _resumed(self, case: Case) -> datetime | None:
        """The resolution's deadline, once the time that the customer took is added to it."""
        if case.resolve_by is None or case.waiting_since is None:
            return case.resolve_by
        clock = self.settings.clock_of(case.priority, case.team)
        return resumed(clock, case.resolve_by, case.waiting_since, self.now)

    def _answer(self, one: Waiting) -> None:
        """The brand spoke: the first-response clock of the case that it replied to stops. Where the desk sent it, it did.
        A competitor who joins in answers nothing for us."""
        if mentions.is_own(one.mention.author, self.settings.competitor_accounts) or answers.heard(
            self.tx, one.mention
        ):
            return
        for case in map(self._saved, self._answered_by(one)):
            moved = self._move(case, lambda c: answered(c, one.mention.created_at, one.mention.author.id))
            if moved.version != case.version:
                self.counts["answered"] += 1
                self._redraw(moved)

    def _answered_by(self, one: Waiting) -> list[Case]:
        """The case of the post that it answers; or, where that is the brand's own thread, the only open case there is."""
        if one.mention.parent_id:
            direct = self.of_mention.get((f"{one.mention.platform}:{one.mention.parent_id}", one.brand))
            if direct is not None:
                return [direct]
        there = [case for case, _ in self.in_conversation.get(_conversation(one), ()) if not case.status.is_closed]
        return there if len(there) == 1 else []

    def _case_of_author(self, one: Waiting) -> Case | None:
        """The author's latest case in this conversation."""
        if not one.mention.author.external_id:
            return None
        there = self.in_conversation.get(_conversation(one), ())
        return next((case for case, author in reversed(there) if author == one.mention.author.id), None)

    def _case_of_original(self, one: Waiting) -> Case | None:
        """The case of what was reposted: a thousand reposts are one complaint."""
        if one.mention.kind != "repost" or not one.mention.parent_id:
            return None
        return self.of_mention.get((f"{one.mention.platform}:{one.mention.parent_id}", one.brand))

    def _case_of_group(self, one: Waiting, like: Sequence[Pair]) -> Case | None:
        """The open case of what says nearly the same. One that is closed stays so, for who speaks now may be somebody else;
        and what rings joins none that was history and rang nobody."""
        rings = _judged(one).urgency.priority.rings and self._is_news(one)
        for pair in like:
            case = self.of_mention.get(pair)
            if case is not None and not case.status.is_closed and not (rings and self._was_silent(case)):
                return case
        return None

    def _was_silent(self, case: Case) -> bool:
        return case.priority.rings and not self._has_card(case)

    def _has_card(self, case: Case) -> bool:
        """Whether there is a card, or one is on its way. What was history when it was heard has none, and needs no lines."""
        return case.slack_ts is not None or _card_key(case) in self.cards

    def _redraw_grown(self) -> None:
        """Show on their cards how large the cases have become, each time that one passes a round number."""
        sizes = cases.sizes(self.tx, self.grown) if self.grown else {}
        for case_id, size in sizes.items():
            joined = self.grown[case_id]
            if _round(size.posts) > _round(size.posts - len(joined)):
                mention_id, brand = joined[-1]
                self._redraw(self.of_mention[joined[-1]], f"joined:{case_id}:{mention_id}:{brand}")

    def _is_news(self, one: Waiting) -> bool:
        age = self.now - one.mention.created_at
        return one.may_ring and age <= timedelta(hours=self.settings.ring_max_age_hours)

    def _ring(self, case: Case, one: Waiting) -> None:
        channel = self.settings.channel_of(case.team)
        key = _card_key(case)
        self.cards.add(key)
        rests = None if case.priority is Priority.P1 else self.mutes.get(channel)
        self.messages.append(Message(CARD, channel, key, rank=int(case.priority), case_id=case.id, due_at=rests))
        self.counts["rang"] += 1
        self.rung.append(
            {
                "priority": case.priority.name,
                "department": case.department,
                "channel": channel,
                "mention": case.mention_id,
                "brand": case.brand,
                "url": one.mention.url,
                "why": ", ".join(r.signal for r in _judged(one).urgency.reasons if r.weight >= 0)[:200],
            }
        )

    def _redraw(self, case: Case, key: str | None = None) -> None:
        """Have the card show the case as it now is, unless it has none, or one that this transaction queues."""
        queued = any(message.case_id == case.id and message.kind == CARD for message in self.messages)
        if not queued and self._has_card(case):
            update = outbox.card_update(case, key)
            self.messages.append(replace(update, channel=update.channel or self.settings.channel_of(case.team)))

    def _move(self, case: Case, make: Callable[[Case], Move | None]) -> Case:
        """Move a case; if an agent moved it meanwhile, read it again and think again. Returns it as it now is."""
        while (move := make(case)) is not None:
            told = cases.move(self.tx, move)
            if told is not None:
                self._moved(move.case)
                self._tell(outbox.thread_line(move.case, told), move.case)
                return move.case
            case = cases.get(self.tx, case.id) or case
        return case

    def _tell(self, line: Message, case: Case) -> None:
        """Tell something in the thread of the case's card, where it has one or is about to."""
        if self._has_card(case):
            self.messages.append(replace(line, channel=line.channel or self.settings.channel_of(case.team)))

    def _moved(self, case: Case) -> None:
        for pair, known in self.of_mention.items():
            if known.id == case.id:
                self.of_mention[pair] = case
        for there in self.in_conversation.values():
            there[:] = [(case if known.id == case.id else known, author) for known, author in there]

    def _remember(self, case: Case, one: Waiting) -> None:
        self.of_mention[one.mention.id, one.brand] = case


def _card_key(case: Case) -> str:
    return f"card:{case.mention_id}:{case.brand}"


def _words(mention: Mention | likenesses.Earlier) -> str:
    """What is compared: the author's own words, or those that they repost without any."""
    return f"{mention.title}\n{mention.text}".strip() or mention.quoted_text


def _round(posts: int) -> int:
    """The largest of 1, 2, 3, 5, 10, 20, 50, 100, 200 ... that is not above so many posts."""
    if posts < 5:
        return min(posts, 3)
    power: int = 10 ** (len(str(posts)) - 1)
    return next(step * power for step in (5, 2, 1) if step * power <= posts)


def _judged(one: Waiting) -> Assessment:
    if one.assessment is None:
        raise ValueError(f"{one.mention.id} reached triage without a judgement")
    return one.assessment


def _conversation(one: Waiting) -> Pair:
    return cases.conversation_key(one.mention), one.brand


def _pairs(waiting: Iterable[Waiting]) -> set[Pair]:
    """The mentions themselves, and what they reply to or repost."""
    found: set[Pair] = set()
    for one in waiting:
        found.add((one.mention.id, one.brand))
        if one.mention.parent_id and (one.own or one.mention.kind == "repost"):
            found.add((f"{one.mention.platform}:{one.mention.parent_id}", one.brand))
    return found
