"""The part of X's search language that the product uses, evaluated on posts.

AND is implied and binds tighter than OR; brackets group; `-` negates one operator, never a group.
Words match whole tokens whatever their case, and X's tokeniser splits at punctuation and symbols, so
`northwind` finds `@northwind` and `#Northwind` too. Source: docs.x.com, "Build a query".
"""

import re
from collections.abc import Callable
from functools import lru_cache

from sandbox.world import Post, World

Matcher = Callable[[Post, World], bool]

TOKEN = re.compile(r'\s*(-?\(|\)|-?"[^"]*"|-?[^\s()"]+)')
WORD = re.compile(r"[\w\u0300-\u036f\u0900-\u097f]+")  # \w leaves out the vowel signs of Devanagari
MENTION = re.compile(r"@(\w{1,15})")
HASHTAG = re.compile(r"#([\w\u0900-\u097f]+)")
LINK = re.compile(r"https?://\S+")


class QueryError(ValueError):
    """A query that X would refuse, in X's words."""


def words(text: str) -> list[str]:
    return _words(text)


@lru_cache(maxsize=200_000)
def _words(text: str) -> list[str]:
    return WORD.findall(text.casefold())


@lru_cache(maxsize=256)
def compile_query(query: str) -> Matcher:
    """Turn a query into a test on posts. Raises QueryError."""
    tokens = TOKEN.findall(query)
    if "".join(tokens).replace(" ", "") != re.sub(r"\s", "", query).replace(" ", ""):
        raise QueryError("no viable alternative at input (at position 1)")
    parser = _Parser(tokens)
    matcher = parser.any_of()
    if parser.rest():
        raise QueryError(f"extraneous input '{parser.rest()[0]}' (at position 1)")
    if not parser.standalone:
        raise QueryError("Rule must contain at least one positive, non-stopword clause (at position 1)")
    return matcher


class _Parser:
    """Recursive descent over the tokens. `standalone` turns true at the first positive word, tag or account."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens, self._at, self.standalone = tokens, 0, False

    def rest(self) -> list[str]:
        return self._tokens[self._at :]

    def any_of(self) -> Matcher:
        options = [self._all_of()]
        while self.rest() and self.rest()[0] == "OR":
            self._at += 1
            options.append(self._all_of())
        return options[0] if len(options) == 1 else lambda post, world: any(one(post, world) for one in options)

    def _all_of(self) -> Matcher:
        needed: list[Matcher] = []
        while self.rest() and self.rest()[0] not in ("OR", ")"):
            if self.rest()[0] == "AND":
                raise QueryError("Reference to invalid operator 'AND': write a space instead (at position 1)")
            needed.append(self._one())
        if not needed:
            raise QueryError("no viable alternative at input '<EOF>' (at position 1)")
        return needed[0] if len(needed) == 1 else lambda post, world: all(one(post, world) for one in needed)

    def _one(self) -> Matcher:
        token = self.rest()[0]
        self._at += 1
        if token == "-(":  # noqa: S105 - a token of a query
            raise QueryError("Negation of a grouping is not supported (at position 1)")
        if token == "(":  # noqa: S105
            inside = self.any_of()
            if not self.rest() or self.rest()[0] != ")":
                raise QueryError("missing ')' at '<EOF>' (at position 1)")
            self._at += 1
            return inside
        if token.startswith("-") and len(token) > 1:
            matcher, _ = _operator(token[1:])
            return lambda post, world: not matcher(post, world)
        matcher, standalone = _operator(token)
        self.standalone = self.standalone or standalone
        return matcher


def _operator(token: str) -> tuple[Matcher, bool]:
    """The test for one operator, and whether X lets it stand alone."""
    name, colon, value = token.partition(":")
    if token.startswith('"'):
        phrase = words(token)
        return (lambda post, world: _holds_phrase(words(searchable(post, world)), phrase)), True
    if token.startswith("#"):
        tag = token[1:].casefold()
        return (lambda post, world: tag in _casefolded(HASHTAG, searchable(post, world))), True
    if token.startswith("@"):
        account = token[1:].casefold()
        return (lambda post, world: account in mentioned(post, world)), True
    if not colon:
        wanted = words(token)
        return (lambda post, world: _holds_phrase(words(searchable(post, world)), wanted)), True
    value = value.strip('"').lstrip("@").casefold()
    if name == "from":
        return (lambda post, world: value in (post.author.handle.casefold(), post.author.id)), True
    if name == "to":
        return (lambda post, world: value in _replied_to(post, world)), True
    if name == "conversation_id":
        return (lambda post, world: post.root == value), True
    if name == "url":
        return (lambda post, world: any(value in link.casefold() for link in LINK.findall(post.text))), True
    if name == "lang":
        return (lambda post, world: post.lang.split("-")[0] == value), False
    if name in ("is", "has") and (name, value) in _FLAGS:
        flag = _FLAGS[name, value]
        return flag, False
    raise QueryError(
        f"Reference to invalid operator '{name}'. Operator is not available in current product (at position 1)"
    )


_FLAGS: dict[tuple[str, str], Matcher] = {
    ("is", "retweet"): lambda post, world: post.repost_of is not None,
    ("is", "reply"): lambda post, world: post.reply_to is not None,
    ("is", "quote"): lambda post, world: post.quote_of is not None,
    ("is", "verified"): lambda post, world: post.author.verified,
    ("has", "links"): lambda post, world: LINK.search(post.text) is not None,
    ("has", "mentions"): lambda post, world: MENTION.search(post.text) is not None,
    ("has", "hashtags"): lambda post, world: HASHTAG.search(post.text) is not None,
    ("has", "media"): lambda post, world: False,
}


def searchable(post: Post, world: World) -> str:
    """The words that search looks at: a repost is found by the original's."""
    if post.repost_of:
        original = world.get(post.platform, post.repost_of)
        return f"RT @{original.author.handle}: {original.text}" if original else post.text
    return post.text


def mentioned(post: Post, world: World) -> set[str]:
    """Handles that a post names, in its text or because it answers them; casefolded."""
    return _casefolded(MENTION, searchable(post, world)) | _replied_to(post, world)


def _replied_to(post: Post, world: World) -> set[str]:
    parent = world.get(post.platform, post.reply_to) if post.reply_to else None
    return {parent.author.handle.casefold(), parent.author.id} if parent else set()


def _casefolded(pattern: re.Pattern[str], text: str) -> set[str]:
    return {found.casefold() for found in pattern.findall(text)}


def _holds_phrase(text: list[str], phrase: list[str]) -> bool:
    if len(phrase) == 1:
        return phrase[0] in text
    size = len(phrase)
    return any(text[i : i + size] == phrase for i in range(len(text) - size + 1)) if phrase else False
