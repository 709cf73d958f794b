"""Settings change, channels vanish and budgets end while work waits: nothing is lost, nothing is told twice."""

from datetime import timedelta

from app import pipeline
from app.opening import clock
from app.pipeline import run_once
from core.store import assessments, cursors, health, mentions, outbox
from tests.end_to_end.town import P1, P2, Town


def settle(town: Town, passes: int = 4) -> None:
    for _ in range(passes):
        town.hurry()
        run_once(town.house)


def ops(town: Town) -> list[str]:
    return [message["text"] for message in town.sandbox.slack.messages("ops")]


def waiting(town: Town) -> int:
    with town.store.read() as tx:
        return outbox.sizes(tx)["waiting"] + sum(assessments.queue_sizes(tx).values())


def test_a_brand_a_query_and_a_team_that_leave_take_no_waiting_work_with_them(town: Town) -> None:
    run_once(town.house)
    heard = town.sandbox.world.post("x", "asha", P1)
    pipeline.ingest(town.house)
    judged = town.sandbox.world.post("x", "ravi", P2)
    pipeline.ingest(town.house)
    pipeline.assess(town.house)
    queued = town.sandbox.world.post("x", "deniz", P2)
    pipeline.ingest(town.house)
    pipeline.assess(town.house)
    pipeline.triage(town.house)
    other = {"contoso": {"name": "Contoso", "queries": [{"name": "other", "any_of": ["contoso"]}]}}
    after = town.again(brands=other, departments={})
    settle(after)
    assert town.cards() == {f"x:{post.id}": 1 for post in (heard, judged, queued)}
    assert waiting(after) == 0
    town.sandbox.world.delete("x", heard.id)
    pipeline.refresh(after.house, clock() + timedelta(hours=25))
    settle(after)
    assert "smoking" not in str(town.messages())
    after.house.close()


def test_a_channel_that_is_gone_rings_in_triage_and_is_told_once(town: Town) -> None:
    departments = town.settings["departments"] | {"safety": {"channel": "#renamed-away", "topics": ["safety"]}}
    town = town.again(departments=departments)
    run_once(town.house)
    posts = [town.sandbox.world.post("x", f"a{n}", f"{P1} number {n}") for n in range(3)]
    settle(town, 6)
    assert town.cards() == {f"x:{post.id}": 1 for post in posts}
    assert len(town.sandbox.slack.messages("triage")) == 3
    assert len([text for text in ops(town) if "renamed-away" in text]) == 1
    town.house.close()


def test_a_channel_that_goes_after_an_answer_was_lost_still_rings_somewhere(town: Town) -> None:
    run_once(town.house)
    post = town.sandbox.world.post("x", "asha", P1)
    town.sandbox.faults.add("slack.chat.postMessage", "reset_before")
    run_once(town.house)
    assert town.cards() == {}
    channels = town.sandbox.slack.channels
    gone = next(key for key, channel in channels.items() if channel.name == "safety")
    channels.pop(gone)
    settle(town, 6)
    assert town.cards() == {f"x:{post.id}": 1}
    assert len(town.sandbox.slack.messages("triage")) == 1


def test_a_wrong_ops_channel_that_is_corrected_is_told_what_waited(town: Town) -> None:
    wrong = town.settings["slack"] | {"ops_channel": "#opps", "triage_channel": "#triagee"}
    departments = {"safety": {"channel": "#safetyy", "topics": ["safety"]}}
    before = town.again(slack=wrong, departments=departments)
    run_once(before.house)
    post = town.sandbox.world.post("x", "asha", P1)
    settle(before)
    assert town.cards() == {}
    after = town.again()
    settle(after, 6)
    assert town.cards() == {f"x:{post.id}": 1}
    assert waiting(after) == 0
    told = [text for text in ops(after) if "cannot be posted to" in text]
    assert len(told) == 2
    pipeline.watch(after.house)
    settle(after)
    with after.store.read() as tx:
        assert health.raised(tx) == []
    assert len([text for text in ops(after) if "Recovered" in text]) == 2
    before.house.close()
    after.house.close()


def test_a_spent_budget_stops_the_source_is_told_once_and_ends_with_the_day(town: Town) -> None:
    x = town.settings["sources"]["x"] | {"budget_usd_per_day": 0.4}
    town = town.again(sources=town.settings["sources"] | {"x": x})
    for n in range(30):
        town.sandbox.world.post("x", f"a{n}", f"northwind parcel {n} is fine")
    run_once(town.house)
    for _ in range(3):
        run_once(town.house)
        pipeline.watch(town.house)
    settle(town)
    assert len([text for text in ops(town) if "spent its budget" in text]) == 1
    with town.store.read() as tx:
        assert "budget" in (cursors.state(tx, "x").last_error or "")
    late = town.sandbox.world.post("x", "late", P1)
    settle(town)
    assert town.cards() == {}
    tomorrow = clock() + timedelta(days=1)
    town.hurry()
    run_once(town.house, tomorrow)
    pipeline.watch(town.house, tomorrow)
    settle(town)
    with town.store.read() as tx:
        assert f"x:{late.id}" in mentions.get(tx, [f"x:{late.id}"])
    town.house.close()
