"""A file of mentions that grows, is replaced, and holds anything."""

import json
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from connectors.ingest import ingest
from connectors.social import build
from connectors.social.replay import ReplayConnector, ReplayTable, read_row
from core.errors import BadRecord
from core.mention import BrandQuery
from core.settings import Environment, parse
from core.store import Store, browse, cursors
from core.store.schema import rejected_items
from tests.connectors.platforms import heard


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "said.jsonl"
    path.touch()
    return path


def listen(store: Store, path: Path, now: datetime, **table: object) -> dict[str, int]:
    settings = parse(
        {
            "brands": {
                "northwind": {"name": "Northwind", "queries": [{"name": "main", "any_of": ["northwind"]}]},
                "contoso": {"name": "Contoso", "queries": [{"name": "main", "any_of": ["contoso"]}]},
            },
            "sources": {"replay": {"path": str(path), "page_size": 3, **table}},
        }
    )
    return ingest(store, build(settings, Environment({})), settings, now)


def row(id: object, text: str = "northwind", **more: object) -> str:
    return json.dumps({"id": id, "text": text, **more}, ensure_ascii=False) + "\n"


def test_a_file_that_grows_is_read_on(path: Path, small_store: Store, now: datetime) -> None:
    path.write_text("".join(row(n, f"northwind {n}") for n in range(7)))
    assert listen(small_store, path, now)["new"] == 7
    with path.open("a") as file:
        file.write(row(7, "northwind 7") + '{"id": "8", "te')
    assert listen(small_store, path, now)["new"] == 1
    with path.open("a") as file:
        file.write('xt": "northwind 8"}')  # whole, though its line has no end
    assert listen(small_store, path, now) | {"pages": 0} == listen(small_store, path, now) | {"pages": 0, "new": 1}
    with path.open("a") as file:
        file.write("\n" + row(9, "northwind 9"))
    assert listen(small_store, path, now)["new"] == 1
    assert len(heard(small_store)) == 10


@pytest.mark.parametrize("longer", [True, False])
def test_a_file_that_was_replaced_is_read_from_its_start(
    path: Path, small_store: Store, now: datetime, longer: bool
) -> None:
    path.write_text("".join(row(n, f"northwind {n}") for n in range(5)))
    listen(small_store, path, now)
    path.unlink()
    path.write_text("".join(row(100 + n, f"northwind {100 + n}") for n in range(9 if longer else 2)))
    assert listen(small_store, path, now)["new"] == (9 if longer else 2)


def test_a_file_that_was_cut_short_is_read_again(path: Path, small_store: Store, now: datetime) -> None:
    whole = "".join(row(n, f"northwind {n}") for n in range(5))
    path.write_text(whole)
    listen(small_store, path, now)
    path.write_text(whole[: len(whole) // 2])
    listen(small_store, path, now)
    path.write_text(whole + row(5, "northwind 5"))
    listen(small_store, path, now)
    assert len(heard(small_store)) == 6


def test_bad_lines_are_set_aside_and_the_rest_is_heard(path: Path, small_store: Store, now: datetime) -> None:
    bad = ["{", "[]", "null", '{"id": 1}', '{"text": "northwind"}', '{"id": "", "text": "northwind"}', "\x00", "\udcff"]
    bad += ['{"id": 2, "text": "northwind", "created_at": "soon"}', '{"id": 3, "text": "northwind", "kind": "rant"}']
    bad += [
        '{"id": 4, "text": "northwind", "author": "me"}',
        "[" * 100_000,
        '{"id": 5, "text": "' + "n" * 1_100_000 + '"}',
    ]
    body = "".join(line + "\n" for line in bad) + row("ok", "northwind is heard")
    path.write_bytes(body.encode("utf-8", "surrogateescape"))
    assert listen(small_store, path, now)["rejected"] == len(bad)
    assert heard(small_store).keys() == {"northwind is heard"}
    with small_store.read() as tx:
        assert tx.scalar(select(func.count()).select_from(rejected_items)) == len(bad)


def test_a_row_says_all_that_a_mention_can_hold(path: Path, small_store: Store, now: datetime) -> None:
    path.write_text(
        row(
            "1",
            "northwind: मेरा फोन 🔥",
            platform="x",
            created_at="2026-11-20T10:00:00+05:30",
            author={"id": "7", "handle": "asha", "display_name": "Asha", "followers": "52000", "verified": True},
            kind="reply",
            parent_id="0",
            conversation_id="0",
            metrics={"likes": 3},
        )
    )
    listen(small_store, path, now)
    (found,) = heard(small_store).values()
    assert found.id == "x:1"
    assert found.created_at == datetime(2026, 11, 20, 4, 30, tzinfo=UTC)
    assert (found.author.id, found.author.followers, found.author.verified) == ("x:7", 52_000, True)
    assert (found.kind, found.parent_id, found.metrics.likes) == ("reply", "0", 3)


def test_a_row_can_name_its_brand(path: Path, small_store: Store, now: datetime) -> None:
    path.write_text(row(1, "it broke", brand="contoso") + row(2, "it broke"))
    listen(small_store, path, now)
    with small_store.read() as tx:
        assert [one.mention.external_id for one in browse.latest(tx).items if one.assessment.brand == "contoso"] == [
            "1"
        ]
        assert not [one for one in browse.latest(tx).items if one.assessment.brand == "northwind"]


def test_a_file_that_is_not_there_is_a_setting_to_mend(path: Path, small_store: Store, now: datetime) -> None:
    path.unlink()
    assert listen(small_store, path, now)["failed"] == 1
    with small_store.read() as tx:
        state = cursors.state(tx, "replay")
    assert state.error_kind == "misconfigured"
    assert "sources.replay.path" in (state.last_error or "")
    path.write_text(row(1))
    assert listen(small_store, path, now + timedelta(minutes=2))["new"] == 1


def test_memory_does_not_grow_with_the_file(path: Path, now: datetime) -> None:
    with path.open("w") as file:
        for n in range(4_000):
            file.write(row(n, "northwind " + "x" * 2_000))
    source = ReplayConnector(
        "replay", ReplayTable(path=path, page_size=50), [BrandQuery("northwind", "main", ("northwind",))]
    )
    tracemalloc.start()
    try:
        total = sum(len(page.heard) for page in source.pull(source.streams()[0], None, now))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert total == 4_000
    assert peak < 1_000_000 < path.stat().st_size / 8


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    "id",
    "text",
    "platform",
    "created_at",
    "author",
    "kind",
    "metrics",
    "edited_at",
    "title",
    "lang",
    "parent_id",
]


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_any_row_is_a_mention_or_a_bad_record(row: dict[str, object]) -> None:
    try:
        found = read_row({"id": "1", "text": "t", **row}, datetime(2026, 11, 21, tzinfo=UTC))
    except BadRecord:
        return
    assert found.external_id
    assert found.created_at.tzinfo is not None
