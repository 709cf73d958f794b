"""An answer to a customer: written by an agent, checked, let out by a second person where the rules ask, sent once.

Everything that may be wrong with a text in public is said before it goes out (`faults`), for what is once public stays so.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.customer import Customer

LONGEST = {"x": 280, "reddit": 10_000, "mastodon": 500, "bluesky": 300}
"""Characters that an answer may have: https://docs.x.com/x-api/fundamentals/counting-characters,
https://docs.joinmastodon.org/user/posting, Reddit's own comment box."""
LONGEST_ELSEWHERE = 10_000
LINK_COUNTS = 23
"""On X every link counts as so many characters, however long it is."""

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w/#.-])\+?\d(?:[\s().-]?\d){8,14}(?![\w/])")
_ORDER = re.compile(r"(?<![\w@/.])(?:[A-Z]{2,6}[-_]?\d{4,}|#\d{4,})(?!\w)", re.IGNORECASE)
_LINK = re.compile(r"https?://\S+")
_WIDE = re.compile("[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]")
_EMOJI = re.compile("[\u203c-\u3299\U0001f000-\U0001faff](?:[\ufe0f\u200d\U0001f3fb-\U0001f3ff]|(?<=\u200d).)*")
_MIN_NAME = 3


class AnswerStatus(StrEnum):
    TO_APPROVE = "to_approve"
    TO_SEND = "to_send"
    BY_HAND = "by_hand"
    SENT = "sent"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"

    @property
    def is_on_its_way(self) -> bool:
        """No second answer may be begun for the case meanwhile."""
        return self in (AnswerStatus.TO_APPROVE, AnswerStatus.TO_SEND, AnswerStatus.BY_HAND)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an agent wrote to a customer in public.

    `mention_id` is the post that it answers. `private_invite` says that it only asks for a direct message. `by_hand` waits
    for the agent to send it on the platform, where that forbids us to. `error` is in our own words.
    """

    id: int
    case_id: int
    mention_id: str
    text: str
    status: AnswerStatus
    author: str
    created_at: datetime
    private_invite: bool = False
    approver: str | None = None
    decided_at: datetime | None = None
    sent_at: datetime | None = None
    external_id: str | None = None
    url: str = ""
    error: str | None = None


def length(text: str, platform: str) -> int:
    """How many characters the platform counts. X counts links as 23, an emoji and a wide letter as two; the others count
    every character once."""
    if platform != "x":
        return len(text)
    without, links = _LINK.subn("", text)
    without, emoji = _EMOJI.subn("", without)
    return len(without) + len(_WIDE.findall(without)) + links * LINK_COUNTS + emoji * 2


def faults(text: str, platform: str, customers: Iterable[Customer] = ()) -> list[str]:
    """What is wrong with a text that would be public, in sentences for the agent: too long, empty, or telling what is
    nobody else's business: an order number, an e-mail address, a phone number, a name or city from the customer's record.

    `customers` are those that the author may be. The list is empty for a text that may go out.
    """
    if not text.strip():
        return ["Write an answer first."]
    found = []
    limit = LONGEST.get(platform, LONGEST_ELSEWHERE)
    if (long := length(text, platform)) > limit:
        found.append(f"It is {long - limit} characters too long for this platform (at most {limit}).")
    bare = _LINK.sub(" ", text)
    if _EMAIL.search(bare):
        found.append("It holds an e-mail address; ask for it in a direct message.")
    if _PHONE.search(bare):
        found.append("It holds a phone number; ask for it in a direct message.")
    if _ORDER.search(bare) or any(_tells(bare, order) for c in customers for order in c.order_ids):
        found.append("It holds an order number; nobody else should read that.")
    if any(_tells(bare, part) for customer in customers for part in _names(customer)):
        found.append("It holds a name from the customer's record; use the name that they show in public.")
    return found


def _names(customer: Customer) -> list[str]:
    whole = [customer.name] if customer.name else []
    return [name for name in (*whole, *customer.name.split()) if len(name) >= _MIN_NAME]


def _tells(text: str, secret: str) -> bool:
    secret = secret.strip()
    return len(secret) >= _MIN_NAME and (
        re.search(rf"(?<![\w\u0900-\u097f]){re.escape(secret)}(?![\w\u0900-\u097f])", text, re.IGNORECASE) is not None
    )
