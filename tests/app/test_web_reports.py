"""The reports' pages: what was told, with names read when it is shown, and the page to hand round."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from app.web.site import create_app
from core.report import Image, Report
from core.store import Store, erasure, reports
from tests.app.test_marketing import NOW, PNG, hear, settings, told_to_all

WORDS = "<script>alert(1)</script> northwind की बैटरी, İstanbul 💛"


@pytest.fixture
def site(store: Store) -> TestClient:
    hear(store, [(1, NOW - timedelta(days=1), "positive", WORDS, {"followers": 1200})])
    return TestClient(create_app(store, settings(), now=lambda: NOW), base_url="http://localhost")


def keep(store: Store, made: Report) -> int:
    with store.write() as tx:
        kept = reports.put(tx, made, "#marketing", NOW, [Image("volume", "Mentions a day", "Many", PNG)])
    assert kept is not None
    return kept


def test_before_anything_is_told_the_list_says_what_comes(site: TestClient) -> None:
    page = site.get("/reports")
    assert page.status_code == 200
    assert "Nothing was told yet" in page.text


def test_a_report_is_listed_and_shown_with_its_people_and_chart(store: Store, site: TestClient) -> None:
    report_id = keep(store, told_to_all())
    assert f'href="/reports/{report_id}"' in site.get("/reports").text
    page = site.get(f"/reports/{report_id}")
    assert "down from −0.10 the week before" in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; northwind की बैटरी, İstanbul 💛" in page.text
    assert "<script>alert" not in page.text
    chart = site.get(f"/reports/{report_id}/volume.png")
    assert (chart.headers["content-type"], chart.content) == ("image/png", PNG)
    with store.write() as tx:
        erasure.forget_author(tx, "x:a1", NOW)
    assert "बैटरी" not in site.get(f"/reports/{report_id}").text


def test_the_page_to_hand_round_is_saved_and_not_opened_here(store: Store, site: TestClient) -> None:
    answer = site.get(f"/reports/{keep(store, told_to_all())}/page")
    assert answer.headers["content-disposition"] == 'attachment; filename="weekly-northwind-2026-11-23.html"'
    assert "data:image/png;base64," in answer.text
    assert "<script>alert" not in answer.text


def test_what_is_not_there_is_said(store: Store, site: TestClient) -> None:
    assert "There is no report of this number." in site.get("/reports/99").text
    report_id = keep(store, told_to_all())
    assert site.get(f"/reports/{report_id}/other.png").status_code == 404
    assert site.get("/reports/abc").status_code == 422


def test_a_long_list_is_read_on(store: Store, site: TestClient) -> None:
    for days in range(35):
        made = told_to_all()
        keep(
            store,
            Report(made.kind, made.audience, made.brand, made.until - timedelta(days=days), 7, numbers=made.numbers),
        )
    first = site.get("/reports").text
    assert first.count('class="panel"') == 30
    older = first.split('href="?before=')[1].split('"')[0]
    assert site.get(f"/reports?before={older}").text.count('class="panel"') == 5
