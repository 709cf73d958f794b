"""Feeds as they are in the wild: moved, broken, hostile, without ids or dates."""

import gzip
import html
import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from connectors.ingest import ingest
from connectors.social import build
from connectors.social.markup import read_html
from core.errors import Misconfigured
from core.settings import Environment, Settings, parse
from core.store import Store, browse, cursors
from core.store.schema import gaps, rejected_items
from tests.connectors.platforms import heard
from tests.connectors.site import Site, open_site


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site() as made:
        yield made


def settings(*feeds: Any, **table: Any) -> Settings:
    return parse(
        {
            "brands": {
                "northwind": {"name": "Northwind", "queries": [{"name": "main", "any_of": ["northwind"]}]},
                "contoso": {"name": "Contoso", "queries": [{"name": "main", "any_of": ["contoso"]}]},
            },
            "sources": {"web": {"type": "rss", "feeds": list(feeds), "timeout_seconds": 1, **table}},
        }
    )


def listen(store: Store, asked: Settings, now: datetime) -> dict[str, int]:
    return ingest(store, build(asked, Environment({})), asked, now)


def rss(*items: str, head: str = "<title>A site</title>") -> str:
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'


def item(text: str, id: str = "", more: str = "") -> str:
    guid = f"<guid isPermaLink='false'>{id}</guid>" if id else ""
    return f"<item>{guid}<description><![CDATA[{text}]]></description>{more}</item>"


def test_only_what_is_new_is_fetched_and_heard(site: Site, small_store: Store, now: datetime) -> None:
    asked = settings(f"{site.url}/feed")
    stamp = "Sat, 21 Nov 2026 10:00:00 GMT"
    site.says("/feed", rss(item("northwind", "1")), ETag='"a"', Last_Modified=stamp)
    assert listen(small_store, asked, now)["new"] == 1
    site.says("/feed", "", status=304)
    assert listen(small_store, asked, now + timedelta(minutes=1))["pulled"] == 1
    assert site.asked[1][1]["if-none-match"] == '"a"'
    assert site.asked[1][1]["if-modified-since"] == stamp
    site.says("/feed", rss(item("northwind", "1"), item("northwind too", "2")), ETag='"b"')
    assert listen(small_store, asked, now + timedelta(minutes=2))["new"] == 1
    assert heard(small_store).keys() == {"northwind", "northwind too"}


def test_a_new_brand_query_is_asked_of_what_the_feed_still_shows(site: Site, small_store: Store, now: datetime) -> None:
    site.says("/feed", rss(item("contoso", "1")), ETag='"a"')
    both = settings(f"{site.url}/feed")
    alone = both.model_copy(update={"brands": {"northwind": both.brands["northwind"]}})
    assert listen(small_store, alone, now)["new"] == 0
    assert listen(small_store, both, now + timedelta(minutes=1))["new"] == 1
    assert "if-none-match" not in site.asked[1][1]


def test_a_feed_that_moved_on_by_more_than_it_shows_is_a_gap(site: Site, small_store: Store, now: datetime) -> None:
    asked = settings(f"{site.url}/feed")
    site.says("/feed", rss(*(item(f"northwind {n}", f"{n}") for n in range(3))))
    listen(small_store, asked, now)
    site.says("/feed", rss(*(item(f"northwind {n}", f"{n}") for n in range(2, 5))))
    assert listen(small_store, asked, now)["gaps"] == 0
    site.says("/feed", rss(*(item(f"northwind {n}", f"{n}") for n in range(7, 9))))
    assert listen(small_store, asked, now)["gaps"] == 1
    with small_store.read() as tx:
        assert "moved on" in tx.scalars(select(gaps.c.reason)).one()


def test_entries_are_known_by_the_best_id_that_they_have(site: Site, small_store: Store, now: datetime) -> None:
    host = site.url.removeprefix("http://")
    site.says(
        "/feed",
        rss(
            item("northwind guid", "17"),
            item("northwind tag", "tag:a,2026:1"),
            item("northwind link", more="<link>http://a.example/1</link>"),
            item("northwind nothing"),
        ),
    )
    listen(small_store, settings(f"{site.url}/feed"), now)
    ids = {text: mention.external_id for text, mention in heard(small_store).items()}
    assert ids["northwind guid"] == f"{host}/17"
    assert ids["northwind tag"] == "tag:a,2026:1"
    assert ids["northwind link"] == "http://a.example/1"
    assert listen(small_store, settings(f"{site.url}/feed", recheck_hours=2), now)["new"] == 0


def test_the_same_article_in_two_feeds_is_one_mention(site: Site, small_store: Store, now: datetime) -> None:
    site.says("/all", rss(item("northwind", "http://a.example/1")))
    site.says("/tech", rss(item("northwind", "http://a.example/1")))
    assert listen(small_store, settings(f"{site.url}/all", f"{site.url}/tech"), now)["new"] == 1


