"""Help articles, and finding those that answer a post: by full-text search, in its language first.

What is searched are terms (`core.terms`), the same on both databases. A stranger's post is never query syntax: only its
terms are asked for, each quoted, and any one of them may match. The index finds candidates; BM25 ranks them.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    Connection,
    Float,
    RowMapping,
    delete,
    select,
    text,
)

from core.context import Article
from core.store import imports, rows
from core.store.engine import insert
from core.store.schema import article_terms, articles
from core.terms import asked, terms, words

SHOWN = 3
CANDIDATES = 20
"""How many the database's index hands out, to be looked at more closely."""
FEW = 10
IN_TITLE = 3
FIELDS = ("id", "language", "title", "text", "url", "updated_at")
MOST_TERMS, MOST_HITS = 16, 2000
"""A search asks for the rarest terms, at most so many, and while they are in at most so many articles: a long post of
common words costs no more than a short one."""
INDEXED = 20_000
"""Terms of one article that are indexed: some fifty pages."""
FALLBACK = "en"


def save(tx: Connection, found: Iterable[Article], now: datetime) -> int:
    """Add or replace articles. Returns how many. Call `count_terms` once all are saved."""
    fields = ("title", "url", "text", "updated_at", "imported_at", "title_terms", "text_terms")
    statement = insert(tx, articles)
    statement = statement.on_conflict_do_update(
        index_elements=["language", "id"],
        set_={f: statement.excluded[f] for f in fields}
        | {"imported_at": imports.later(articles, statement.excluded.imported_at)},
    )
    latest = {(a.language, a.id): a for a in found}
    for part in rows.chunks([latest[key] for key in sorted(latest)], 100):
        tx.execute(
            statement,
            [
                {
                    "id": a.id,
                    "language": a.language,
                    "title": a.title,
                    "url": a.url,
                    "text": a.text,
                    "updated_at": a.updated_at,
                    "imported_at": now,
                    "title_terms": " ".join(terms(a.title, a.language)[:INDEXED]),
                    "text_terms": " ".join(terms(a.text, a.language)[:INDEXED]),
                }
                for a in part
            ],
        )
    return len(latest)


def missing(tx: Connection, imported_before: datetime) -> tuple[int, int]:
    """How many articles the last full import no longer held, and how many there are in all."""
    return imports.missing(tx, articles, imported_before)


def drop_missing(tx: Connection, imported_before: datetime) -> int:
    """Remove articles that the last full import no longer held. Returns how many."""
    return tx.execute(delete(articles).where(articles.c.imported_at < imported_before)).rowcount


def count_terms(tx: Connection) -> None:
    """Learn anew how rare each term is in its language. Needed once after an import, not for each article."""
    counts: Counter[tuple[str, str]] = Counter()
    query = select(articles.c.language, articles.c.title_terms, articles.c.text_terms)
    for language, title, body in tx.execute(query.execution_options(yield_per=500)):
        counts.update((language, term) for term in {"", *title.split(), *body.split()})
    tx.execute(delete(article_terms))
    statement = insert(tx, article_terms)
    statement = statement.on_conflict_do_update(  # another copy may have counted at the same moment
        index_elements=["language", "term"], set_={"articles": statement.excluded.articles}
    )
    for part in rows.chunks(sorted(counts.items()), 5000):
        tx.execute(statement, [{"language": key[0], "term": key[1], "articles": count} for key, count in part])


def find(tx: Connection, post: str, language: str, brand_name: str = "", limit: int = SHOWN) -> tuple[Article, ...]:
    """The articles that say most of what the post says, best first: those in `language`, then English ones of which none
    in `language` was found. An article must share two words with the post, or one telling word of its title, and say at
    least half as much of it as the best one does. The brand's own name tells nothing, and is passed over."""
    found: dict[str, Article] = {}
    passed = set(words(brand_name))
    for tongue in dict.fromkeys((language, FALLBACK)):
        if len(found) < limit:
            for article in _search(tx, post, tongue, passed)[:limit]:
                found.setdefault(article.id, article)
    return tuple(found.values())[:limit]


