"""Strangers' words, made safe for a Slack message.

What a stranger wrote must not ping the desk, break out of its quotation, turn the card's text around, or grow past
Slack's limits. Everything that did not come from our own code goes through here on its way into mrkdwn.
"""

import re
import unicodedata
from urllib.parse import quote as percent_encode

ELLIPSIS = "…"
_COST = {"&": 5, "<": 4, ">": 4}
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_FORMATTING = str.maketrans({"\t": " ", "`": "ˋ", "*": "∗", "~": "∼"})  # not "_", which handles and addresses need
_LINE_ENDS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_DIRECTION_MARKS = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_JOINERS = "\u200d\ufe0e\ufe0f"
_MARKS_A_LETTER = 2
_LONGEST_READ = 20_000


def clean(text: str) -> str:
    """The same words without what plays tricks: control characters, marks that turn the direction of what follows, heaps
    of accents ("zalgo"), and Slack's marks for bold, struck and code (look-alikes take their place).

    Letters of every script, emoji and their joiners stay as they are; lines end in "\\n".
    """
    text = _DIRECTION_MARKS.sub("", _LINE_ENDS.sub("\n", text)).translate(_FORMATTING)
    kept: list[str] = []
    marks = 0
    for char in text:
        if char.isascii():  # the common case, and the fast one
            marks = 0
            if (char >= " " and char != "\x7f") or char == "\n":
                kept.append(char)
            continue
        if unicodedata.combining(char) >= 200:  # above or below the letter; Devanagari's signs have lower classes
            marks += 1
            if marks > _MARKS_A_LETTER:
                continue
        elif not unicodedata.category(char).startswith("M"):
            marks = 0
            if unicodedata.category(char) in ("Cc", "Cs"):
                continue
        kept.append(char)
    return "".join(kept).strip()


def escape(text: str) -> str:
    """Cleaned text in which `<!channel>`, links and entities are only characters."""
    return clean(text).translate(_MARKUP)


def excerpt(text: str, limit: int) -> str:
    """As `escape`, but at most `limit` characters as Slack counts them, cut after a word and marked with an ellipsis."""
    text = clean(text[:_LONGEST_READ])
    used, fits = 0, 0
    for char in text:
        used += _COST.get(char, 1 + (char > "\uffff"))
        if used <= limit - len(ELLIPSIS):
            fits += 1
        elif used > limit:
            break
    else:
        return text.translate(_MARKUP)
    head = text[:fits]
    last_space = max(head.rfind(" "), head.rfind("\n"))
    if not text[fits].isspace() and last_space > fits // 2:
        head = head[:last_space]
    else:
        while head and fits < len(text) and _joins(text[len(head) - 1], text[len(head)]):
            head = head[:-1]  # never between a letter and its accent, or inside a joined emoji
    return head.rstrip().translate(_MARKUP) + ELLIPSIS


def one_line(text: str, limit: int) -> str:
    """An excerpt without line breaks, safe to stand among our own words whatever direction it is written in."""
    return isolate(excerpt(" ".join(text[:_LONGEST_READ].split()), limit))


def quote(text: str, limit: int, lines: int = 12) -> str:
    """A Slack quotation: every line marked, blank ones dropped, at most `lines` of them."""
    written = [line for line in excerpt(text, limit).split("\n") if line.strip()]
    shown = written[:lines]
    if len(written) > lines:
        shown[-1] = shown[-1].removesuffix(ELLIPSIS) + ELLIPSIS
    return "\n".join(f"> {isolate(line.strip())}" for line in shown)


def isolate(text: str) -> str:
    """Keep right-to-left text from re-ordering what stands around it (Unicode's isolates). Other text stays as it is."""
    turns = not text.isascii() and any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in text)
    return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}" if turns else text


def link(url: str, label: str) -> str:
    """A Slack link to a web address, or the bare label where the address is not one or is too long for a card."""
    if not re.match(r"https?://[^\s/]", url, re.IGNORECASE) or len(url) > 1000:
        return label
    safe = percent_encode(clean(url), safe="%/:?#[]@!$&'()*+,;=~").translate(_MARKUP)
    return f"<{safe}|{label}>"


def _joins(left: str, right: str) -> bool:
    return left in _JOINERS[0] or right in _JOINERS or unicodedata.category(right).startswith("M")