def test_an_entry_as_a_feed_tells_it(site: Site, small_store: Store, now: datetime) -> None:
    site.says(
        "/feed",
        """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="tr"><title>Şikâyet &amp; Forum</title><entry>
        <id>tag:f,2026:2</id><title type="html">Re: &lt;b&gt;Northwind&lt;/b&gt; &amp;amp; kargo</title>
        <link href="http://f.example/t/1#comment-2"/><author><name>Ayşe</name><uri>http://f.example/u/7</uri></author>
        <published>2026-11-21T09:00:00+03:00</published><updated>2026-11-21T10:00:00+03:00</updated>
        <content type="html">&lt;blockquote&gt;kargo geldi mi?&lt;/blockquote&gt;
        &lt;p&gt;Gelmedi &amp;amp; çöktü 😡&lt;br/&gt;yine&lt;/p&gt;
        &lt;script&gt;alert(1)&lt;/script&gt;&lt;ul&gt;&lt;li&gt;bir&lt;li&gt;iki&lt;/ul&gt;</content></entry></feed>""",
    )
    listen(small_store, settings({"url": f"{site.url}/feed", "name": "forum", "kind": "comment"}), now)
    (found,) = heard(small_store).values()
    assert found.text == "Gelmedi & çöktü 😡\nyine\n\nbir\niki"
    assert found.quoted_text == "kargo geldi mi?"
    assert found.title == "Re: Northwind & kargo"
    assert (found.place, found.kind) == ("Şikâyet & Forum", "comment")
    assert (found.author.handle, found.author.external_id) == ("Ayşe", "http://f.example/u/7")
    assert found.created_at == datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
    assert found.edited_at == datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
    assert found.conversation_id == found.parent_id == "http://f.example/t/1"


def test_an_entry_without_a_date_is_as_old_as_our_hearing_of_it(site: Site, small_store: Store, now: datetime) -> None:
    future = "<pubDate>Sat, 21 Nov 2099 10:00:00 GMT</pubDate>"
    garbage = "<pubDate>half past</pubDate>"
    site.says(
        "/feed", rss(item("northwind", "1"), item("northwind soon", "2", future), item("northwind when", "3", garbage))
    )
    listen(small_store, settings(f"{site.url}/feed"), now)
    assert {mention.created_at for mention in heard(small_store).values()} == {now}


def test_entries_without_an_author_are_not_one_person(site: Site, small_store: Store, now: datetime) -> None:
    site.says("/feed", rss(item("northwind", "1"), item("northwind too", "2")))
    listen(small_store, settings(f"{site.url}/feed"), now)
    assert len({mention.author.id for mention in heard(small_store).values()}) == 2


def test_a_feed_about_the_brand_is_heard_whole(site: Site, small_store: Store, now: datetime) -> None:
    site.says("/feed", rss(item("it broke again", "1")))
    asked = settings({"url": f"{site.url}/feed", "match": "all", "brands": ["contoso"]})
    listen(small_store, asked, now)
    with small_store.read() as tx:
        (found,) = browse.latest(tx).items
        assert found.assessment.brand == "contoso"
    assert found.mention.text == "it broke again"


BOMB = (
    '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n + 1} "{f"&a{n or str()};" * 10}">' for n in range(12))
    + "]>"
    + rss(item("northwind fine", "1"), item("&a12;", "2", "<title>&a12; northwind</title>")).split("?>")[1]
)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ("<html><body>Be right back</body></html>", {}),
        ("", {}),
        ("northwind", {}),
        (rss(item("northwind", "1"))[:-40], {}),
        (b"\xff\xfe\x00\x01" * 100, {}),
        (b"\x1f\x8bgarbage", {"Content-Encoding": "gzip"}),
        (gzip.compress(b"<rss>" + b"a" * 6_000_000), {"Content-Encoding": "gzip"}),
        (BOMB, {}),
    ],
    ids=["html", "empty", "words", "cut off", "noise", "bad gzip", "zip bomb", "entity bomb"],
)
def test_what_is_no_feed_is_tried_again_and_harms_nobody(
    site: Site, small_store: Store, now: datetime, body: str | bytes, headers: dict[str, str]
) -> None:
    asked = settings(f"{site.url}/feed")
    site.says("/feed", body, **headers)
    listen(small_store, asked, now)
    assert sum(len(text) for text in heard(small_store)) < 1_000
    site.says("/feed", rss(item("northwind at last", "9")))
    listen(small_store, asked, now + timedelta(minutes=6))
    assert "northwind at last" in heard(small_store)


def test_a_feed_that_was_cut_off_is_not_heard_in_part(site: Site, small_store: Store, now: datetime) -> None:
    """Else half a sentence would be judged, or one entry be taken for two."""
    whole = rss(item("northwind", "1"), item("northwind will not bring it back", "2"))
    asked = settings(f"{site.url}/feed")
    site.says("/feed", whole[: whole.index("bring")])
    assert listen(small_store, asked, now)["failed"] == 1
    assert heard(small_store) == {}
    site.says("/feed", whole)
    listen(small_store, asked, now + timedelta(minutes=6))
    assert heard(small_store).keys() == {"northwind", "northwind will not bring it back"}


