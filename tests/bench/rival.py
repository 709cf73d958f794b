"""Linking beside Splink, the field's library, on the same made-up towns: what docs/linking.md quotes.

    .venv/bin/python -m pip install --target /tmp/splink splink
    PYTHONPATH=/tmp/splink .venv/bin/python -m tests.bench.rival

Splink is no dependency. It gets what our own comparison reads: names as skeletons that meet across scripts, handles, places,
the employer, and the ids that authors tell and that seem to be theirs. Its weights are its own: u from random pairs (a fixed
one where values are all but unique, as samples see no chance agreement there), m by expectation and maximisation in passes
over several blocking rules (a fixed one for ids, which too few authors tell), names by their frequency. Fellegi and Sunter's
model judges each pair by itself; an author is linked as with us, from .98 with a lead of .9 over the next.
"""

import argparse
import logging
import resource
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow  # type: ignore[import-untyped]

from analysis.identity import names
from analysis.identity.decide import LEAD, LINKED, MOST, POSSIBLE
from analysis.identity.evaluate import Figures, Rows, figures, judged
from analysis.identity.fit import voices
from analysis.identity.index import Kind, keys_of, name_key
from analysis.identity.person import Person, Whose, read
from analysis.identity.world import Plan, World, make

if TYPE_CHECKING:
    from splink import SettingsCreator  # type: ignore[import-not-found]

UNIQUE = 1e-7
"""How often two people share a value that is all but unique by chance."""
TOLD = 0.9
"""How often an id that an author tells, or their account, is one that the CRM has of them, if it has any there."""
LISTS = ("accounts", "handles", "nicks", "emails", "phones", "orders", "domains", "cities", "countries")
COLUMNS = ("unique_id", "name", "given", "surname", "exact", "short", *LISTS)
_LIST_OF = {
    Kind.ACCOUNT: "accounts",
    Kind.AGENT_HANDLE: "handles",
    Kind.OAUTH_HANDLE: "handles",
    Kind.IMPORTED_HANDLE: "handles",
    Kind.NICK_OF_HANDLE: "nicks",
    Kind.NICK_OF_EMAIL: "nicks",
    Kind.EMAIL: "emails",
    Kind.PHONE: "phones",
    Kind.ORDER: "orders",
    Kind.DOMAIN: "domains",
}


def row(number: str, words: Iterable[names.Word], **lists: Iterable[str]) -> dict[str, Any]:
    """A customer or an author as Splink sees them. What is not known is null."""
    said = list(words)
    first, last = (said[0], said[-1]) if len(said) > 1 else (said[0] if said else None, None)
    found: dict[str, Any] = {
        "unique_id": number,
        "name": name_key(first.skeleton, last.skeleton) if first and last else None,
        "given": first.skeleton if first else None,
        "surname": last.skeleton if last else None,
        "exact": f"{first.roman} {last.roman}" if first and last else None,
        "short": f"{first.initial} {last.skeleton}" if first and last else None,
    }
    return found | {name: sorted(set(lists.get(name, ()))) or None for name in LISTS}


def customer_rows(world: World) -> Iterator[dict[str, Any]]:
    for one in world.customers:
        lists: dict[str, list[str]] = {}
        for kind, value in keys_of(one):
            if kind in _LIST_OF:
                lists.setdefault(_LIST_OF[kind], []).append(value)
        cities, country = names.towns(one.city), names.country(one.country)
        lists |= {"cities": list(cities), "countries": [country] if country else []}
        yield row(one.customer_id, names.words(one.name), **lists)


def author_rows(people: Iterable[Person]) -> Iterator[dict[str, Any]]:
    """Pages, bots and parodies by their own words are left out, for neither way links them."""
    for n, p in enumerate(people):
        if p.no_person:
            continue
        own = [told for told in p.told if told.whose is not Whose.ANOTHERS]
        where = names.platform(p.author.platform)
        yield row(
            str(n),
            p.name,
            accounts=[f"{where}:{p.author.external_id}"],
            handles=[f"{where}:{p.handle}"] if p.handle else [],
            nicks=[p.plain] if len(p.plain) > 3 else [],
            emails=[told.value for told in own if told.kind == "email"],
            phones=[told.value for told in own if told.kind == "phone"],
            orders=[told.value for told in own if told.kind == "order_id"],
            domains=p.domains,
            cities=p.cities,
            countries=p.countries,
        )


def settings() -> "SettingsCreator":
    import splink.comparison_level_library as levels  # type: ignore[import-not-found]
    import splink.comparison_library as comparisons  # type: ignore[import-not-found]
    from splink import SettingsCreator, block_on

    def shared(column: str, unique: bool = True, m: float | None = None) -> Any:
        """Do two lists have a value in common? `m` is how often those of one person do, where too few tell to learn it."""
        both, neither = levels.ArrayIntersectLevel(column, min_intersection=1), levels.ElseLevel()
        if unique:
            both = both.configure(u_probability=UNIQUE, fix_u_probability=True)
        if m is not None:
            both = both.configure(m_probability=m, fix_m_probability=True)
            neither = neither.configure(m_probability=1 - m, fix_m_probability=True)
        return comparisons.CustomComparison(
            output_column_name=column, comparison_levels=[levels.NullLevel(column), both, neither]
        )

    name = comparisons.CustomComparison(
        output_column_name="name",
        comparison_levels=[
            levels.NullLevel("given"),
            levels.ExactMatchLevel("exact", term_frequency_adjustments=True),
            levels.ExactMatchLevel("name", term_frequency_adjustments=True),
            levels.ExactMatchLevel("short", term_frequency_adjustments=True),
            levels.ExactMatchLevel("surname", term_frequency_adjustments=True),
            levels.ExactMatchLevel("given", term_frequency_adjustments=True),
            levels.ElseLevel(),
        ],
    )
    ids = [shared("handles"), shared("nicks", unique=False), shared("domains", unique=False)]
    ids += [shared(column, m=TOLD) for column in ("accounts", "emails", "phones", "orders")]
    return SettingsCreator(
        link_type="link_only",
        comparisons=[name, *ids, shared("cities", unique=False), shared("countries", unique=False)],
        blocking_rules_to_generate_predictions=[
            *(block_on(column, arrays_to_explode=[column]) for column in LISTS[:6]),
            block_on("name"),
            block_on("short", "cities", arrays_to_explode=["cities"]),
            block_on("surname", "domains", arrays_to_explode=["domains"]),
        ],
        retain_matching_columns=False,
    )


