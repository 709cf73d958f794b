"""The stand-in's feeds, read by the real feedparser."""

from typing import Any

import feedparser
import pytest
import requests

from sandbox.feeds import PATHS
from sandbox.server import Sandbox

TEXT = "Çok güzel & <b>şöyle</b> ]]> northwind\n\nSecond paragraph 🎉 नमस्ते"


def read(sandbox: Sandbox, path: str, **headers: str) -> Any:
    return feedparser.parse(requests.get(sandbox.feeds_url + path, headers=headers, timeout=5).content)


def fill(sandbox: Sandbox) -> dict[str, str]:
    ids = {}
    for place in ("blog", "forum", "news", "haber"):
        ids[place] = sandbox.world.post("feed", "jane", TEXT, place=place, title="Tea & <cake>").id
    ids["comment"] = sandbox.world.post("feed", "joe", "northwind? me too", reply_to=ids["forum"]).id
    return ids


def test_every_feed_parses_and_keeps_each_letter(sandbox: Sandbox) -> None:
    ids = fill(sandbox)
    for path, place in zip(PATHS, ("blog", "forum", "comment", "news", "haber"), strict=True):
        feed = read(sandbox, path)
        assert not feed.bozo, path
        assert len(feed.entries) == 1
        entry = feed.entries[0]
        whole = entry.content[0].value if "content" in entry else entry.summary
        if place == "comment":
            assert "me too" in whole
            continue
        assert entry.title == "Tea & <cake>"
        assert "güzel &amp; &lt;b&gt;şöyle&lt;/b&gt; ]]&gt; northwind" in whole
        assert "🎉 नमस्ते" in whole
        assert entry.published_parsed[:3] == sandbox.world.get("feed", ids[place]).created_at.timetuple()[:3]
        page = requests.get(entry.link, timeout=5)
        assert page.status_code == 200
        assert "<b>şöyle" not in page.text


def test_feeds_differ_as_feeds_do(sandbox: Sandbox) -> None:
    ids = fill(sandbox)
    assert "id" not in read(sandbox, "/news/rss.xml").entries[0]
    assert read(sandbox, "/blog/rss.xml").entries[0].id == ids["blog"]
    assert read(sandbox, "/forum/atom.xml").version == "atom10"
    assert read(sandbox, "/haber/rss.xml").encoding == "iso-8859-9"
    assert ids["forum"] in read(sandbox, "/forum/comments.xml").entries[0]["thr_in-reply-to"]["ref"]


def test_an_unchanged_feed_answers_304_until_something_is_said(sandbox: Sandbox) -> None:
    fill(sandbox)
    url = sandbox.feeds_url + "/blog/rss.xml"
    first = requests.get(url, timeout=5)
    seen = {"If-None-Match": first.headers["etag"]}
    again = requests.get(url, headers=seen, timeout=5)
    assert (again.status_code, again.content) == (304, b"")
    assert (
        requests.get(url, headers={"If-Modified-Since": first.headers["last-modified"]}, timeout=5).status_code == 304
    )
    sandbox.world.post("feed", "jane", "more", place="blog")
    assert requests.get(url, headers=seen, timeout=5).status_code == 200


def test_a_feed_shows_its_newest_items_only(sandbox: Sandbox) -> None:
    posts = [sandbox.world.post("feed", "jane", f"northwind {i}", place="forum") for i in range(45)]
    sandbox.world.delete("feed", posts[-1].id)
    ids = [entry.id.rsplit("/", 1)[1] for entry in read(sandbox, "/forum/atom.xml").entries]
    assert ids == [post.id for post in reversed(posts[4:44])]


@pytest.mark.parametrize("path", PATHS)
def test_a_malformed_feed_is_malformed(sandbox: Sandbox, path: str) -> None:
    fill(sandbox)
    assert read(sandbox, path + "?malformed=1").bozo
    sandbox.faults.add("feeds.*", "malformed_item")
    assert read(sandbox, path).bozo
    assert not read(sandbox, path).bozo