def test_an_empty_entry_is_set_aside(site: Site, small_store: Store, now: datetime) -> None:
    site.says("/feed", rss("<item><pubDate>x</pubDate></item>", item("northwind", "1")))
    assert listen(small_store, settings(f"{site.url}/feed"), now)["rejected"] == 1
    with small_store.read() as tx:
        assert "neither a title nor a text" in tx.scalars(select(rejected_items.c.reason)).one()


def test_one_dead_feed_stops_no_other_and_is_named(site: Site, small_store: Store, now: datetime) -> None:
    site.says("/gone", "", status=410)
    site.says("/down", "", status=503, Retry_After="600")
    site.says("/good", rss(item("northwind", "1")))
    asked = settings(f"{site.url}/gone", f"{site.url}/down", f"{site.url}/good")
    counts = listen(small_store, asked, now)
    assert (counts["pulled"], counts["failed"]) == (1, 2)
    with small_store.read() as tx:
        state = cursors.state(tx, "web")
    assert state.last_ok_at == now
    assert state.error_kind == "misconfigured"
    assert f"{site.url}/gone" in (state.last_error or "")
    site.asked.clear()
    assert listen(small_store, asked, now + timedelta(minutes=5))["waiting"] == 1
    assert {path for path, _ in site.asked} == {"/gone", "/good"}


def test_a_feed_that_moved_for_good_is_read_and_reported_once(
    site: Site, small_store: Store, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    site.says("/old", "", status=301, Location="/new")
    site.says("/new", rss(item("northwind", "1")))
    for minute in range(3):
        listen(small_store, settings(f"{site.url}/old"), now + timedelta(minutes=minute))
    assert heard(small_store).keys() == {"northwind"}
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert told == [f"The feed {site.url}/old has moved for good to {site.url}/new: change its address."]


@pytest.mark.parametrize(
    ("feeds", "says"),
    [
        ([], "sources.web.feeds"),
        (["ftp://a.example"], "sources.web.feeds.0.url"),
        ([{"url": "http://a.example", "macth": "all"}], "sources.web.feeds.0.macth.*did you mean 'match'"),
        (["http://a.example", "http://a.example"], "twice"),
        ([{"url": "http://a.example", "brands": ["nobody"]}], "sources.web.feeds.0.brands names 'nobody'"),
    ],
)
def test_a_mistake_in_the_feeds_is_told_in_one_sentence(feeds: list[Any], says: str) -> None:
    with pytest.raises(Misconfigured, match=says):
        build(settings(*feeds), Environment({}))


HOSTILE = {
    "tags": "<a " * 100_000,
    "comments": "<!--" * 80_000,
    "ends": "</a " * 80_000,
    "quotes": "<a b='" * 50_000,
    "less than": "<" * 300_000,
    "nested": "<div><blockquote>" * 20_000,
    "entities": "&#" * 150_000,
    "scripts": "<script>" * 40_000,
}


@pytest.mark.parametrize("markup", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_html_takes_no_longer_than_other_html(
    site: Site, small_store: Store, now: datetime, markup: str
) -> None:
    begun = time.process_time()
    for body in (item(markup, "1"), item(markup, "1").replace("<![CDATA[", "").replace("]]>", "")):
        site.says("/feed", rss(body, item("northwind", "2")))
        listen(small_store, settings(f"{site.url}/feed"), now)
        now += timedelta(minutes=6)
    assert time.process_time() - begun < 5
    assert "northwind" in heard(small_store)


@pytest.mark.parametrize(
    ("markup", "said", "quoted"),
    [
        ("<p>one<p>two</p>\n\n<p>three</p>", "one\n\ntwo\n\nthree", ""),
        ("a <b>bold</b> move<br>and  more", "a bold move\nand more", ""),
        ("1 < 2 &amp;&amp; 3 > 2 &lt;b&gt;", "1 < 2 && 3 > 2 <b>", ""),
        ('<a title="x > y" href="#">link</a>!', "link!", ""),
        ("<a href='it's'>odd</a> quote", "odd quote", ""),
        ("<!-- hidden --><script>if (a<b) alert('</p>')</script>seen<style>p{}</style>", "seen", ""),
        ("<blockquote>you <blockquote>they</blockquote> said</blockquote>I say", "I say", "you they said"),
        ("</blockquote>fine", "fine", ""),
        ("<ul><li>एक<li>दो 🔥</ul>", "एक\nदो 🔥", ""),
        ("never <b", "never <b", ""),
        ("<svg/onload=alert(1)>x", "x", ""),
    ],
)
def test_html_is_read_as_a_reader_sees_it(markup: str, said: str, quoted: str) -> None:
    assert read_html(markup) == (said, quoted)


@given(st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs", "Cc"])))
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    expected = " ".join(text.split())
    assert " ".join(read_html(f"<p>{html.escape(text)}</p>")[0].split()) == expected


@given(st.text("<>/!-=\"' abp&;\n", max_size=60))
def test_any_markup_is_read(markup: str) -> None:
    said, quoted = read_html(markup)
    assert "\n\n\n" not in said + quoted