def linked(world: World) -> tuple[Rows, dict[str, float]]:
    """A town's mentions as Splink links them, and the seconds that each step took."""
    from splink import DuckDBAPI, Linker, block_on

    spent: dict[str, float] = {}
    begun = time.process_time()
    heard = voices(world)
    people = [read(v[0].author, [post.text for post in v]) for v in heard]
    api = DuckDBAPI()
    api._con.execute("SET lambda_syntax='ENABLE_SINGLE_ARROW'")  # DuckDB 2 else refuses what Splink writes
    api._con.execute("SET threads=2")
    known = api.register(_table(customer_rows(world)))
    authors = api.register(_table(author_rows(people)))
    linker = Linker([known, authors], settings(), log_level=logging.ERROR)
    spent["read"] = time.process_time() - begun
    begun = time.process_time()
    ids = [block_on(column, arrays_to_explode=[column]) for column in ("accounts", "handles", "emails", "orders")]
    linker.training.estimate_probability_two_random_records_match(ids, recall=0.5)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in ("name", "handles[1]", "orders[1]"):  # a list's first value, for training can take no list apart
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(rule))
    spent["train"] = time.process_time() - begun
    begun = time.process_time()
    found = linker.inference.predict(threshold_match_probability=POSSIBLE / 10)
    pairs = found.as_duckdbpyrelation().fetchall()
    columns = found.as_duckdbpyrelation().columns
    rows = _rows((dict(zip(columns, pair, strict=True)) for pair in pairs), heard)
    spent["predict"] = time.process_time() - begun
    return rows, spent


def _table(found: Iterable[dict[str, Any]]) -> Any:
    schema = pyarrow.schema(
        [(name, pyarrow.list_(pyarrow.string()) if name in LISTS else pyarrow.string()) for name in COLUMNS]
    )
    return pyarrow.Table.from_pylist(list(found), schema)


def _rows(pairs: Iterable[Mapping[str, Any]], heard: list[list[Any]]) -> Rows:
    """Pairs as links: the best of each author, and whether the first is sure."""
    best: dict[int, list[tuple[float, str]]] = {}
    for pair in pairs:
        customer, author = sorted((pair["unique_id_l"], pair["unique_id_r"]), reverse=True)  # C0000001 and 1
        best.setdefault(int(author), []).append((pair["match_probability"], customer))
    rows: dict[str, list[tuple[str, float, bool]]] = {}
    for author, found in best.items():
        found.sort(reverse=True)
        lead = found[0][0] - (found[1][0] if len(found) > 1 else 0.0)
        sure = found[0][0] >= LINKED and lead >= LEAD
        shown = [(who, p, sure and k == 0) for k, (p, who) in enumerate(found[:MOST]) if p >= POSSIBLE]
        for post in heard[author]:
            rows[post.id] = shown
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.rival", description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--mentions", type=int, default=5_000)
    parser.add_argument("--towns", type=int, default=4)
    asked = parser.parse_args()
    logging.getLogger("splink").setLevel(logging.ERROR)
    for known in (0.3, 0.1):
        ways: dict[str, list[tuple[Figures, float]]] = {"sunwai": [], "splink": []}
        for seed in range(asked.towns):
            plan = Plan.drawn(500 + seed, customers=asked.customers, mentions=asked.mentions, known=known)
            world = make(plan)
            truth = [(post.id, post.customer_id, post.linkable) for post in world.posts]
            begun = time.process_time()
            ours = judged(world)
            ways["sunwai"].append((figures(truth, ours), time.process_time() - begun))
            theirs, spent = linked(world)
            ways["splink"].append((figures(truth, theirs), sum(spent.values())))
            sys.stderr.write(f"{known:.0%} town {seed}: splink {spent}\n")
        for name, found in ways.items():
            sys.stdout.write(f"{known:.0%} known, {name}: {_told(found)}\n")
        sys.stdout.flush()
    sys.stdout.write(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB\n")


def _told(found: list[tuple[Figures, float]]) -> str:
    linked, right = sum(f.linked for f, _ in found), sum(f.right for f, _ in found)
    mean = {
        key: sum(getattr(f, key) for f, _ in found) / len(found) for key in ("recall", "top", "strangers_linked", "ece")
    }
    return (
        f"{linked} linked, precision {right / max(1, linked):.4f}, recall {mean['recall']:.3f}, "
        f"top 5 {mean['top']:.3f}, strangers linked {mean['strangers_linked']:.2%}, calibration error {mean['ece']:.3f}, "
        f"{sum(s for _, s in found) / len(found):.1f} s of processor"
    )


if __name__ == "__main__":
    main()
