"""An answer to a customer: written by an agent, checked, let out by a second person where the rules ask, sent once.

Everything that may be wrong with a text in public is said before it goes out (`faults`), for what is once public stays so.
Which way it may go out is said here too (`way_out`): through the platform's API, or by a person's hand.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal
from urllib.parse import quote

from core.customer import Customer
from core.mention import Author, Mention

Way = Literal["api", "by_hand"]
"""How an answer goes out: by the platform's API, or by a person who opens the post there."""

ANSWERED_BY_API = frozenset({"x", "reddit", "mastodon"})
"""Platforms on which `connectors.reply` can post."""

LONGEST = {"x": 280, "reddit": 10_000, "mastodon": 468, "bluesky": 300}
"""Characters that an answer may have: https://docs.x.com/fundamentals/counting-characters,
https://docs.joinmastodon.org/user/posting (500, less the name of whom it goes to, which stands before it and has 30 letters
at most), Reddit's own comment box."""
LONGEST_ELSEWHERE = 10_000
LINK_COUNTS = 23
"""On X and Mastodon every link counts as so many characters, however long it is."""


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


# Which way ---------------------------------------------------------------------------------------------------------------


def way_out(mention: Mention, own_accounts: Collection[str], parent: Mention | None = None) -> Way:
    """How an answer to this post may go out.

    X lets an app answer only who summoned it: who mentions or quotes the brand's account, or answers it (PLATFORMS.md).
    `own_accounts` are the brand's, as `core.mention.Brand` has them; `parent` is the post that this one answers or quotes,
    where we hold it. X has the last word; what it refuses goes by hand as well.
    """
    if mention.platform not in ANSWERED_BY_API:
        return "by_hand"
    if mention.platform != "x":
        return "api"
    named = {f"x:@{handle}".lower() for handle in _HANDLE.findall(mention.text)}
    summoned = bool(named & {account.lower() for account in own_accounts})
    return "api" if summoned or (parent is not None and _is_own(parent.author, own_accounts)) else "by_hand"


def deep_link(mention: Mention, text: str) -> str:
    """Where a person sends the answer by hand: X opens its reply box with the text in it
    (https://docs.x.com/x-for-websites/tweet-button/guides/web-intent); elsewhere the post itself."""
    if mention.platform != "x":
        return mention.url
    return f"https://x.com/intent/post?in_reply_to={quote(mention.external_id, safe='')}&text={quote(text, safe='')}"


def _is_own(author: Author, own_accounts: Collection[str]) -> bool:
    own = {account.lower() for account in own_accounts}
    return author.id.lower() in own or f"{author.platform}:@{author.handle}".lower() in own


_HANDLE = re.compile(r"(?<![\w@/.])@(\w{1,15})(?!\w)", re.ASCII)

# How long ----------------------------------------------------------------------------------------------------------------

_LIGHT = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
"""What X counts as one character; all else counts as two. Latin, Devanagari and Turkish letters are among these
(configuration 3 of its twitter-text, which https://docs.x.com/fundamentals/counting-characters refers to)."""

_PICTURE = (
    "[\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299"
    "\U0001f004-\U0001faff]"
)
_DRAWN = rf"{_PICTURE}(?:\ufe0f|[\U0001f3fb-\U0001f3ff])?[\U000e0020-\U000e007f]*"
_EMOJI = re.compile(
    rf"[\U0001f1e6-\U0001f1ff]{{2}}|[#*0-9]\ufe0f?\u20e3|[\u00a9\u00ae]\ufe0f|{_DRAWN}(?:\u200d{_DRAWN})*"
)
"""An emoji as people see it, one picture: flags, keycaps, skin colours, families joined by U+200D."""

_TLD = "com|org|net|info|biz|app|shop|store|online|site|support|help|link|page|tech|dev|cloud|live|news|blog|[a-z]{2}"
_PATH = r"(?:[/?#](?:[!-~]*[A-Za-z0-9/_=#&+$%~-])?)?"
LINK = re.compile(
    rf"https?://[\w.-]*\w(?::\d+)?{_PATH}"
    rf"|(?<![\w@#$./-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:{_TLD})(?![\w@-])(?!\.\w){_PATH}",
    re.IGNORECASE,
)
"""A web address without the punctuation after it, also one without https://, which X makes a link as well. Rather one too
many: too long is told here, refused there."""
_REMOTE = re.compile(r"(?<![\w/])(@\w+)@[\w.-]+\w")


def length(text: str, platform: str) -> int:
    """How many characters the platform counts, once the text is composed (NFC).

    X counts a link as 23, an emoji, however it is joined, and most letters of East Asia as two. Mastodon counts a link as
    23 and `@name@server` as `@name`. The others count every character once; Bluesky counts what people see as one, which
    is never more.
    """
    text = unicodedata.normalize("NFC", text)
    if platform not in ("x", "mastodon"):
        return len(text)
    without, links = LINK.subn("", _REMOTE.sub(r"\1", text) if platform == "mastodon" else text)
    if platform == "mastodon":
        return len(without) + links * LINK_COUNTS
    without, emoji = _EMOJI.subn("", without)
    return links * LINK_COUNTS + emoji * 2 + sum(1 if _is_light(ord(letter)) else 2 for letter in without)


def _is_light(code: int) -> bool:
    return any(first <= code <= last for first, last in _LIGHT)


