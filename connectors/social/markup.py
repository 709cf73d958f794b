"""HTML to the words that a reader would see."""

import re
from html.parser import HTMLParser

_BREAKS = frozenset(
    ("p", "div", "br", "li", "ul", "ol", "tr", "pre", "section", "article", "h1", "h2", "h3", "h4", "h5", "h6")
)
_UNSEEN = frozenset(("script", "style", "template", "noscript", "head"))
_LINES = re.compile(r"[^\S\n]*\n\s*\n\s*|[^\S\n]*\n[^\S\n]*")
_SPACES = re.compile(r"[^\S\n]+")


def read_html(markup: str) -> tuple[str, str]:
    """(what the author says, what they quote) as plain text. A `blockquote` is a quote; broken HTML is no error."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return _tidy("".join(reader.said)), _tidy("".join(reader.quoted))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.quoted: list[str] = []
        self._quotes = 0
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "blockquote":
            self._quotes += 1
        if tag in _UNSEEN:
            self._unseen += 1
        if tag in _BREAKS:
            self.handle_data("\n" if tag in ("br", "li", "tr") else "\n\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BREAKS:
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BREAKS and tag not in ("br", "li", "tr"):
            self.handle_data("\n\n")
        if tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            (self.quoted if self._quotes else self.said).append(data)


def _tidy(text: str) -> str:
    """Runs of space as one, paragraphs an empty line apart."""
    text = _LINES.sub(lambda found: "\n\n" if found[0].count("\n") > 1 else "\n", _SPACES.sub(" ", text))
    return text.strip()
