"""A case becomes one ticket elsewhere, with its whole story, whatever breaks."""

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from sqlalchemy import update

from connectors.backoffice.tickets import EVENTS, LONGEST_SUBJECT, LONGEST_TEXT, story
from core.case import Case, EventKind, Refused, claim
from core.customer import Customer, Evidence, Link, Order
from core.errors import Misconfigured
from core.settings import parse
from core.store import Store, answers, cases, customers, erasure, open_store, tickets
from core.store.schema import outbox as outbox_rows
from core.ticket import Ticket
from sandbox.server import Sandbox
from sandbox.tickets import FIRST_NUMBER
from sandbox.world import Post
from tests.connectors.answering import Desk, crash
from tests.notifier.rung import hurry

SYSTEMS = ["zendesk", "webhook"]


def table(system: str, sandbox: Sandbox) -> dict[str, Any]:
    if system == "zendesk":
        return {"tickets": {"system": "zendesk", "subdomain": "northwind"}}
    return {"tickets": {"system": "webhook", "url": f"{sandbox.tickets_url}/hook"}}


@pytest.fixture(params=SYSTEMS)
def desk(request: pytest.FixtureRequest, store: Store, sandbox: Sandbox) -> Desk:
    """On both databases, with each system."""
    return Desk(store, sandbox, **table(request.param, sandbox))


@pytest.fixture(params=SYSTEMS)
def small(request: pytest.FixtureRequest, small_store: Store, sandbox: Sandbox) -> Desk:
    return Desk(small_store, sandbox, **table(request.param, sandbox))


@pytest.fixture
def zendesk(small_store: Store, sandbox: Sandbox) -> Desk:
    return Desk(small_store, sandbox, **table("zendesk", sandbox))


def want(desk: Desk, case: Case, agent: str = "U1") -> bool:
    return desk.store.run(lambda tx: tickets.open_ticket(tx, case.id, agent, datetime.now(UTC)))


def made(desk: Desk) -> list[dict[str, Any]]:
    """What the other side holds: each ticket's own words."""
    return [*desk.sandbox.tickets.made, *(hook["body"] for hook in desk.sandbox.tickets.hooks)]


def ticket_of(desk: Desk, case: Case) -> Ticket | None:
    with desk.store.read() as tx:
        return tickets.of_case(tx, case.id)


def lived(desk: Desk) -> tuple[Case, Post]:
    """A case with a customer, an owner and an answer."""
    case, post = desk.ask("x", "@northwindhelp the kettle <burnt> my hand & I want my money back")
    now = datetime.now(UTC)
    asha = Customer("C-12", "Asha Verma", tier="gold", city="Pune", order_ids=("NW-1",))
    with desk.store.write() as tx:
        customers.save(tx, [asha], now)
        customers.save_orders(tx, [Order("NW-1", "C-12", "delayed", now, "₹1,200", "Kettle")])
        evidence = (Evidence("account_id", 1.0, "signed in"),)
        link = Link(f"x:{post.author.id}", "C-12", "linked", 0.99, "given_directly", evidence, "test")
        customers.save_links(tx, {link.author_id: [link]}, now)
        move = claim(case, "U7", now)
        assert move is not None
        assert cases.move(tx, move)
    desk.answer(case, "So sorry about your hand.")
    desk.reply()
    return case, post


def test_a_ticket_is_opened_with_the_whole_story(desk: Desk) -> None:
    case, post = lived(desk)
    assert want(desk, case)
    with desk.store.read() as tx:
        assert tickets.is_wanted(tx, case.id)
    assert desk.reply() == {"sent": 1}
    (told,) = made(desk)
    text = told["comment"]["body"] if "comment" in told else told["text"]
    for part in (
        "Northwind · P2",
        "@asha on X",
        "> @northwindhelp the kettle <burnt> my hand & I want my money back",
        f"https://x.example/{post.id}",
        "C-12 Asha Verma, gold, Pune - linked; order NW-1 delayed",
        "taken, U7",
        "answered in public, U1",
        "U1: So sorry about your hand. https://x.com/i/status/",
    ):
        assert part in text
    ticket = ticket_of(desk, case)
    assert ticket is not None
    assert (ticket.external_id, ticket.opened_by) == (str(FIRST_NUMBER), "U1")
    assert ticket.url == f"{desk.sandbox.tickets_url}/agent/tickets/{FIRST_NUMBER}"
    with desk.store.read() as tx:
        event = cases.events(tx, case.id)[-1]
        assert not tickets.is_wanted(tx, case.id)
    assert (event.kind, event.actor) == (EventKind.TICKETED, "U1")
    assert event.data == {"system": ticket.system, "ticket": ticket.external_id}
    assert f"ticketed:{case.id}" in {row.dedupe_key for row in desk.rows("slack_update")}