# What it must not tell -------------------------------------------------------------------------------------------------

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DATE = re.compile(
    r"(?<!\d)(?:\d{4}([-./])\d{1,2}\1\d{1,2}|\d{1,2}([-./])\d{1,2}\2\d{2,4}|\d{1,2}:\d{2}(?::\d{2})?)(?!\d)"
)
_PHONE = re.compile(r"(?<![\w#-])\+?\(?\d(?:[\s().\u2010-\u2013-]{0,2}\d){8,14}(?!\w)")
_ORDER = re.compile(
    r"(?<![\w@/.])(?:[A-Z]{2,6}[-_]?\d{5,}|#(?!(?:19|20)\d\d(?!\d))\d{4,})(?!\w)", re.IGNORECASE | re.ASCII
)
"""What order numbers look like, and models (RTX-4090) and years (#2026) do not. A customer's own are known besides."""
_MIN_NAME = 3
_MIN_NUMBER = 4
_PHONE_TAIL = 8
"""So many last digits tell a phone number, whatever is before them."""

_WORDS_TOO = """
    art bill chance dawn faith frank gold grace grant hope hunter joy june king long love mark may miles pat price rich rose
    star sue sunny will young
    aslan bahar barış bulut can deniz güneş nur savaş sevgi umut yağmur
    khushi
"""
"""Names that are everyday words too, in English, Turkish or Hinglish: they tell only beside the rest of the name."""


def faults(
    text: str,
    platform: str,
    customers: Iterable[Customer] = (),
    *,
    shown: Iterable[str] = (),
    ours: Iterable[str] = (),
) -> list[str]:
    """What is wrong with a text that would be public, in sentences for the agent: too long, empty, or telling what is
    nobody else's business: an order number, an e-mail address, a phone number, a name from the customer's record.

    `customers` are those that the author may be, `shown` the names by which the author goes in public, which may be said.
    `ours` are texts that the brand publishes anyway, such as saved replies: the addresses and numbers in them may be said.
    The list is empty for a text that may go out.
    """
    if not text.strip():
        return ["Write an answer first."]
    found = []
    limit = LONGEST.get(platform, LONGEST_ELSEWHERE)
    if (long := length(text, platform)) > limit:
        characters = "character" if long == limit + 1 else "characters"
        found.append(f"It is {long - limit} {characters} too long for this platform (at most {limit}).")
    customers, known = list(customers), _fold(" ".join(ours))
    whole = _fold(text)
    bare = _DATE.sub(" ", LINK.sub(" ", whole))
    if any(email not in known for email in _EMAIL.findall(whole)):
        found.append("It holds an e-mail address; ask for it in a direct message.")
    said = [number for number in map(_digits, _PHONE.findall(bare)) if number not in _digits(known)]
    if said or _tells_a_phone(bare, customers):
        found.append("It holds a phone number; ask for it in a direct message.")
    orders = [order for customer in customers for order in customer.order_ids]
    if any(order not in known for order in _ORDER.findall(bare)) or any(_tells_a_number(whole, o) for o in orders):
        found.append("It holds an order number; nobody else should read that.")
    public = {part for name in shown for part in _name_parts(name)}
    if any(_tells_a_name(whole, customer.name, public) for customer in customers):
        found.append("It holds a name from the customer's record; use the name that they show in public.")
    return found


def _fold(text: str) -> str:
    """For comparing: composed, lower case, Turkish dotted and dotless i alike, digits of all scripts as ours."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("i\u0307", "i").replace("ı", "i")
    return "".join(str(unicodedata.digit(letter)) if letter.isdigit() else letter for letter in text)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _tells_a_phone(bare: str, customers: Iterable[Customer]) -> bool:
    """Does it hold the end of a customer's phone number, however it is written?"""
    runs = [_digits(run) for run in re.findall(r"\d(?:[\s().\u2010-\u2013-]{0,3}\d)*", bare)]
    tails = {_digits(_fold(phone))[-_PHONE_TAIL:] for customer in customers for phone in customer.phones}
    return any(tail in run for tail in tails if len(tail) == _PHONE_TAIL for run in runs)


def _tells_a_number(whole: str, order: str) -> bool:
    """Does it hold this order number, whatever stands between its letters and digits?"""
    signs = re.findall(r"[^\W_]", _fold(order))
    if len(signs) < _MIN_NUMBER:
        return False
    loosely = r"[\s._#-]?".join(map(re.escape, signs))
    return re.search(rf"(?<![^\W_]){loosely}(?![^\W_])", whole) is not None


def _name_parts(name: str) -> list[str]:
    return [part for part in re.split(r"[\s._-]+", _fold(name)) if len(part) >= _MIN_NAME]


def _tells_a_name(whole: str, name: str, public: Collection[str]) -> bool:
    """The full name, or a part of it that is no everyday word, unless the author shows that part in public."""
    parts = _name_parts(name)
    hidden = [part for part in parts if part not in public]
    if hidden and len(parts) > 1 and _says(whole, " ".join(_fold(name).split())):
        return True
    return any(_says(whole, part) for part in hidden if part not in _PLAIN_WORDS)


_PLAIN_WORDS = frozenset(_fold(_WORDS_TOO).split())


def _says(whole: str, words: str) -> bool:
    """Whether `words` stand in the text as whole words. Signs on letters (Devanagari) belong to their word."""
    sign = r"[\w\u0900-\u097f]"
    return re.search(rf"(?<!{sign}){re.escape(words)}(?!{sign})", whole) is not None
