"""The insight pages, on both databases: true figures, each with its posts and its meaning, and nothing made up."""

import csv
import gzip
import io
import json
import math
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
import pytest
from sqlalchemy import update

from analysis.metrics import Figure, Interval
from app.insight import Overview
from app.web import telling
from app.web.competitors import contests
from app.web.figures import CHARTS, DIMENSIONS, SCRIPT
from app.web.i18n import speaking
from app.web.overview import story
from app.web.trends import telling_post
from core.mention import Author
from core.store import Store, erasure
from core.store.schema import rollup_stale
from tests.app.desk import client, hear, judge, post
from tests.app.insights import count, fill, people
from tests.core.made import NOW
from tests.repository.test_requirements import ROOT

PAGES = ("/", "/people", "/trends", "/competitors", "/desk")
every_page = pytest.mark.parametrize("address", PAGES)


def words(html: str) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@every_page
def test_an_empty_house_is_explained_and_shows_no_number_that_is_none(store: Store, address: str) -> None:
    shown = client(store).get(address)
    assert shown.status_code == 200
    assert not re.search(r"\b(nan|None|null|inf|NaN)\b", words(shown.text)), "a number that is none"
    said = {
        "/": "Nothing was heard of Northwind",
        "/people": "Nobody here",
        "/trends": "Nothing was heard in this window",
        "/competitors": "Nothing was heard of any of these brands",
        "/desk": "No case was opened",
    }
    assert said[address] in words(shown.text)


@every_page
@pytest.mark.parametrize("days", [7, 28, 90])
def test_no_page_shows_a_number_that_is_none(store: Store, address: str, days: int) -> None:
    fill(store, 40)
    shown = client(store).get(f"{address}?brand=northwind&days={days}")
    assert shown.status_code == 200
    assert not re.search(r"\b(nan|None|inf|NaN)\b", words(shown.text))


def test_the_front_page_counts_what_was_said(store: Store) -> None:
    fill(store)
    shown = words(client(store).get("/?days=28").text)
    assert "Northwind was mentioned 59 times in 28 days" in shown
    assert re.search(r"Mentions 59 ", shown)
    assert "Priya 🌻 शर्मा" in shown.split("To thank")[1].split("To win back")[0]
    assert "Ayşe Yıldırım" in shown.split("To win back")[1].split("Customers at risk")[0]
    assert "nothing to compare with yet" in shown, "before the first day there is nothing"


def test_each_topic_has_its_days_as_a_line(store: Store) -> None:
    fill(store)
    shown = client(store).get("/trends?days=28").text.split('id="topics"')[1]
    lines = re.findall(r'<polyline points="([^"]+)"', shown)
    assert len(lines) == shown.count('<th scope="row">') > 0
    assert all(len(line.split()) == 28 for line in lines)
    assert shown.count("<title>Most on ") == len(lines), "and says its highest day"


def test_a_line_stands_on_zero_and_fills_its_place() -> None:
    assert telling.spark([0, 5, 10]) == "0.0,20.0 48.0,10.0 96.0,0.0"
    assert telling.spark([0, 0]) == "0.0,20.0 96.0,20.0"
    assert telling.spark([]) == "" and telling.spark([3]) == "0.0,0.0"
    assert telling.peak([0, 5, 5], NOW.date()) == f"Most on {telling.day(NOW + timedelta(days=1))}: 5"
    assert telling.peak([0, 0], NOW.date()) == ""
    long = telling.spark([100] + [1] * 90).split()  # of 91 days four make a point, and the oldest three are left out
    assert len(long) == 22 and {point.split(",")[1] for point in long} == {"0.0"}


def test_each_number_leads_to_its_posts(store: Store) -> None:
    fill(store)
    web = client(store)
    shown = web.get("/").text
    first = (NOW - timedelta(days=27)).date()
    everything = f"/mentions?brand=northwind&amp;since={first}&amp;until={NOW.date()}&amp;own=false"
    assert f'href="{everything}"' in shown
    assert f'href="{everything}&amp;complaint=true"' in shown
    assert f'href="{everything}&amp;language=hi"' in web.get("/trends?by=language").text
    assert web.get(everything.replace("&amp;", "&")).status_code == 200


