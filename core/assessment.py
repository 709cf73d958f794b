"""What we think of a mention on a brand's behalf, and why.

Each of thousands of texts a second is given several of these, and a Struct is made ten times as fast as a frozen dataclass.
"""

from datetime import datetime
from enum import IntEnum
from typing import Literal

from msgspec import Struct, field

SentimentLabel = Literal["negative", "neutral", "positive", "unsupported"]
Intent = Literal["complaint", "question", "request", "suggestion", "lead", "praise", "news", "other"]
Topic = Literal[
    "billing",
    "delivery",
    "product_quality",
    "outage_technical",
    "safety",
    "legal",
    "privacy_security",
    "sales_lead",
    "feedback",
    "praise",
    "spam_irrelevant",
]


class Priority(IntEnum):
    """How soon a person must look: P1 within 15 minutes, P2 within the hour, P3 the same day, P4 never.

    P1 and P2 ring the desk; P3 opens a queued case; P4 opens none.
    """

    P1 = 1
    P2 = 2
    P3 = 3
    P4 = 4

    @property
    def rings(self) -> bool:
        return self <= Priority.P2

    @property
    def opens_case(self) -> bool:
        return self <= Priority.P3


class Sentiment(Struct, frozen=True):
    """How the author's own words feel. `score` runs from -1 to 1; it is 0.0 and means nothing when `unsupported`."""

    label: SentimentLabel
    score: float
    engine: str


class Reason(Struct, frozen=True):
    """One named piece of evidence for a priority: the signal, what it added, and the words that show it."""

    signal: str
    weight: float
    text: str = ""


class Urgency(Struct, frozen=True):
    """How soon a person must look, and why. `score` is the sum of the weights; a floor can raise the priority above it."""

    priority: Priority
    score: float
    reasons: tuple[Reason, ...] = ()


class Assessment(Struct, frozen=True):
    """The judgement of one mention for one brand. `version` names what judged, so that it can be explained later.

    `needs_review` marks text in a language that we cannot judge: it goes to a person, never silently to P4; and the audit
    sample. `details` are the numbers behind it: `complaint`, its probability; `urgent`, the learned one of P1 or P2;
    `negative`, `neutral` and `positive`, the learned ones of the sentiment, before what the desk taught moves them; `audit`,
    the share of the sample that it belongs to.
    """

    mention_id: str
    brand: str
    language: str
    sentiment: Sentiment
    is_complaint: bool
    intent: Intent
    urgency: Urgency
    department: Topic
    version: str
    assessed_at: datetime
    needs_review: bool = False
    details: dict[str, float] = field(default_factory=dict)