def test_zendesk_writes_to_nobody_because_of_a_ticket(zendesk: Desk) -> None:
    case, _ = lived(zendesk)
    want(zendesk, case)
    zendesk.reply()
    (ticket,) = zendesk.sandbox.tickets.made
    assert ticket["comment"]["public"] is False
    assert "requester" not in ticket
    assert (ticket["priority"], ticket["external_id"]) == ("high", f"sunwai:northwind:{case.mention_id}")
    assert ticket["tags"] == ["sunwai", "x", "billing", "p2"]


def test_a_case_has_one_ticket(desk: Desk) -> None:
    case, _ = desk.ask("x")
    assert want(desk, case)
    assert not want(desk, case, "U2"), "it is under way"
    desk.reply()
    with pytest.raises(Refused, match=f"has a ticket already: {desk.sandbox.tickets_url}"):
        want(desk, case, "U2")
    assert len(made(desk)) == 1


def test_a_crash_between_the_system_and_our_commit_opens_one(desk: Desk) -> None:
    case, _ = lived(desk)
    want(desk, case)
    with pytest.raises(SystemError):
        desk.reply(before_commit=crash)
    assert ticket_of(desk, case) is None
    hurry(desk.store)
    assert desk.reply() == {"adopted" if desk.settings.tickets.system == "zendesk" else "sent": 1}
    assert len(made(desk)) == 1
    ticket = ticket_of(desk, case)
    assert ticket is not None
    assert ticket.external_id == str(FIRST_NUMBER)


@pytest.mark.parametrize("fault", ["reset_after", "truncated", "reset_before", "unavailable", "rate_limited"])
def test_a_ticket_whose_receipt_was_lost_is_opened_once(small: Desk, fault: str) -> None:
    is_receipt = (fault, small.settings.tickets.system) == ("truncated", "webhook")  # whatever it says with a 2xx
    case, _ = small.ask("x")
    want(small, case)
    small.sandbox.faults.add("tickets.create", fault)
    small.sandbox.faults.add("tickets.hook", fault)
    assert small.reply() == ({"sent": 1} if is_receipt else {"later": 1})
    small.until_empty()
    assert len(made(small)) == 1
    assert ticket_of(small, case) is not None


def test_a_key_that_zendesk_knows_with_other_words_finds_its_ticket(zendesk: Desk) -> None:
    case, _ = zendesk.ask("x")
    want(zendesk, case)
    with pytest.raises(SystemError):
        zendesk.reply(before_commit=crash)
    row = zendesk.rows("ticket")[0]
    with zendesk.store.write() as tx:  # as if this were the first attempt, with a story that grew
        move = claim(zendesk.case(case), "U7", datetime.now(UTC))
        assert move is not None
        assert cases.move(tx, move)
        tx.execute(update(outbox_rows).where(outbox_rows.c.id == row.id).values(attempts=0))
    hurry(zendesk.store)
    assert zendesk.reply() == {"sent": 1}
    assert len(zendesk.sandbox.tickets.made) == 1
    ticket = ticket_of(zendesk, case)
    assert ticket is not None
    assert ticket.external_id == str(FIRST_NUMBER)