def test_each_figures_name_leads_to_what_it_means(store: Store) -> None:
    fill(store)
    web = client(store)
    defined = set(re.findall(r'id="([\w-]+)"', web.get("/glossary").text))
    named = {
        word
        for address in (*PAGES, "/people/x%3Afan")
        for word in re.findall(r'href="/glossary#([\w-]+)"', web.get(address).text)
    }
    assert len(named) >= 15
    assert named <= defined


@every_page
def test_a_strangers_words_stay_words(store: Store, address: str) -> None:
    fill(store)
    web = client(store)
    for where in (address, "/people/mastodon:bad", "/trends?by=place"):
        shown = web.get(where)
        assert shown.status_code == 200
        assert "<script>alert" not in shown.text
        assert 'onmouseover="x' not in shown.text
        assert "javascript:" not in shown.text
        assert "\x07" not in shown.text
        plain = re.sub("\u2068[^\u2069]*\u2069", "", re.sub('"[^"]*"', "", shown.text))
        for before in re.findall(r"<(\w+)[^>]*>[^<]*\u202e", plain):
            assert before in ("bdi", "blockquote", "title"), "what turns text around stands alone"
    assert "&lt;script&gt;alert" in web.get("/people").text


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_every_chart_is_drawn_in_each_form(store: Store, name: str) -> None:
    fill(store)
    web = client(store)
    spec = web.get(f"/charts/{name}.json?brand=northwind&days=28&dark=true")
    assert spec.headers["content-type"] == "application/json"
    assert json.loads(spec.text)["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
    table = web.get(f"/charts/{name}.csv?days=28")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(next(csv.reader(io.StringIO(table.text.removeprefix("\ufeff"))))) >= 2


def test_every_chart_is_named_in_the_documents() -> None:
    told = (ROOT / "docs" / "dashboard.md").read_text(encoding="utf-8")
    whole = {name for name in CHARTS if not name.startswith(("over-", "by-"))}
    assert [name for name in (*whole, *DIMENSIONS, "over-", "by-") if f"`{name}`" not in told] == []


def test_a_chart_is_an_image_too(store: Store) -> None:
    fill(store)
    web = client(store)
    assert web.get("/charts/volume.png").content.startswith(b"\x89PNG")
    drawn = web.get("/charts/over-place.svg")
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert "<script" not in drawn.text


def test_a_charts_table_defuses_what_a_spreadsheet_would_run(store: Store) -> None:
    bad = [post(n, f"northwind {n}", place="=HYPERLINK(1)", author=Author("x", "u1")) for n in (1, 2)]
    hear(store, *bad)
    for mention in bad:
        judge(store, mention)
    count(store)
    found = list(csv.reader(io.StringIO(client(store).get("/charts/by-place.csv").text)))
    assert found[1][0] == "'=HYPERLINK(1)"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("/charts/nothing.json", 404),
        ("/charts/volume.exe", 422),
        ("/charts/volume.json?brand=unheard", 404),
        ("/?days=29", 422),
        ("/?brand=unheard", 404),
        ("/people/x:nobody", 404),
        ("/people?after=abc", 422),
        ("/people?kind=enemy", 422),
        ("/trends?by=colour", 422),
    ],
)
def test_a_wrong_address_is_answered_in_a_sentence(store: Store, address: str, code: int) -> None:
    answer = client(store).get(address)
    assert answer.status_code == code
    assert "Traceback" not in answer.text


