"""The made weeks before: what they hold, and that they read like life."""

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.scenario import history

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
TONGUES = ("en", "tr", "hi", "hi-Latn")
Rows = list[dict[str, object]]


@pytest.fixture(scope="module")
def rows() -> Rows:
    return history.past(NOW)


def own_words(rows: Rows) -> list[str]:
    return [f"{row.get('title', '')} {row['text']}" for row in rows if row["kind"] != "repost"]


def test_it_fills_sixty_days_up_to_now_in_order(rows: Rows) -> None:
    times = [datetime.fromisoformat(str(row["created_at"])) for row in rows]
    assert times == sorted(times)
    assert NOW - timedelta(days=60) <= times[0] < NOW - timedelta(days=59)
    assert NOW - timedelta(hours=12) < times[-1] <= NOW - timedelta(minutes=history.LAST_MINUTES)
    assert 4_000 <= len(rows) <= 6_000
    assert len({str(at)[:10] for at in times}) >= 60


def test_it_is_the_same_story_each_time_moved_to_now(rows: Rows) -> None:
    later = history.past(NOW + timedelta(days=14))
    assert [(r["scene"], r["text"]) for r in later] == [(r["scene"], r["text"]) for r in rows]
    assert later[0]["created_at"] != rows[0]["created_at"]
    assert history.past(NOW) == rows
    assert history.past(NOW, seed=8)[:50] != rows[:50]


def test_it_is_varied(rows: Rows) -> None:
    texts = own_words(rows)
    assert len(set(texts)) > 0.95 * len(texts)
    platforms, languages = Counter(row["platform"] for row in rows), Counter(row["lang"] for row in rows)
    assert all(platforms[name] >= 60 for name in ("x", "reddit", "rss", "mastodon"))
    assert all(languages[name] >= 500 for name in ("en", "tr", "hi"))
    assert 1_000 <= len({row["author"]["id"] for row in rows}) <= 1_600  # type: ignore[index]
    shops = Counter(row["shop"] for row in rows)
    assert all(shops[shop] >= 200 for shop in history.OTHERS)
    assert (
        sum(
            len(history.said(tongue)[scene]["said"])
            for tongue in TONGUES
            for scene in history.said("en")
            if scene in history.said(tongue) and "said" in history.said(tongue)[scene]
        )
        >= 350
    )


def test_ids_are_unique_and_what_is_answered_is_there_before(rows: Rows) -> None:
    seen: dict[object, str] = {}
    for row in rows:
        assert row["id"] not in seen
        seen[row["id"]] = str(row["created_at"])
        if row.get("parent_id"):
            assert seen[row["parent_id"]] <= str(row["created_at"])
        if "gone_at" in row:
            assert str(row["gone_at"]) > str(row["created_at"])


def test_no_slot_is_left_open(rows: Rows) -> None:
    slot = re.compile(r"\{(p|w|n|o|c|i|b|order)\}")
    assert [text for text in own_words(rows) if slot.search(text)] == []


def test_its_episodes_can_be_seen(rows: Rows) -> None:
    def of(scene: str) -> list[float]:
        return [
            (NOW - datetime.fromisoformat(str(row["created_at"]))) / timedelta(days=1)
            for row in rows
            if row["scene"] == scene
        ]

    assert min(of("crisis")) > 3 and max(of("crisis")) < 15.5
    assert len([ago for ago in of("crisis") if 7 < ago < 13]) > 100
    assert len([ago for ago in of("crisis_over") if ago < 7]) > 50
    assert len([ago for ago in of("launch") if 30 < ago < 39]) > 60
    assert len(of("price")) > 60 and max(of("price")) < 25.5


def test_big_accounts_reposts_and_changes_of_heart_are_there(rows: Rows) -> None:
    assert len({row["author"]["id"] for row in rows if (row["author"]["followers"] or 0) > 50_000}) >= 8  # type: ignore[index]
    assert sum(row["kind"] == "repost" for row in rows) >= 150
    moods: dict[str, set[str]] = {}
    for row in rows:
        if row["scene"] in history.GLAD or row["scene"] in history.CROSS:
            mood = "glad" if row["scene"] in history.GLAD else "cross"
            moods.setdefault(row["author"]["id"], set()).add(mood)  # type: ignore[index]
    assert sum(len(mood) == 2 for mood in moods.values()) >= 100


def test_no_sentence_is_one_of_the_judgements_own_texts() -> None:
    """Else the demo would show how well the judgement remembers, and not how well it reads."""
    data = Path(__file__).parents[2] / "analysis" / "data"
    known = {
        " ".join(line.split("\t")[0].lower().split())
        for path in data.rglob("*")
        if path.suffix in (".txt", ".tsv")
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    known |= {
        " ".join(str(json.loads(line).get("text", "")).lower().split())
        for path in data.rglob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    }
    ours = {
        " ".join(sentence.lower().split())
        for tongue in TONGUES
        for table in history.said(tongue).values()
        for sentence in (table.get("said", []) if isinstance(table, dict) else [])
        if len(sentence) > 25
    }
    assert len(known) > 1_000
    assert ours & known == set()
