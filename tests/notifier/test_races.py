"""A thousand races, half of them on each database: two agents who press at once, presses that come twice, listeners and
senders who die.

Never two owners, never two public answers, never a press that is lost without a word to the one who pressed.
"""

import contextlib
import json
import random
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from connectors.reply import reply
from connectors.social.posting import Posted
from core.answer import Answer, AnswerStatus
from core.case import CaseEvent, EventKind
from core.errors import RetryLater
from core.mention import Cursor, Heard, Page
from core.settings import Environment, Settings, parse
from core.store import Store, answers, assessments, cases, mentions, outbox
from core.store.schema import outbox as outbox_rows
from notifier import modals, socket_mode
from notifier.deliver import deliver
from notifier.interactions import Interactions
from notifier.roles import Roles
from notifier.slack_client import Slack, connect
from sandbox.slack.elements import NotThere
from sandbox.slack.envelopes import Envelope
from sandbox.slack.limits import Limits
from tests.notifier import made
from tests.notifier.conftest import environment
from tests.notifier.made import NOW
from tests.notifier.rung import QUERY, hurry, ring, the_case
from tests.notifier.test_listener import listening
from tests.sandbox.slack_desk import running

RACES = 500
"""On each database. Twice as many held as well; that takes two minutes."""
BATCH = 100
"""Races between two looks at what came of them."""
ANNA, BERK = "U0ANNA", "U0BERK"
FORMS = {
    "resolve": modals.RESOLVE,
    "snooze": modals.SNOOZE,
    "hand_over": modals.HAND_OVER,
    "reply": modals.REPLY,
    "reject": modals.REJECT,
}
PRESSES = [*FORMS, "claim", "accept", "decline", "not_urgent", "not_us", "reopen", "approve", "withdraw"]
DECISIONS = ["approve", "withdraw", "reject", "claim", "resolve"]
WEIGHTS = [[{"claim": 3, "reply": 5, "hand_over": 2, "accept": 2}.get(press, 1) for press in PRESSES], [5, 2, 4, 1, 1]]
"""How often each is pressed: of `PRESSES`, or of `DECISIONS` while an answer waits for one."""
WROTE_TWICE = 0.25
DIES = 0.06
OWN = {
    "claim": EventKind.CLAIMED,
    "resolve": EventKind.RESOLVED,
    "snooze": EventKind.SNOOZED,
    "hand_over": EventKind.OFFERED,
    "accept": EventKind.ACCEPTED,
    "decline": EventKind.DECLINED,
    "reply": EventKind.DRAFTED,
    "approve": EventKind.APPROVED,
    "reject": EventKind.REJECTED,
}
"""What the case's story tells of a press that was obeyed, in the name of who pressed."""
MOVING = {*EventKind} - {
    *(EventKind.OPENED, EventKind.DRAFTED, EventKind.APPROVED, EventKind.REJECTED, EventKind.NOT_SENT),
    EventKind.ANSWERED,  # moves the case unless it is closed
}


class Killed(BaseException):
    """The process is gone: nothing after this line is done, nobody is told."""