def test_the_chart_script_is_ours_packed_and_kept_for_good(store: Store, tmp_path: Path) -> None:
    web = client(store, home=str(tmp_path / "home"))
    page = web.get("/").text
    assert f'src="{SCRIPT.address}"' in page
    assert not re.findall(r'(?:src|href)="https?://', page.replace("https://x.example", ""))
    packed = web.get(SCRIPT.address)
    assert packed.headers["content-encoding"] == "gzip"
    assert "immutable" in packed.headers["cache-control"]
    assert "window.vegaEmbed" in packed.text
    plain = web.get(SCRIPT.address, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == packed.text


def test_the_chart_script_is_made_once_and_then_read(tmp_path: Path) -> None:
    from app.web.figures import _ChartScript
    from tests.app.desk import settings

    home = settings(home=str(tmp_path))
    kept = tmp_path / "cache" / f"{Path(SCRIPT.address).name}.gz"
    kept.parent.mkdir()
    kept.write_bytes(gzip.compress(b"made before"))
    assert gzip.decompress(_ChartScript().packed(home)) == b"made before"


def follow(web: Any, address: str) -> list[str]:
    """Whom a list of people shows on all of its pages, in order."""
    found: list[str] = []
    for _ in range(20):
        shown = web.get(address).text
        found += re.findall(r'class="person" href="/people/([^"?]+)', shown)
        following = re.search(r'rel="next" href="([^"]+)"', shown)
        if not following:
            return found
        address = following[1].replace("&amp;", "&")
    raise AssertionError("the list does not end")


@pytest.mark.parametrize("order", ["reach", "posts", "latest"])
def test_every_page_of_the_people_follows_without_a_gap_or_a_repeat(store: Store, order: str) -> None:
    posts = [
        post(n, f"northwind {n}", minutes_ago=n // 5, author=Author("x", f"u{n:03}", f"u{n}", followers=n // 7))
        for n in range(70)
    ]
    hear(store, *posts)
    for mention in posts:
        judge(store, mention)
    count(store)
    found = follow(client(store), f"/people?order={order}")
    assert len(found) == 70
    assert sorted(found) == sorted({quote(f"x:u{n:03}", safe="") for n in range(70)})


def test_people_can_be_narrowed_to_those_for_and_those_against(store: Store) -> None:
    fill(store)
    web = client(store)
    assert follow(web, "/people?kind=promoter") == ["x%3Afan"]
    assert set(follow(web, "/people?kind=detractor")) == {"reddit%3Afoe", "mastodon%3Abad"}
    assert set(follow(web, "/people")) == {quote(author.id, safe="") for author in people().values()}


def test_a_persons_page_shows_their_windows_their_words_and_how_we_know_them(store: Store) -> None:
    fill(store)
    shown = words(client(store).get("/people/x%3Afan").text)
    for said in ("Priya 🌻 शर्मा", "7 for, 0 against, of 7 judged", "28 for, 0 against, of 28 judged", "Promoter"):
        assert said in shown, said
    for said in ("linked", "Priya Sharma", "imported handle", "given directly", "नॉर्थविंड की डिलीवरी", "Delivery"):
        assert said in shown, said
    assert re.search(r"Case \d+", words(client(store).get("/people/reddit%3Afoe").text))


def test_who_was_erased_has_no_page_and_stands_in_no_list(store: Store) -> None:
    fill(store)
    with store.write() as tx:
        erasure.forget_author(tx, "x:fan", NOW)
    web = client(store)
    assert web.get("/people/x%3Afan").status_code == 404
    for address in (*PAGES, "/people?kind=promoter"):
        assert "Priya" not in web.get(address).text, address


def test_brands_stand_side_by_side(store: Store) -> None:
    fill(store)
    shown = words(client(store).get("/competitors").text)
    assert "Northwind has 66% of what is said about these brands." in shown
    assert re.search(r"Contoso 30 34% ", shown)


def test_a_topic_is_won_only_where_the_intervals_do_not_meet() -> None:
    ours = {
        "battery": (10, Interval(0.5, 0.3, 0.7)),
        "refund": (90, Interval(-0.5, -0.7, -0.3)),
        "price": (10, Interval(0.1, -0.1, 0.3)),
        "rare": (2, Interval(1.0, 0.9, 1.0)),
        "ours": (10, Interval(1.0, 1.0, 1.0)),
    }
    theirs = {
        "battery": (10, Interval(0.0, -0.2, 0.2)),
        "refund": (10, Interval(0.2, 0.1, 0.3)),
        "price": (10, Interval(0.2, 0.0, 0.4)),
        "rare": (2, Interval(-1.0, -1.0, -0.9)),
    }
    found = contests(ours, theirs)
    assert [(one.topic, one.won) for one in found] == [("refund", False), ("battery", True)]


def test_the_desks_cases_are_counted(store: Store) -> None:
    fill(store)
    shown = words(client(store).get("/desk?days=28").text)
    assert re.search(r"Cases opened 30 ", shown)
    assert re.search(r"P3 30 ", shown.split("By priority")[1])


@pytest.mark.parametrize("by", DIMENSIONS)
def test_mentions_are_told_apart_by_each_dimension(store: Store, by: str) -> None:
    fill(store)
    web = client(store)
    shown = web.get(f"/trends?by={by}")
    assert shown.status_code == 200
    expected = {"platform": "Reddit", "language": "Hindi", "department": "Delivery", "intent": "Praise", "tier": "gold"}
    assert expected.get(by, "") in words(shown.text)


def test_topics_stand_with_somebodys_words_and_by_language(store: Store) -> None:
    fill(store)
    web = client(store)
    everywhere = words(web.get("/trends").text).split("In their words")[1]
    assert "refund nahi mila" in everywhere or "teslim" in everywhere or "charger" in everywhere
    hindi = words(web.get("/trends?language=hi").text).split("In their words")[-1]
    assert "नॉर्थविंड की डिलीवरी बहुत तेज़ थी" in hindi
    assert "my northwind charger died" not in hindi


# How figures are told ------------------------------------------------------------------------------------------------


def figure(value: float | None, before: float | None = None, *, shifted: bool = False) -> Figure:
    return Figure(value, None, None, before, shifted, 10)


@pytest.mark.parametrize(
    ("told", "change", "way", "good"),
    [
        (figure(None), "too few to tell", "", None),
        (figure(10), "nothing to compare with yet", "", None),
        (figure(10, 9), "9 before; may be chance", "", None),
        (figure(20, 9, shifted=True), "up from 9", "up", False),
        (figure(2, 9, shifted=True), "down from 9", "down", True),
    ],
)
def test_a_change_is_marked_only_where_it_is_more_than_chance(told: Figure, change: str, way: str, good: bool) -> None:
    shown = telling.tell(told, more="bad")
    assert (shown.change, shown.way, shown.good) == (change, way, good)


def test_numbers_are_written_as_the_reader_writes_them() -> None:
    assert telling.count(1234567) == "1,234,567"
    assert telling.net(-0.126) == "−0.13"
    assert telling.net(0.001) == "0"
    assert telling.share(0.034) == "3.4%"
    assert telling.minutes(59.6) == "1 h 0 min"
    assert telling.minutes(3000) == "2 days 2 h"
    assert telling.written(math.nan, "share") == "–"
    with speaking("tr"):
        assert telling.net(0.5) == "+0,50"
        assert telling.share(0.5) == "%50"
    with speaking("hi"):
        assert telling.count(1234567) == "12,34,567"


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        (123, 100, "+23%"),
        (60, 100, "−40%"),
        (299, 100, "+199%"),
        (340, 100, "3.4 times as many"),
        (8100, 100, "81 times as many"),
        (81, 1, "from 1"),
        (81, 0, "new"),
        (0, 12, "−100%"),
        (2, 4, "−50%"),
    ],
)
def test_a_change_is_told_so_that_its_size_can_be_felt(now: int, before: int, told: str) -> None:
    assert telling.by(now, before) == told


