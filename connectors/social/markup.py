"""HTML to the words that a reader would see.

Strangers write it, so it is read in one pass whose time grows with its length alone: the standard library's parser, and
feedparser's own cleaning, take hours over a few hundred kilobytes of `<a <a <a`.
"""

import html
import re
from collections.abc import Iterator

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_LINES = frozenset(("br", "li", "tr"))
_PARAGRAPHS = frozenset(("p", "div", "ul", "ol", "pre", "table", "section", "article", *(f"h{n}" for n in range(1, 7))))
_UNSEEN = frozenset(("script", "style", "template", "noscript", "head", "title", "textarea"))
_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n(\s*\n)?\s*")


def read_html(markup: str) -> tuple[str, str]:
    """(what the author says, what they quote) as plain text. A `blockquote` is a quote; broken HTML is no error."""
    said: list[str] = []
    quoted: list[str] = []
    depth = 0
    for text, tag in _tokens(markup):
        (quoted if depth else said).append(html.unescape(text))
        name = tag.strip("/")
        if name == "blockquote":
            depth = max(0, depth - 1) if tag.startswith("/") else depth + 1
        elif name in _PARAGRAPHS:
            (quoted if depth else said).append("\n\n")
        elif tag in _LINES:
            (quoted if depth else said).append("\n")
    return _tidy("".join(said)), _tidy("".join(quoted))


def _tokens(markup: str) -> Iterator[tuple[str, str]]:
    """(text, the tag after it) until the end; a tag is "p" or "/p", lower case, and "" where none that counts follows."""
    lower = markup.lower()
    begin = at = 0
    while (at := markup.find("<", at)) >= 0:
        tag = _TAG.match(lower, at)
        if tag is None and markup[at + 1 : at + 2] not in ("!", "?", "/"):
            at += 1  # a mere less-than sign
            continue
        if markup.startswith("<!--", at):
            end = markup.find("-->", at + 4) + 3
        else:
            end = _end_of_tag(markup, at)
        if end < 3:
            break
        slash, name = tag.groups() if tag else ("", "")
        yield markup[begin:at], slash + name
        if name in _UNSEEN and not slash:
            end = lower.find(f"</{name}", end)
            if end < 0:
                return
        begin = at = end
    yield markup[begin:], ""


def _end_of_tag(markup: str, at: int) -> int:
    """Just past the tag's `>`, which may also stand in a quoted value; 0 where it never ends."""
    end = markup.find(">", at)
    for quote in ('="', "='"):
        opened = markup.find(quote, at, end)
        if 0 <= opened < end and (closed := markup.find(quote[1], opened + 2, opened + 2_000)) > end:
            end = markup.find(">", closed)
    return end + 1


def _tidy(text: str) -> str:
    """Runs of space as one, paragraphs an empty line apart."""
    return _BREAKS.sub(lambda found: "\n\n" if found[1] else "\n", _SPACES.sub(" ", text)).strip()