def test_two_stages_at_once_open_each_ticket_once(desk: Desk, database_url: str) -> None:
    asked = [desk.ask("x", f"@northwindhelp {n}")[0] for n in range(12)]
    for case in asked:
        want(desk, case)
    others = [desk, Desk(open_store(database_url), desk.sandbox)]
    others[1].settings = desk.settings
    threads = [threading.Thread(target=other.reply) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    others[1].store.close()
    desk.until_empty()
    assert len(made(desk)) == 12
    found = [ticket_of(desk, case) for case in asked]
    assert len({ticket.external_id for ticket in found if ticket}) == 12


@pytest.mark.parametrize(
    ("system", "broken", "named"),
    [
        ("zendesk", {"ZENDESK_API_TOKEN": "stale"}, "ZENDESK_API_TOKEN"),
        ("zendesk", {"ZENDESK_API_TOKEN": ""}, "ZENDESK_API_TOKEN is not set"),
        ("zendesk", {"ZENDESK_EMAIL": ""}, "ZENDESK_EMAIL is not set"),
        ("webhook", {"TICKETS_WEBHOOK_SECRET": "stale"}, "TICKETS_WEBHOOK_SECRET"),
        ("webhook", {"TICKETS_WEBHOOK_SECRET": ""}, "TICKETS_WEBHOOK_SECRET is not set"),
    ],
)
def test_a_wrong_secret_holds_tickets_back_and_is_told_once(
    small_store: Store, sandbox: Sandbox, system: str, broken: dict[str, str], named: str
) -> None:
    desk = Desk(small_store, sandbox, **table(system, sandbox))
    case, _ = desk.ask("x")
    want(desk, case)
    right = desk.environment
    desk.environment = right | broken
    for _ in range(3):
        assert desk.reply() == {"later": 1}
        hurry(desk.store)
    (told,) = desk.rows("slack_ops")
    assert named in told.data["detail"]
    assert "stale" not in str(told.data)
    desk.environment = right
    assert desk.reply() == {"sent": 1}
    assert [row.data["state"] for row in desk.rows("slack_ops")] == ["raised", "recovered"]


@pytest.mark.parametrize(
    ("status", "detail"), [(404, "Nothing takes tickets at tickets.url (404)"), (307, "has moved to another address")]
)
def test_a_webhook_that_is_not_there_or_moved_is_told(
    small_store: Store, sandbox: Sandbox, status: int, detail: str
) -> None:
    asked = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Location", "/other")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/hook"
        desk = Desk(small_store, sandbox, tickets={"system": "webhook", "url": url})
        want(desk, desk.ask("x")[0])
        assert desk.reply() == {"later": 1}
        server.shutdown()
    assert asked == ["/hook"], "what is signed does not follow"
    assert detail in desk.rows("slack_ops")[0].data["detail"]


def test_a_ticket_that_is_refused_fails_loudly_and_may_be_asked_for_again(zendesk: Desk) -> None:
    case, _ = zendesk.ask("x")
    want(zendesk, case)
    zendesk.sandbox.faults.add("tickets.create", "credits_depleted")
    assert zendesk.reply() == {"failed": 1}
    assert zendesk.rows("ticket")[0].status == "failed"
    assert want(zendesk, case)
    assert zendesk.until_empty() == {"sent": 1}


def test_without_a_system_the_remedy_is_told(small_store: Store, sandbox: Sandbox) -> None:
    desk = Desk(small_store, sandbox)
    want(desk, desk.ask("x")[0])
    assert desk.reply() == {"later": 1}
    assert "set it to 'zendesk' or 'webhook'" in desk.rows("slack_ops")[0].data["detail"]


def test_an_erased_post_is_not_told_to_others(desk: Desk) -> None:
    case, _ = lived(desk)
    want(desk, case)
    now = datetime.now(UTC)
    desk.store.run(lambda tx: erasure.erase_mentions(tx, [case.mention_id], "deleted_by_author", now))
    desk.reply()
    (told,) = made(desk)
    whole = json.dumps(told, ensure_ascii=False)
    assert "The post was erased." in whole
    for gone in ("asha", "Asha", "burnt", "So sorry"):
        assert gone not in whole


def test_a_story_holds_what_a_stranger_wrote_within_the_systems_limits(zendesk: Desk) -> None:
    case, _ = zendesk.ask("x", "x\x00\x07\u202e" + "ह" * 100_000)
    with zendesk.store.read() as tx:
        file = cases.file(tx, case.id, "Northwind" * 50)
        assert file is not None
        told = story(file, cases.events(tx, case.id), answers.of_case(tx, case.id))
    assert len(told.text) <= LONGEST_TEXT
    assert len(told.subject) <= LONGEST_SUBJECT
    assert not set("\x00\x07\u202e") & set(told.text + told.subject)


def test_every_event_has_words() -> None:
    assert set(EVENTS) == set(EventKind)


def test_a_ticket_is_asked_for_a_case_that_is_there(small_store: Store) -> None:
    with pytest.raises(Refused, match="no longer here"), small_store.write() as tx:
        tickets.open_ticket(tx, 99, "U1", datetime.now(UTC))


@pytest.mark.parametrize(
    ("tickets_table", "named"),
    [
        ({"system": "zendesk"}, "subdomain"),
        ({"system": "webhook", "url": "ftp://x"}, "url"),
        ({"system": "jira"}, "system"),
    ],
)
def test_a_wrong_table_is_named(tickets_table: dict[str, str], named: str) -> None:
    brands = {"northwind": {"name": "Northwind", "queries": [{"name": "main", "any_of": ["northwind"]}]}}
    with pytest.raises(Misconfigured, match=named):
        parse({"brands": brands, "tickets": tickets_table})