def test_a_topic_is_shown_by_a_post_that_feels_as_people_do_about_it() -> None:
    felt = {"x:1": "positive", "x:2": "neutral", "x:3": "negative"}
    posts = ["x:2", "x:1", "x:3"]
    assert (telling_post(posts, 0.4, felt), telling_post(posts, -0.4, felt)) == ("x:1", "x:3")
    assert telling_post(posts, math.nan, {}) == "x:2"


def test_a_theme_is_called_in_the_readers_language_and_a_phrase_as_people_say_it() -> None:
    with speaking("tr"):
        assert telling.topic("delivery") == "Teslimat"
        assert telling.topic("internet") == "İnternet"
    with speaking("hi"):
        assert telling.topic("delivery") == "डिलीवरी"
    assert (telling.topic("delivery"), telling.topic("Northwind Plus")) == ("Delivery", "Northwind Plus")


def test_the_overview_says_that_it_waits_to_be_counted_only_where_that_takes_long(store: Store) -> None:
    fill(store)
    hear(store, post(900))
    judge(store, post(900))
    for waited, said in ((timedelta(minutes=5), False), (timedelta(hours=1), True)):
        with store.write() as tx:
            tx.execute(update(rollup_stale).values(marked_at=NOW - waited))
        assert ("Counted up to" in client(store).get("/").text) is said