def _search(tx: Connection, post: str, language: str, passed: Collection[str]) -> list[Article]:
    query = [found for word, found in asked(post, language).items() if word not in passed and not word.isdigit()]
    counts = _counts(tx, {term for word in query for term in word}, language)
    everything = counts.pop("", 0)
    # A term that two in five have tells nothing. Few articles say nothing about how rare a word is.
    told = {t: n for t, n in counts.items() if n * 5 <= everything * 2 or everything < FEW}
    weights = _rarest(told, everything)
    if not weights:
        return []
    candidates = (_sqlite if tx.dialect.name == "sqlite" else _postgresql)(tx, weights, language)
    ranked = _ranked([_Held.of(row, told) for row in candidates], weights)
    telling = [known for word in query if (known := tuple(term for term in word if term in told))]
    rare = {term for term, count in told.items() if count <= max(1, everything // 5)}
    return [
        Article(**{name: one.row[name] for name in FIELDS})
        for score, one in ranked
        if score >= ranked[0][0] / 2 and one.is_about(telling, rare)
    ]


def _counts(tx: Connection, wanted: set[str], language: str) -> dict[str, int]:
    """How many articles hold each term; of all, under the empty one."""
    if not wanted:
        return {}
    query = select(article_terms.c.term, article_terms.c.articles).where(
        article_terms.c.language == language, rows.among(tx, article_terms.c.term, ["", *sorted(wanted)])
    )
    return {row.term: row.articles for row in tx.execute(query)}


def _rarest(counts: dict[str, int], everything: int) -> dict[str, float]:
    """The terms to ask for, with their inverse document frequency as BM25 has it (Robertson & Zaragoza, 2009)."""
    chosen: dict[str, float] = {}
    hits = 0
    for term, count in sorted(counts.items(), key=lambda item: (item[1], item[0]))[:MOST_TERMS]:
        hits += count
        if chosen and hits > MOST_HITS:
            break
        chosen[term] = math.log1p((everything - count + 0.5) / (count + 0.5))
    return chosen


class _Held(NamedTuple):
    """A candidate, and how often each of the terms stands in its title and in its text."""

    row: RowMapping
    title: dict[str, int]
    text: dict[str, int]
    length: int

    @classmethod
    def of(cls, row: RowMapping, terms: Collection[str]) -> "_Held":
        title, body = _counted(row["title_terms"], terms), _counted(row["text_terms"], terms)
        return cls(row, title, body, row["text_terms"].count(" ") + 1)

    def has(self, term: str) -> bool:
        return self.title[term] + self.text[term] > 0

    def is_about(self, query: Sequence[tuple[str, ...]], rare: Collection[str]) -> bool:
        """Does it share two words with the query, or a rare one of its title?"""
        if sum(any(self.has(term) for term in word) for word in query) >= 2:
            return True
        return any(self.title[term] > 0 for word in query for term in word if term in rare)


def _counted(indexed: str, terms: Collection[str]) -> dict[str, int]:
    spaced = f" {indexed.replace(' ', '  ')} "  # so that neighbours do not share a space
    return {term: spaced.count(f" {term} ") for term in terms}


def _ranked(found: Sequence[_Held], weights: Mapping[str, float]) -> list[tuple[float, _Held]]:
    """The candidates with their scores, best first: BM25 with k1 1.2 and b 0.75, a term of the title counting `IN_TITLE`
    times. The databases rank each in its own way; the same post shall find the same articles on both."""
    usual = sum(one.length for one in found) / max(1, len(found))
    scored = []
    for one in found:
        damped = 1.2 * (0.25 + 0.75 * one.length / usual)
        counts = {term: one.text[term] + IN_TITLE * one.title[term] for term in weights}
        score = sum(weight * counts[term] * 2.2 / (counts[term] + damped) for term, weight in weights.items())
        scored.append((score, one))
    return sorted(scored, key=lambda pair: (-pair[0], pair[1].row["number"]))


def _sqlite(tx: Connection, weights: Mapping[str, float], language: str) -> Sequence[RowMapping]:
    """The candidates, by FTS5."""
    matched = text(
        "SELECT rowid AS hit, bm25(articles_search, 4.0, 1.0) AS score "
        "FROM articles_search WHERE articles_search MATCH :query"
    ).columns(hit=articles.c.number.type, score=Float)
    hits = matched.bindparams(query=" OR ".join(f'"{term}"' for term in weights)).subquery("hits")
    query = select(articles).join(hits, hits.c.hit == articles.c.number).where(articles.c.language == language)
    return tx.execute(query.order_by(hits.c.score, articles.c.number).limit(CANDIDATES)).mappings().all()


def _postgresql(tx: Connection, weights: Mapping[str, float], language: str) -> Sequence[RowMapping]:
    """The candidates, by `tsvector`. `ts_rank` knows nothing of rarity, so each term is ranked by itself and weighed."""
    query = text(
        "SELECT a.* FROM articles AS a JOIN (SELECT s.number, "
        "sum(asked.weight * ts_rank('{0.25, 0.25, 0.25, 1}', s.terms, asked.term)) AS score "
        "FROM unnest(CAST(:terms AS tsquery[]), CAST(:weights AS float8[])) AS asked(term, weight) "
        "JOIN articles_search AS s ON s.terms @@ asked.term GROUP BY s.number) AS hits USING (number) "
        "WHERE a.language = :language ORDER BY score DESC, number LIMIT :limit"
    ).columns(*articles.c)
    quoted = [f"'{term}'" for term in weights]  # terms hold letters, digits and marks, no quote or backslash
    values = {"terms": quoted, "weights": list(weights.values()), "language": language, "limit": CANDIDATES}
    return tx.execute(query, values).mappings().all()