class Mortal(Store):
    """The store of a listener that dies when its `fate` says so: before a commit, or right after."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.engine)
        self.fate = threading.local()

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        with super().write() as tx:
            yield tx
            self._perhaps("before")
        self._perhaps("after")

    def _perhaps(self, when: str) -> None:
        if getattr(self.fate, "dies", "") == when:
            self.fate.dies = ""
            raise Killed


class Ears(Slack):
    """What the agents were told, each in their own thread. A press that opens no form needs no more of Slack."""

    def __init__(self) -> None:
        self._ears = threading.local()

    @property
    def heard(self) -> list[str]:
        if not hasattr(self._ears, "heard"):
            self._ears.heard = []
        heard: list[str] = self._ears.heard
        return heard

    def whisper(self, channel: str, user: str, text: str) -> None:
        self.heard.append(text)

    def zone_of(self, user: str) -> str:
        return "Europe/Istanbul"


class Platform:
    """A platform of one account, without a key that would keep a post from being made twice, and at times without an
    answer."""

    def __init__(self, luck: random.Random) -> None:
        self.said: dict[str, list[tuple[str, str]]] = {}
        self._luck, self._lock = luck, threading.Lock()

    def post(self, parent_id: str, text: str, now: datetime) -> Posted:
        with self._lock:
            under = self.said.setdefault(parent_id, [])
            under.append((f"{parent_id}.{len(under)}", text))
            if self._luck.random() < 0.1:
                raise RetryLater("the platform's answer was lost")
            return Posted(under[-1][0], f"https://x.example/{under[-1][0]}")

    def find(self, parent_id: str, text: str, since: datetime, now: datetime) -> Posted | None:
        with self._lock:
            for number, words in self.said.get(parent_id, []):
                if words == text:
                    return Posted(number, f"https://x.example/{number}")
        return None


@pytest.fixture
def settings() -> Settings:
    queries = [{"name": "brand", "any_of": ["northwind"]}]
    return parse(
        {
            "brands": {"northwind": {"name": "Northwind", "own_accounts": ["x:@northwind"], "queries": queries}},
            "departments": {
                "safety": {"channel": "#safety", "topics": ["safety"]},
                "billing": {"channel": "#billing", "topics": ["billing"]},
            },
            "answering": {"approval_for": [ANNA]},
        }
    )


def ring_many(store: Store, count: int) -> list[int]:
    """Urgent cases with their judgements; nothing waits to be drawn."""
    said = [made.mention(external_id=str(n)) for n in range(1, count + 1)]
    page = Page(Cursor(floor="1", floor_at=NOW), tuple(Heard(one, (QUERY,), {}) for one in said))
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", page, NOW)
        waiting = assessments.to_assess(tx, count)
        assessments.save(tx, [(one, made.assessment(mention_id=one.mention.id)) for one in waiting])
        given = [(made.case(id=0, mention_id=one.id, answer_by=NOW + timedelta(hours=1)), one) for one in said]
        return [case.id for case in cases.open_cases(tx, given)]


class Agent:
    """Presses what their dice say, on one case after the other, each case together with the other agent."""

    def __init__(self, who: str, other: str, does: Interactions, store: Mortal, ears: Ears, seed: int) -> None:
        self.who, self.other, self.does, self.store, self.ears = who, other, does, store, ears
        self.luck = random.Random(f"{who} {seed}")
        self.outcomes: list[tuple[int, str, int, list[str]]] = []
        """(case, press, answer it was about, what the agent was told)."""
        self.killed = 0

    def race(self, case_id: int) -> None:
        pressed = set()
        for _ in range(self.luck.randint(1, 3)):
            about = self._latest(case_id)
            undecided = about is not None and about.status is AnswerStatus.TO_APPROVE
            press = self.luck.choices(DECISIONS if undecided else PRESSES, WEIGHTS[undecided])[0]
            if press in pressed or (about is None and press in DECISIONS[:3]):
                continue
            pressed.add(press)
            answer = about.id if about is not None else 0
            send = self._form(case_id, press, answer) if press in FORMS else self._button(case_id, press, answer)
            self.outcomes.append((case_id, press, answer, self._sent(send)))

    def _sent(self, send: Any) -> list[str]:
        """What came back of a press that Slack sends until it is acknowledged, and at times once more."""
        self.ears.heard.clear()
        if self.luck.random() < DIES:
            self.store.fate.dies = self.luck.choice(["before", "after"])
        try:
            told = send()
        except Killed:
            self.killed += 1
            self.ears.heard.clear()
            told = send()
        self.store.fate.dies = ""  # a press that changes nothing writes nothing
        told = [*self.ears.heard, *told]
        if self.luck.random() < WROTE_TWICE:
            send()
        return told

    def _button(self, case_id: int, press: str, answer: int) -> Any:
        value = json.dumps({"case": case_id, "answer": answer, "v": 1})
        action = {"action_id": press, "block_id": f"case:{case_id}:rings", "value": value}
        body = {"user": {"id": self.who}, "channel": {"id": "C1"}, "actions": [action]}

        def send() -> list[str]:
            self.does.pressed(body)
            return []

        return send

    def _form(self, case_id: int, press: str, answer: int) -> Any:
        is_anna = self.who == ANNA
        to = self.luck.choice([modals.A_PERSON, "team:billing"] if is_anna else [modals.A_PERSON, "next_shift"])
        at = NOW + timedelta(minutes=20 if is_anna else 30)
        filled: dict[str, dict[str, str]] = {
            "resolve": {"reason": "refunded", "note": f"by {self.who}"},
            "snooze": {"at": str(int(at.timestamp()))},
            "hand_over": {"to": to, "person": self.other},
            "reply": {"text:0": f"Please send us a message. {self.who}"},
            "reject": {"note": "Say when"},
        }
        view = {
            "id": f"V{self.who}{case_id}{press}",
            "callback_id": FORMS[press],
            "private_metadata": json.dumps({"case": case_id, "mark": 0, "extra": str(answer)}),
            "state": {"values": {block: {"value": {"value": told}} for block, told in filled[press].items()}},
            "blocks": [{"type": "input", "block_id": block} for block in filled[press]],
        }
        return lambda: list(self.does.submitted({"user": {"id": self.who}, "view": view}).values())

    def _latest(self, case_id: int) -> Answer | None:
        with self.store.read() as tx:
            return next(reversed(answers.of_case(tx, case_id)), None)


@pytest.mark.timeout(300)
def test_races(store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    luck, ears, mortal, platform = random.Random(7), Ears(), Mortal(store), Platform(random.Random(8))
    monkeypatch.setattr("connectors.reply.poster", lambda *_: platform)
    roles = Roles(ears, settings.roles)
    does = Interactions(mortal, ears, settings, roles, lambda: None, lambda: NOW)
    anna, berk = (Agent(who, other, does, mortal, ears, 1) for who, other in ((ANNA, BERK), (BERK, ANNA)))
    rung = ring_many(store, RACES)
    died: list[str] = []
    for start in range(0, RACES, BATCH):
        batch = rung[start : start + BATCH]
        line, over = threading.Barrier(2), threading.Event()
        trouble: list[BaseException] = []

        def press(agent: Agent, line: Any = line, batch: Any = batch, trouble: Any = trouble) -> None:
            try:
                for case_id in batch:
                    line.wait(30)
                    agent.race(case_id)
            except BaseException as error:
                trouble.append(error)
                line.abort()

        def send(seed: int, over: Any = over) -> None:
            dice = random.Random(seed)
            while not over.is_set():
                send_once(store, settings, dice, died)
                over.wait(0.05)

        pressing = [threading.Thread(target=press, args=(agent,)) for agent in (anna, berk)]
        sending = [threading.Thread(target=send, args=(luck.randrange(1000),)) for _ in range(2)]
        for thread in (*pressing, *sending):
            thread.start()
        for thread in pressing:
            thread.join(120)
        over.set()
        for thread in sending:
            thread.join(60)
        assert not trouble, trouble
        while waits(store):
            hurry(store)  # every sender is done or dead
            send_once(store, settings, luck, died)
    assert anna.killed + berk.killed > RACES // 50
    assert len(died) > RACES // 100
    told = {agent.who: agent.outcomes for agent in (anna, berk)}
    kinds: Counter[str] = Counter()
    for case_id in rung:
        kinds.update(check(store, platform, case_id, told))
    assert all(kinds[kind] > 1 for kind in (*OWN.values(), EventKind.ANSWERED, EventKind.LOWERED)), kinds


def send_once(store: Store, settings: Settings, dice: random.Random, died: list[str]) -> None:
    def perhaps(claimed: outbox.Claimed) -> None:
        if dice.random() < 0.15:
            raise SystemError("killed")

    try:
        reply(store, settings, Environment({}), NOW, settle_seconds=0, before_commit=perhaps)
    except SystemError as error:
        died.append(str(error))


def waits(store: Store) -> bool:
    with store.read() as tx:
        query = outbox_rows.select().where(outbox_rows.c.kind == "reply", outbox_rows.c.status == "waiting")
        return tx.execute(query.limit(1)).one_or_none() is not None


def check(
    store: Store, platform: Platform, case_id: int, told: dict[str, list[tuple[int, str, int, list[str]]]]
) -> list[str]:
    """What must be true of a case after its race. Returns the kinds of its events."""
    with store.read() as tx:
        case = cases.get(tx, case_id)
        story, given = cases.events(tx, case_id), answers.of_case(tx, case_id)
    assert case is not None
    owners = owners_of(story)
    assert case.owner == owners[-1], "the story tells who has it"
    moved = Counter(event.kind in MOVING for event in story)[True]
    assert moved <= case.version <= moved + sum(event.kind is EventKind.ANSWERED for event in story)
    forms = [event.data[cases.FORM] for event in story if event.data.get(cases.FORM)]
    assert len(forms) == len(set(forms)), "a form is carried out once"

    public = platform.said.get(case.mention_id.removeprefix("x:"), [])
    sent = [answer for answer in given if answer.status is AnswerStatus.SENT]
    assert len(public) <= 1, "never two public answers"
    assert [(a.external_id, a.text) for a in sent] == public, "what is out is known to be out, and nothing else is"
    assert sum(event.kind is EventKind.ANSWERED for event in story) == len(public)
    for answer in sent:
        assert answer.author == BERK or answer.approver == BERK, "nobody let out their own answer that another had to"

    for who, outcomes in told.items():
        for _, press, about, words in (outcome for outcome in outcomes if outcome[0] == case_id):
            assert words or is_true(press, who, about, story, owners), f"{who}'s {press} was lost without a word"
            assert not any("could not do that" in word for word in words), words
            assert len(words) <= 1
    return [event.kind for event in story]


def owners_of(story: list[CaseEvent]) -> list[str | None]:
    """Who had the case after each event."""
    owner: str | None = None
    owners = []
    for event in story:
        match event.kind:
            case EventKind.CLAIMED:
                assert owner is None, "nobody claims what another has"
                owner = event.actor
            case EventKind.ACCEPTED:
                assert event.data["from"] == owner
                owner = event.actor
            case EventKind.OFFERED | EventKind.SNOOZED | EventKind.RESOLVED | EventKind.DISMISSED:
                owner = owner or event.actor
        owners.append(owner)
    return owners


def is_true(press: str, who: str, answer: int, story: list[CaseEvent], owners: list[str | None]) -> bool:
    """Does the story tell that a press was obeyed, or that what it wanted was so already?"""
    if press in OWN and any((event.kind, event.actor) == (OWN[press], who) for event in story):
        return True
    match press:
        case "claim" | "accept" | "decline":
            return who in owners
        case "not_urgent":
            return any(event.kind is EventKind.LOWERED or event.data.get("reason") == "not_urgent" for event in story)
        case "not_us":
            return any(event.kind is EventKind.DISMISSED and event.data["reason"] == "not_us" for event in story)
        case "reopen":
            return True  # where nothing changed it was open
        case "withdraw":
            return any(event.kind is EventKind.NOT_SENT and event.data["answer"] == answer for event in story)
    return False


OVER_THE_WIRE = 12


@pytest.mark.timeout(180)
def test_races_over_a_line_that_breaks(store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The listener as it is, Slack's stand-in, and a socket that is dropped before or after a press has got through."""
    monkeypatch.setattr(socket_mode, "SETTLED_SECONDS", 0.0)  # back at once, however often it breaks
    luck = random.Random(3)
    with running(limits=Limits(burst=1000, tiers=False), ack_seconds=2.0) as desk:
        slack = connect(settings, environment(desk))
        rung = [ring(store, 1000 + number) for number in range(OVER_THE_WIRE)]
        for _ in rung:
            deliver(store, slack, settings, NOW)
            hurry(store)
        pressed: list[tuple[int, str, Envelope]] = []
        with listening(store, desk, settings):
            for case in (the_case(store, one.id) for one in rung):
                assert case.slack_ts is not None
                for who in [*luck.choices(["asha", "deniz"], k=luck.randint(1, 3)), "asha", "deniz"]:
                    if luck.random() < 0.4:
                        desk.faults.add("slack.socket", luck.choice(["reset_after", "reset_before", "malformed"]))
                    with contextlib.suppress(NotThere):  # the card shows already that another has it
                        pressed.append((case.id, who, desk.state.press("#safety", case.slack_ts, "claim", who)))
                    if luck.random() < 0.1:
                        for connection in list(desk.state.connections):
                            connection.drop()
            for _, _, envelope in pressed:
                envelope.wait(30)
        again = [envelope for _, _, envelope in pressed if len(envelope.attempts) > 1]
        assert len(again) > OVER_THE_WIRE // 4, "some were sent again"
        refused = Counter(message["text"] for who in ("asha", "deniz") for message in desk.ephemerals(who, "#safety"))
    for one in rung:
        with store.read() as tx:
            story = cases.events(tx, one.id)
        assert [event.kind for event in story].count(EventKind.CLAIMED) == 1
        assert owners_of(story)[-1] == the_case(store, one.id).owner
    owners = {one.id: the_case(store, one.id).owner for one in rung}
    lost = Counter(
        f"<@{owners[case_id]}> already has this case."
        for case_id, who, envelope in pressed
        if envelope.status == "acked" and owners[case_id] != desk.state.user(who).id
    )
    assert all(refused[text] >= times for text, times in lost.items()), "whoever came second was told so"
