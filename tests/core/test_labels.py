"""What people correct, and the versions of the weights that come of it, on both databases."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from core import case as moves
from core.assessment import Priority
from core.errors import BadRecord
from core.mention import Mention
from core.store import Store, assessments, cases, erasure, labels, mentions, weights
from core.store.weights import Version
from tests.core.made import NOW, assessment, case, mention, page

LATER = NOW + timedelta(hours=1)


def judged(store: Store, *found: Mention, priority: Priority = Priority.P2) -> None:
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", page(*found), NOW)
        waiting = assessments.to_assess(tx, 100)
        details = {"complaint": 0.8, "audit": 0.015}
        assessments.save(tx, [(w, replace(assessment(w.mention, priority), details=details)) for w in waiting])


def put(store: Store, said: dict, by: str = "asha", at=NOW, mention_id: str = "x:1", brand: str = "northwind") -> int:  # type: ignore[no-untyped-def,type-arg]
    with store.write() as tx:
        return labels.put(tx, mention_id, brand, said, by, at)


def standing(store: Store, mention_id: str = "x:1") -> dict[str, str]:
    with store.read() as tx:
        found = labels.of(tx, [mention_id]).get((mention_id, "northwind"), {})
    return {kind: label.value for kind, label in found.items()}


def test_the_newest_label_of_a_kind_stands_and_says_what_it_was(store: Store) -> None:
    judged(store, mention(1))
    assert put(store, {"priority": "P1", "department": "legal"}) == 2
    assert put(store, {"priority": "not_urgent"}, by="deniz", at=LATER) == 1
    assert standing(store) == {"priority": "not_urgent", "department": "legal"}
    with store.read() as tx:
        label = labels.of(tx, ["x:1"])["x:1", "northwind"]["priority"]
        assert (label.by, label.at, label.was) == ("deniz", LATER, "P2")
        assert labels.count(tx) == 3 and labels.count(tx, NOW) == 1


def test_saying_the_same_twice_is_one_label_but_of_edited_words_it_is_a_new_one(store: Store) -> None:
    judged(store, mention(1))
    assert put(store, {"sentiment": "neutral"}) == 1
    assert put(store, {"sentiment": "neutral"}, at=LATER) == 0
    with store.write() as tx:
        edited = mention(1, "northwind found it", edited_at=LATER)
        mentions.save_page(tx, "x", "brand", page(edited), LATER)
        waiting = assessments.to_assess(tx, 1)
        assessments.save(tx, [(w, assessment(w.mention)) for w in waiting])
        assert labels.since(tx) == [], "it was said of other words"
    assert put(store, {"sentiment": "neutral"}, at=LATER + timedelta(hours=1)) == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"priority": "P5"}, "'P5' is no priority: it may be P1, P2, P3, P4, not_urgent."),
        ({"department": "Billing"}, "'Billing' is no department"),
        ({"sentiment": "unsupported"}, "'unsupported' is no sentiment"),
        ({"complaint": "maybe"}, "'maybe' is no complaint: it may be yes, no."),
        ({"resolved_as": "my phone is 0151 2345"}, "resolved_as must be one word"),
        ({"mood": "bad"}, "'bad' is no mood"),
    ],
)
def test_a_value_that_means_nothing_is_refused_in_a_sentence(store: Store, said: dict[str, str], told: str) -> None:
    judged(store, mention(1))
    with pytest.raises(BadRecord, match=told.replace(".", r"\.")):
        put(store, {"priority": "P1"} | said)
    assert standing(store) == {}


def test_what_is_not_known_or_not_judged_or_erased_cannot_be_labelled(store: Store) -> None:
    with pytest.raises(BadRecord, match="There is no mention x:1"):
        put(store, {"priority": "P1"})
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", page(mention(1)), NOW)
    with pytest.raises(BadRecord, match="waits to be judged"):
        put(store, {"priority": "P1"})
    with pytest.raises(BadRecord, match="not heard for the brand 'contoso', but for northwind"):
        put(store, {"priority": "P1"}, brand="contoso")
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:1"], "forget", NOW)
    with pytest.raises(BadRecord, match="was erased"):
        put(store, {"priority": "P1"})


def test_a_label_goes_with_its_mention_and_so_do_the_numbers_behind_the_judgement(store: Store) -> None:
    judged(store, mention(1), mention(2))
    put(store, {"priority": "P1"})
    put(store, {"priority": "P1"}, mention_id="x:2")
    with store.read() as tx:
        assert [one.assessment.details for one in labels.since(tx)] == [{"complaint": 0.8, "audit": 0.015}] * 2
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:1"], "deleted_by_author", NOW)
        assert [one.assessment.mention_id for one in labels.since(tx)] == ["x:2"]
        assert labels.count(tx) == 1
    with store.read() as tx:
        found = tx.exec_driver_sql("SELECT details FROM assessments WHERE mention_id = 'x:1'").scalar_one()
    assert found in (None, "null")


def test_since_gives_each_mention_once_with_what_stands(store: Store) -> None:
    judged(store, mention(1), mention(2))
    put(store, {"priority": "P1", "sentiment": "negative"})
    put(store, {"priority": "P4"}, at=LATER)
    put(store, {"complaint": "no"}, mention_id="x:2", at=LATER)
    with store.read() as tx:
        first, second = labels.since(tx)
        assert {kind: label.value for kind, label in first.labels.items()} == {
            "priority": "P4",
            "sentiment": "negative",
        }
        assert second.labels["complaint"].was == "yes"
        assert [one.assessment.mention_id for one in labels.since(tx, NOW)] == ["x:1", "x:2"]
        assert labels.since(tx, LATER) == []


def test_a_case_that_rang_and_was_resolved_confirms_its_priority_unless_somebody_said_otherwise(store: Store) -> None:
    found = [mention(n) for n in range(1, 6)]
    judged(store, *found)
    with store.write() as tx:
        for one in found:
            opened = cases.open_case(tx, case(one), one)
            if one.external_id != "5":
                cases.card_posted(tx, opened.id, "C1", "1.0", NOW)
            resolved = moves.resolve(opened, "U1", LATER)
            assert resolved and (one.external_id == "4" or cases.move(tx, resolved))
    put(store, {"priority": "not_urgent"}, mention_id="x:2")
    put(store, {"resolved_as": "spam"}, mention_id="x:3")
    put(store, {"resolved_as": "refunded"}, mention_id="x:1")
    with store.read() as tx:
        assert [(judged.mention_id, at) for judged, at in labels.confirmed(tx)] == [("x:1", LATER)]
        assert labels.confirmed(tx, LATER) == []


# The versions of the weights -----------------------------------------------------------------------------------------


def version(number: int, based_on: str, **more: object) -> Version:
    at = NOW + timedelta(days=number)
    values = {"weights": {"score": {"complaint": number}}, "figures": {}, "learned": {"score": at}, "adopted_at": at}
    return Version(f"s-1+learned-{number}", "s-1", based_on, **(values | more))  # type: ignore[arg-type]


def adopt(store: Store, one: Version) -> bool:
    with store.write() as tx:
        return weights.adopt(tx, one)


def test_the_newest_version_that_stands_judges_and_any_can_be_returned_to(store: Store) -> None:
    with store.read() as tx:
        assert weights.current(tx, "s-1") is None
    assert adopt(store, version(1, "s-1")) and adopt(store, version(2, "s-1+learned-1"))

    def rolled_to(to: str | None) -> str:
        with store.write() as tx:
            said = weights.roll_back(tx, "s-1", to, NOW)
            found = weights.current(tx, "s-1")
            assert said == (found.version if found else "s-1")
            return said

    assert rolled_to(None) == "s-1+learned-1"
    assert rolled_to("s-1+learned-2") == "s-1+learned-2"
    assert rolled_to("s-1") == "s-1"
    with pytest.raises(BadRecord, match="judges as it was shipped"):
        rolled_to(None)
    with pytest.raises(BadRecord, match="There is no version 's-9': there is s-1, s-1\\+learned-1, s-1\\+learned-2"):
        rolled_to("s-9")
    with store.read() as tx:
        assert weights.learned(tx, "s-1") == {"score": NOW + timedelta(days=2)}, (
            "what was taken back is not learned again"
        )
        assert [one.rolled_back_at is None for one in weights.listed(tx)] == [False, False]


def test_of_two_lessons_from_the_same_version_one_is_adopted(store: Store) -> None:
    assert adopt(store, version(1, "s-1"))
    assert not adopt(store, version(2, "s-1"))
    assert not adopt(store, version(1, "s-1+learned-1"))
    with store.read() as tx:
        assert [one.version for one in weights.listed(tx)] == ["s-1+learned-1"]


def test_a_new_program_starts_from_its_own_weights(store: Store) -> None:
    adopt(store, version(1, "s-1"))
    with store.read() as tx:
        assert weights.current(tx, "s-2") is None and weights.learned(tx, "s-2") == {}
