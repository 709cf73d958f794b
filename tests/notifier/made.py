"""Made-up case files, calm and hostile, for the tests of this room."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from core.answer import Answer, AnswerStatus
from core.assessment import Assessment, Priority, Reason, Sentiment, Urgency
from core.case import Candidate, Case, CaseFile, CaseStatus
from core.customer import Customer, Evidence, Link, Order
from core.mention import Author, Mention

NOW = datetime(2026, 11, 21, 14, 20, tzinfo=UTC)
SAID = NOW - timedelta(minutes=3)


def author(**changes: Any) -> Author:
    made = Author("x", "501", "priya_s", "Priya Sharma", followers=12_400, verified=True)
    return replace(made, **changes)


def mention(**changes: Any) -> Mention:
    made = Mention(
        platform="x",
        external_id="1001",
        author=author(),
        text="My @northwind charger is smoking and burnt my hand 😡 यह बहुत खतरनाक है, please answer!",
        created_at=SAID,
        url="https://x.com/priya_s/status/1001",
    )
    return replace(made, **changes)


def case(**changes: Any) -> Case:
    made = Case(
        id=42,
        mention_id="x:1001",
        brand="northwind",
        status=CaseStatus.OPEN,
        priority=Priority.P1,
        department="safety",
        team="safety",
        opened_at=NOW,
        answer_by=SAID + timedelta(minutes=15),
        resolve_by=SAID + timedelta(hours=4),
    )
    return replace(made, **changes)


def assessment(**changes: Any) -> Assessment:
    reasons = (Reason("hazard", 0.0, "smoking"), Reason("complaint", 1.8, "burnt my hand"))
    made = Assessment(
        mention_id="x:1001",
        brand="northwind",
        language="en",
        sentiment=Sentiment("negative", -0.62, "vader-3.3.2"),
        is_complaint=True,
        intent="complaint",
        urgency=Urgency(Priority.P1, 4.8, reasons),
        department="safety",
        version="test",
        assessed_at=NOW,
    )
    return msgspec.structs.replace(made, **changes)


def candidate(status: str = "linked", **changes: Any) -> Candidate:
    link = Link(
        author_id="x:501",
        customer_id="C-1042",
        status="linked" if status == "linked" else "possible",
        probability=1.0 if status == "linked" else 0.89,
        basis="opt_in" if status == "linked" else "public_data",
        evidence=(Evidence("account_id", 9.0, "signed in with this account"),),
        version="test",
    )
    orders = (
        Order("N-88121", "C-1042", "delayed", NOW - timedelta(days=6), "₹ 2,499", "65 W charger"),
        Order("N-87003", "C-1042", "delivered", NOW - timedelta(days=40), "₹ 899", "USB cable"),
    )
    made = Candidate(link, Customer("C-1042", "Priya Sharma", tier="Gold"), orders)
    return replace(made, **changes)


def case_file(**changes: Any) -> CaseFile:
    made = CaseFile(
        case=case(), brand_name="Northwind", mention=mention(), assessment=assessment(), candidates=(candidate(),)
    )
    return replace(made, **changes)


def answer(**changes: Any) -> Answer:
    made = Answer(7, 42, "x:1001", "Please send us a message.", AnswerStatus.TO_SEND, "U0ASHA", NOW)
    return replace(made, **changes)
