"""What rings and what does not, in four languages: cases of every clause of the urgency table, written for this test."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import analysis
from analysis.floors import FLOORS
from analysis.judge import Subject, judge
from analysis.urgency import CUTS, rounded
from core.assessment import Assessment, Priority
from core.mention import Brand

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NORTHWIND = Brand("northwind", "Northwind", ("Northwind", "north wind", "नॉर्थविंड"))
CASES: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(analysis.__file__).parent / "data" / "rule_cases.jsonl").read_text("utf-8").splitlines()
]


def judged(text: str, **more: Any) -> Assessment:
    [one] = judge([Subject("x:1", text, NORTHWIND, **more)], NOW)
    return one


@pytest.fixture(scope="module")
def verdicts() -> list[tuple[dict[str, Any], Assessment]]:
    return [(case, judged(case["text"], followers=case.get("author_followers"))) for case in CASES]


Verdicts = list[tuple[dict[str, Any], Assessment]]


@pytest.mark.parametrize("wanted", ["P1", "P2"])
def test_of_what_should_ring_almost_all_does(verdicts: Verdicts, wanted: str) -> None:
    found = [(case, one) for case, one in verdicts if case["priority"] == wanted]
    missed = [case["text"] for case, one in found if one.urgency.priority > Priority[wanted]]
    assert len(missed) <= 0.02 * len(found), missed


def test_nothing_that_needs_no_answer_rings(verdicts: Verdicts) -> None:
    rang = [case["text"] for case, one in verdicts if case["priority"] in ("P3", "P4") and one.urgency.priority.rings]
    assert rang == []


@pytest.mark.parametrize("name", sorted({case["set"] for case in CASES}))
def test_each_clause_holds_in_every_language(verdicts: Verdicts, name: str) -> None:
    """At most one case in ten of a clause may miss its priority (of fewer than ten, one)."""
    found = [(case, one) for case, one in verdicts if case["set"] == name]
    wrong = [
        (case["text"], one.urgency.priority.name)
        for case, one in found
        if one.urgency.priority.name != case["priority"]
    ]
    assert len(wrong) <= max(1, len(found) // 10), wrong


@pytest.mark.parametrize("field", ["department", "intent", "is_complaint"])
def test_the_rest_of_the_judgement_is_mostly_right(verdicts: Verdicts, field: str) -> None:
    found = [(case, getattr(one, field)) for case, one in verdicts if field in case]
    wrong = [(case["text"], value) for case, value in found if value != case[field]]
    assert len(wrong) <= 0.1 * len(found), wrong


def test_every_floor_is_shown_by_a_case(verdicts: Verdicts) -> None:
    fired = Counter(reason.signal for _, one in verdicts for reason in one.urgency.reasons)
    assert {floor.name for floor in FLOORS} <= fired.keys()


def test_every_reason_of_a_floor_quotes_the_words(verdicts: Verdicts) -> None:
    names = {floor.name for floor in FLOORS}
    for _, one in verdicts:
        assert all(reason.text for reason in one.urgency.reasons if reason.signal in names)


@pytest.mark.parametrize(
    ("danger", "harmless"),
    [
        ("the northwind battery is swollen", "the northwind battery is NOT swollen"),
        ("my northwind heater caught fire", "my northwind heater never caught fire"),
        ("My charger exploded", "if my charger exploded I would laugh"),
        ("My charger exploded", "in that movie the charger exploded"),
        ("My charger exploded", "I heard that a charger exploded"),
        ("the northwind charger is smoking", "never mind, the northwind charger is smoking was a joke, my bad"),
        ("my northwind account was hacked", "my northwind account was not hacked"),
    ],
)
def test_a_denied_imagined_or_told_danger_does_not_ring(danger: str, harmless: str) -> None:
    assert judged(danger).urgency.priority is Priority.P1
    assert not judged(harmless).urgency.priority.rings


def test_a_danger_counts_even_if_asked_and_if_nobody_was_hurt() -> None:
    assert judged("Is it normal for the northwind charger to be sparking?").urgency.priority is Priority.P1
    assert judged("not only late, the northwind kettle is also smoking").urgency.priority is Priority.P1


@pytest.mark.parametrize(
    "text", ["जीने का मन नहीं करता, सब कुछ ले लिया northwind ने", "ab jeene ka mann nahi karta northwind"]
)
def test_no_wish_to_live_ends_with_a_not_that_denies_nothing(text: str) -> None:
    assert judged(text).urgency.priority is Priority.P1


def test_whoever_poses_as_the_brand_is_not_a_competitor() -> None:
    fake = judged("northwind-gifts.co is NOT northwind. They phoned my uncle and wanted his card number")
    assert (fake.urgency.priority, fake.department) == (Priority.P1, "privacy_security")
    assert judged("it wasn't northwind, it was my own bank that lost the refund").urgency.priority is Priority.P4


@pytest.mark.parametrize(
    "text",
    [
        "Beware, someone rings people as Northwind and empties their accounts, they asked my neighbour for her PIN",
        "DİKKAT Northwind adıyla arayıp SMS'e gelen kodu istiyorlar, az önce annemin hesabını boşaltmaya kalktılar",
    ],
)
def test_who_warns_of_a_fraudster_rings_and_does_not_complain_of_the_brand(text: str) -> None:
    one = judged(text)
    assert (one.urgency.priority, one.is_complaint, one.department) == (Priority.P1, False, "privacy_security")


@pytest.mark.parametrize(
    "text",
    [
        "price glitch on the northwind app, laptops for $9",
        "northwind sitesinde 40 binlik laptop 400 lira görünüyor, fiyat hatası",
        "northwind app pe price glitch hai, laptop 99 rs",
    ],
)
def test_a_wrong_price_on_the_site_is_mended_by_who_runs_the_site(text: str) -> None:
    one = judged(text)
    assert (one.urgency.priority, one.department) == (Priority.P2, "outage_technical")


@pytest.mark.parametrize(
    "text",
    [
        "Earn £300 a day packing for Northwind from home, whatsapp me for a place",
        "घर बैठे नॉर्थविंड के साथ रोज़ 2500 कमाएँ, टेलीग्राम से जुड़ें",
        "ghar baithe northwind ke saath roz 2500 kamao, whatsapp karo",
        "evden northwind ile günde 3 bin lira kazanın, telegrama katılın",
    ],
)
def test_an_offer_of_easy_money_is_spam_in_every_language(text: str) -> None:
    one = judged(text)
    assert (one.urgency.priority, one.department) == (Priority.P4, "spam_irrelevant")


def test_a_post_that_the_brand_deleted_is_no_retraction() -> None:
    assert judged("maine apni post delete kar di, galti meri thi northwind").urgency.priority is Priority.P4
    deleted = judged("tum log meri post delete kar rahe ho aur refund bhi nahi dete")
    assert "retracted" not in {reason.signal for reason in deleted.urgency.reasons}


def test_to_change_an_address_is_no_takeover() -> None:
    assert not judged("northwind order ka address change ho sakta hai kya, office pe bhejna hai").urgency.priority.rings


@pytest.mark.parametrize(
    ("rumour", "own"),
    [
        (
            "my cousin reckons her northwind toaster caught fire",
            "my cousin reckons it is rare but my northwind toaster caught fire",
        ),
        ("northwind ütüsü birini çarpmış diyorlar, aslı var mı", "normal dediler, northwind ütüsü çarptı beni"),
        (
            "koi bol raha tha northwind charger me aag lagi",
            "pata nahi kitna sach, lekin mere northwind charger me aag lagi",
        ),
    ],
)
def test_a_rumour_does_not_ring_and_what_follows_its_turn_does(rumour: str, own: str) -> None:
    assert not judged(rumour).urgency.priority.rings
    assert judged(own).urgency.priority is Priority.P1


def test_what_a_turk_bought_is_no_supermarket() -> None:
    assert judged("kurye bıçak çekti, koliyi aldı kaçtı").urgency.priority is Priority.P1


@pytest.mark.parametrize(
    "text",
    [
        "MegaMart cancelled my order again, should have gone to northwind",
        "QuickBasket sent mouldy paneer, whole night in hospital",
        "Tekbazar'dan aldığım ütü duman attı",
    ],
)
def test_another_companys_fault_is_nobodys_desk(text: str) -> None:
    one = judged(text)
    assert (one.urgency.priority, one.department) == (Priority.P4, "spam_irrelevant")


def test_a_danger_is_not_drowned_in_what_stands_before_it() -> None:
    assert (
        judged("🎉🔥😭💀🙏🏽 " * 12 + "my northwind power bank is swollen and smoking").urgency.priority is Priority.P1
    )
    calm = "We walked along the river, ate our bread and cheese in the shade and talked about the garden. " * 12
    assert judged(f"{calm} My northwind charger exploded.").urgency.priority is Priority.P1


def test_a_danger_is_not_drowned_in_emoji() -> None:
    one = judged(
        "my northwind power bank is swollen and smoking, what do I do? "
        + "🎉🔥😭😭😭💀🙏🏽👨\u200d👩\u200d👧🇮🇳❤️\u200d🔥🫠🫡" * 4
    )
    assert one.urgency.priority is Priority.P1


def test_who_wants_to_die_rings_whoever_drove_them_to_it() -> None:
    assert judged("MegaMart took everything from me and I want to kill myself").urgency.priority is Priority.P1


@pytest.mark.parametrize(
    "text",
    [
        "Northerly wind warning: 50 knots off the point, sparks from fallen lines likely",
        "मौसम विभाग: उत्तरी हवा से पारा गिरेगा, अलाव से दम न घुटे",
        "kuzey rüzgarı fırtınaya dönüyor, soba zehirlenmesine dikkat",
    ],
)
def test_the_weather_of_the_same_name_is_nobodys_desk(text: str) -> None:
    one = judged(text)
    assert (one.urgency.priority, one.department) == (Priority.P4, "spam_irrelevant")


def test_sentiment_alone_does_not_decide() -> None:
    one = judged("account was hacked and my money is gone")
    assert (one.sentiment.score, one.urgency.priority) == (0.0, Priority.P1) or one.urgency.priority is Priority.P1
    assert judged("worst worst worst horrible terrible awful northwind").urgency.priority >= Priority.P3


def test_a_loud_complaint_rings_and_loud_praise_does_not() -> None:
    assert judged("northwind lost my parcel", followers=50_000).urgency.priority is Priority.P2
    assert judged("northwind lost my parcel", followers=900).urgency.priority is Priority.P3
    assert judged("northwind lost my parcel", vip=True).urgency.priority is Priority.P2
    assert judged("I love northwind, great service", followers=5_000_000).urgency.priority is Priority.P4


def test_a_language_that_we_cannot_judge_goes_to_a_person() -> None:
    one = judged("Ich warte seit Tagen auf mein Paket und niemand antwortet mir")
    assert (one.language, one.sentiment.label, one.needs_review) == ("de", "unsupported", True)
    assert judged("注文した商品がまだ届かない").needs_review
    assert not judged("I love northwind").needs_review


def test_the_same_text_is_judged_the_same_for_a_brand_in_any_spelling() -> None:
    for name in ("northwind", "NORTHWIND", "@NorthwindHelp", "#northwind", "Northwind's"):
        assert judged(f"{name} charger is smoking").urgency.priority is Priority.P1


texts = st.one_of(
    st.text(max_size=400),
    st.lists(st.sampled_from(" ".join(case["text"] for case in CASES).split()), max_size=40).map(" ".join),
)


@given(texts, st.sampled_from(["", "en", "tr", "hi", "xx-ZZ"]), st.none() | st.integers(0, 10**9))
def test_whatever_a_stranger_writes_the_answer_is_in_range(text: str, lang: str, followers: int | None) -> None:
    one = judged(text, lang=lang, followers=followers)
    assert -1 <= one.sentiment.score <= 1
    assert 0 <= one.details["complaint"] <= 1
    assert one.is_complaint == (one.details["complaint"] >= 0.5)
    lowest = {**CUTS, Priority.P4: float("-inf")}
    assert one.urgency.score >= lowest[one.urgency.priority] - 0.01
    assert abs(sum(reason.weight for reason in one.urgency.reasons) - one.urgency.score) < 0.2
    if one.sentiment.label == "unsupported":
        assert one.sentiment.score == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00",
        "\ud800 northwind",
        "a" * 100_000,
        "😡" * 5000,
        "\u202enorthwind",
        "not " * 20_000,
        "<script>",
        "=1+1",
    ],
)
def test_hostile_text_is_judged_quickly_and_without_error(text: str) -> None:
    assert judged(text).mention_id == "x:1"


@pytest.mark.parametrize(
    "text",
    [
        "not a film, not a joke, my northwind oven is on fire",
        "Not a rumour, I was stood there: the northwind freezer sparked and caught fire",
        "film değil şaka değil northwind ocağım yanıyor, alev aldı",
        "yeh film nahi hai, northwind ka charger jal raha hai",
    ],
)
def test_who_says_that_it_is_no_joke_is_believed(text: str) -> None:
    assert judged(text).urgency.priority is Priority.P1


def test_what_is_told_since_a_repair_is_not_over() -> None:
    again, over = judged("same smell of gas as before you 'fixed' it"), judged("you fixed it quickly, thanks")
    assert "resolved" not in [reason.signal for reason in again.urgency.reasons]
    assert "resolved" in [reason.signal for reason in over.urgency.reasons]


def test_plain_praise_in_the_words_of_a_danger_opens_no_case() -> None:
    one = judged("आग लगा दी नॉर्थविंड ने! दिवाली की छूट देखकर तीन साल में पहली बार कुछ सस्ता और अच्छा मिला")
    assert (one.urgency.priority, one.department) == (Priority.P4, "praise")


def test_a_danger_is_not_drowned_in_markup() -> None:
    junk = "<!channel> <!here> <https://evil.example|northwind refund> &lt;!channel&gt; {{7*7}} `code` northwind"
    assert (
        judged(f"my northwind power bank is swollen and smoking, what do I do? {junk}").urgency.priority is Priority.P1
    )


@given(st.floats(-1e6, 1e6) | st.integers(-20_000, 20_000).map(lambda halves: halves / 2_000))
def test_a_number_is_rounded_as_by_round(number: float) -> None:
    for digits in (3, 4):
        assert repr(rounded(number, digits)) == repr(round(number, digits))
