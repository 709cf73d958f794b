"""What every platform that we answer on has in common: posting under a post, and finding what was posted before.

X and Reddit have no idempotency key, and Mastodon's holds for an hour. So who posts after a lost answer looks for the words
first (`Poster.find`).
"""

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Protocol

from core.answer import LINK
from core.errors import SunwaiError
from core.mention import Charge
from core.settings import Environment

TIMEOUT_SECONDS = 10.0
"""For each wait on the wire."""

POSTERS = {
    "x": "connectors.social.x_posting:connect",
    "reddit": "connectors.social.reddit_posting:connect",
    "mastodon": "connectors.social.mastodon_posting:connect",
}
"""For each platform that we can answer on, what makes its `Poster`: a function of the environment and the timeout that
gives None where no account is set up to answer. `core.answer.ANSWERED_BY_API` names the same platforms."""


@dataclass(frozen=True, slots=True)
class Posted:
    """An answer that is out: what the platform calls it, where it is, and what it cost."""

    external_id: str
    url: str
    charges: Sequence[Charge] = ()


class OnlyByHand(SunwaiError):
    """The platform does not take this answer from an app; a person may be able to send it there."""


class SaidBefore(SunwaiError):
    """The platform says that the account said the very same thing before."""


class Poster(Protocol):
    """An account of ours on a platform. Both functions raise RetryLater, or `NotDone` where surely nothing was done, and
    Misconfigured; no error holds the text."""

    def post(self, parent_id: str, text: str, now: datetime) -> Posted:
        """Say `text` under the post `parent_id`.

        Raises BadRecord where nobody can (the post is gone, the thread locked), OnlyByHand and SaidBefore.
        """
        ...

    def find(self, parent_id: str, text: str, since: datetime, now: datetime) -> Posted | None:
        """What this account said under `parent_id` in these words since `since`, if it did."""
        ...


def poster(platform: str, environment: Environment, timeout: float = TIMEOUT_SECONDS) -> Poster | None:
    """The account that answers on a platform; None where there is none. Raises Misconfigured for half a set of keys."""
    if platform not in POSTERS:
        return None
    module, factory = POSTERS[platform].split(":")
    made: Poster | None = getattr(import_module(module), factory)(environment, timeout)
    return made


def same_words(ours: str, theirs: str) -> bool:
    """Whether a platform shows `ours` as `theirs`: links are wrapped, &, < and > escaped, the names of whom a reply goes to
    are put before it, and white space is not kept."""
    return _bare(ours) == _bare(html.unescape(theirs))


def _bare(text: str) -> str:
    text = unicodedata.normalize("NFC", LINK.sub("\N{LINK SYMBOL}", text))
    return " ".join(re.sub(r"^(?:\s*@[\w.-]+(?:@[\w.-]+)?)+\s", "", text).split())