def test_the_figures_of_a_page_are_taken_away_as_it_shows_them(store: Store) -> None:
    fill(store)
    web = client(store)
    for page, key, least in (("overview", "figure", 11), ("competitors", "brand", 2), ("desk", "by", 2)):
        shown = web.get("/" if page == "overview" else f"/{page}").text
        for format in ("csv", "xlsx", "jsonl", "parquet"):
            address = f"/exports/{page}.{format}?brand=northwind&days=28"
            assert address.replace("&", "&amp;") in shown
            taken = web.get(address)
            assert taken.status_code == 200 and len(taken.content) > 100
            assert f"sunwai-{page}-" in taken.headers["content-disposition"]
        rows = list(csv.DictReader(io.StringIO(web.get(f"/exports/{page}.csv").content.decode("utf-8-sig"))))
        assert len(rows) >= least and all(row[key] for row in rows)
        assert not any(value in ("nan", "None", "NaN") for row in rows for value in row.values())
    figures = csv.DictReader(io.StringIO(web.get("/exports/overview.csv").content.decode("utf-8-sig")))
    assert next(row["value"] for row in figures if row["figure"] == "mentions") in ("59", "59.0")
    assert web.get("/exports/desk.csv?days=9").status_code == 422
    assert web.get("/exports/desk.csv?brand=nobody").status_code == 404
    assert web.get("/exports/desk.pdf").status_code == 404


def test_each_chart_is_saved_from_its_page(store: Store) -> None:
    fill(store)
    web = client(store)
    for page, charts in (("/", 2), ("/trends", 2), ("/competitors", 2)):
        links = re.findall(r'<a href="(/charts/[^"]+)" download="northwind-[\w-]+\.(png|svg|csv)"', web.get(page).text)
        assert len(links) == 3 * charts, page
        assert web.get(links[1][0].replace("&amp;", "&")).text.startswith("<svg")


def overview(mentions: Figure, net: Figure) -> Overview:
    few = figure(0, 0)
    return Overview(mentions, few, net, few, few, few, few, few, few, few, few)


def test_the_story_calls_nothing_a_change_that_may_be_chance() -> None:
    moved = pd.DataFrame({"topic": ["refund"], "mentions": [30], "before": [4]})
    calm = story("Acme", 7, overview(figure(100, 90), Figure(-0.3, -0.4, -0.2, -0.1, False, 100)), moved.iloc[:0])
    assert "about as often as" in calm and "worse" not in calm and "before about" not in calm
    stir = story("Acme", 7, overview(figure(200, 90, shifted=True), Figure(-0.3, -0.4, -0.2, -0.1, True, 100)), moved)
    assert "more than in the 7 days before" in stir
    assert "worse than before (−0.10)" in stir
    assert "Refund" in stir


@pytest.mark.parametrize("language", ["en", "hi", "tr"])
def test_the_story_counts_in_every_language(language: str) -> None:
    with speaking(language):
        told = story(
            "Acme", 7, overview(figure(1882), figure(None)), pd.DataFrame(columns=["topic", "mentions", "before"])
        )
        assert telling.count(1882) in told
