"""What a person says of a mention on the dashboard, and that nobody says it for them; on both databases."""

import re
from typing import Any
from urllib.parse import quote

import pytest

from core.assessment import Priority, Sentiment
from core.mention import Author, Mention
from core.store import Store, erasure, labels
from tests.app.desk import HOSTILE, client, hear, judge, post
from tests.core.made import NOW

ADDRESS = "/mentions/x%3A1"


def token(web: Any, address: str = ADDRESS) -> str:
    found = re.search(r'name="token" value="([^"]+)"', web.get(address).text)
    assert found
    return found[1]


def send(web: Any, address: str = ADDRESS, headers: dict[str, str] | None = None, **fields: str) -> Any:
    values = {"token": token(web), "brand": "northwind"} | fields
    return web.post(address, data=values, headers=headers, follow_redirects=False)


def standing(store: Store, mention_id: str = "x:1") -> dict[str, tuple[str, str]]:
    with store.read() as tx:
        found = labels.of(tx, [mention_id]).get((mention_id, "northwind"), {})
    return {kind: (label.value, label.by) for kind, label in found.items()}


@pytest.fixture
def filled(store: Store) -> Store:
    hear(store, post(1))
    judge(store, post(1))
    return store


def test_a_person_corrects_a_mention_and_sees_it(filled: Store) -> None:
    web = client(filled)
    before = web.get(ADDRESS).text
    assert re.findall(r'value="(\w+)" selected', before) == ["P2", "delivery", "negative"], "as it was judged"
    answer = send(web, priority="not_urgent", department="billing", sentiment="negative", by=" Asha  K ")
    assert (answer.status_code, answer.headers["location"]) == (303, ADDRESS)
    assert standing(filled) == {
        "priority": ("not_urgent", "Asha K"),
        "department": ("billing", "Asha K"),
        "sentiment": ("negative", "Asha K"),
    }
    after = web.get(ADDRESS).text
    assert re.findall(r'value="(\w+)" selected', after) == ["not_urgent", "billing", "negative"]
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", after))
    for said in ("Priority: not urgent judged P2; said by Asha K", "Sentiment: negative as judged;", "looked at"):
        assert said in shown, said
    told = web.get("/api" + ADDRESS).json()["judgements"][0]["labels"]["department"]
    assert (told["value"], told["was"], told["by"]) == ("billing", "delivery", "Asha K")


def test_who_does_not_say_their_name_is_the_dashboard(filled: Store) -> None:
    send(client(filled), priority="P1")
    assert standing(filled) == {"priority": ("P1", "dashboard")}


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({"token": ""}, {}),
        ({"token": "guessed"}, {}),
        ({"token": "\u0939"}, {}),
        ({}, {"Sec-Fetch-Site": "cross-site"}),
        ({}, {"Sec-Fetch-Site": "same-site"}),
    ],
)
def test_a_strangers_page_cannot_say_anything_through_its_visitors_browser(
    filled: Store, fields: dict[str, str], headers: dict[str, str]
) -> None:
    web = client(filled)
    answer = send(web, headers=headers, **({"priority": "P4"} | fields))
    assert answer.status_code == 403 and "nothing was saved" in answer.text
    assert standing(filled) == {}
    assert send(web, headers={"Host": "evil.example"}, priority="P4").status_code == 421
    other = client(filled)  # another start of the dashboard
    assert send(web, token=token(other), priority="P4").status_code == 403
    assert send(web, headers={"Sec-Fetch-Site": "same-origin"}, priority="P4").status_code == 303


@pytest.mark.parametrize(
    ("address", "fields", "code", "told"),
    [
        (ADDRESS, {"priority": "P9"}, 422, "is no priority"),
        (ADDRESS, {"priority": "P1", "brand": "contoso"}, 422, "not heard for the brand"),
        ("/mentions/x%3A9", {"priority": "P1"}, 422, "no mention x:9"),
        (ADDRESS, {"priority": "P1", "by": "A" * 5000}, 413, "too long"),
        (ADDRESS, {f"f{n}": "1" for n in range(50)}, 400, "cannot be read"),
    ],
)
def test_what_means_nothing_is_refused_in_a_sentence(
    filled: Store, address: str, fields: dict[str, str], code: int, told: str
) -> None:
    answer = send(client(filled), address, **fields)
    assert answer.status_code == code and told in answer.text
    assert standing(filled) == {}
    assert client(filled).post(address, content=b"\xff\xfe=%ff").status_code in (400, 403)


def test_strangers_words_stay_words_in_the_form_and_odd_ids_find_their_way(store: Store) -> None:
    odd = Mention("rss", "https://blog.example/a/../b?c=d&e=f#g", Author("rss", "a"), "hello", NOW, kind="article")
    hear(store, odd)
    judge(store, odd)
    web, address = client(store), "/mentions/" + quote(odd.id, safe="")
    values = {"token": token(web, address), "brand": "northwind", "priority": "P1", "by": HOSTILE[:200]}
    answer = web.post(address, data=values)
    assert answer.status_code == 200, "and shown again"
    assert "<script>alert" not in answer.text and "&lt;script&gt;alert" in answer.text
    assert standing(store, odd.id)["priority"][0] == "P1"


def test_an_erased_or_an_unjudged_mention_has_no_form(store: Store) -> None:
    hear(store, post(1), post(2))
    judge(store, post(1))
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:1"], "forget", NOW)
    for address in (ADDRESS, "/mentions/x%3A2"):
        assert 'action="/mentions' not in client(store).get(address).text


def test_the_audit_sample_waits_in_the_review_list_until_somebody_looked(store: Store) -> None:
    hear(store, post(1, "words 1"), post(2, "words 2"), post(3, "words 3"))
    unsure = Sentiment("unsupported", 0.0, "")
    judge(store, post(1, "words 1"), Priority.P4, needs_review=True, details={"audit": 0.015})
    judge(store, post(2, "words 2"), Priority.P4, needs_review=True, language="zh", sentiment=unsure)
    judge(store, post(3, "words 3"), Priority.P4)
    web = client(store)
    shown = web.get("/mentions?needs_review=true").text
    assert re.findall(r"words (\d)", shown) == ["1", "2"] or re.findall(r"words (\d)", shown) == ["2", "1"]
    assert shown.count("audit sample</span>") == 1 and shown.count("needs review</span>") == 1
    assert "drawn for a person" in web.get(ADDRESS).text
    assert web.get("/api" + ADDRESS).json()["judgements"][0]["assessment"]["audit"] is True
    send(web, priority="P4", department="delivery", sentiment="negative")
    assert re.findall(r"words (\d)", web.get("/mentions?needs_review=true").text) == ["2"]
    assert set(re.findall(r"words (\d)", web.get("/mentions?needs_review=false").text)) == {"1", "3"}
    assert re.findall(r'value="(\w*)" selected', web.get("/mentions/x%3A2").text)[-1] == "", "sentiment was not judged"
