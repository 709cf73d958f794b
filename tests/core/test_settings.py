"""A mistake in the settings is told in one sentence that names the key and the remedy."""

from pathlib import Path
from typing import Any

import pytest

from core.errors import Misconfigured
from core.settings import Environment, load, parse

GOOD: dict[str, Any] = {"brands": {"n": {"name": "Northwind", "queries": [{"name": "brand", "any_of": ["northwind"]}]}}}


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({}, "'brands' is missing"),
        (
            {**GOOD, "slack": {"triage_chanel": "#x"}},
            "no setting 'slack.triage_chanel'; did you mean 'triage_channel'?",
        ),
        ({"brands": {"n": {**GOOD["brands"]["n"], "name": " "}}}, "'brands.n.name' is wrong: it must be words"),
        ({"brands": {"n": {**GOOD["brands"]["n"], "name": "North\nBcc: x@y.example"}}}, "'brands.n.name' is wrong"),
        (
            {"brands": {"n": {"name": "N", "queries": [{"name": "brand", "any_of": [""]}]}}},
            "'brands.n.queries.0.any_of.0' is wrong: it must be words",
        ),
        ({"brands": {"k" * 65: GOOD["brands"]["n"]}}, "in [brands.KEY] cannot be kept: it may have 64 characters"),
        (
            {**GOOD, "departments": {"": {"channel": "#d", "topics": ["billing"]}}},
            "the key '' in [departments.KEY] cannot be kept",
        ),
        ({**GOOD, "brnds": {}}, "did you mean 'brands'?"),
        (
            {**GOOD, "slack": {"triage_channel": "two words"}},
            "'slack.triage_channel' is wrong: must be a Slack channel",
        ),
        (
            {**GOOD, "sla": {"P1": {"first_response_minutes": 0, "resolution_minutes": 5}}},
            "'sla.P1.first_response_minutes'",
        ),
        ({**GOOD, "departments": {"d": {"channel": "#d", "topics": ["biling"]}}}, "'departments.d.topics.0' is wrong"),
        (
            {**GOOD, "departments": {k: {"channel": "#d", "topics": ["billing"]} for k in "ab"}},
            "belongs to both departments.a and departments.b",
        ),
        (
            {"brands": {"n": {**GOOD["brands"]["n"], "own_accounts": ["@northwind"]}}},
            "must name its platform, such as 'x:@northwind'",
        ),
        ({"brands": {"n": {"name": "N", "queries": [{"name": "q", "anyof": ["x"]}]}}}, "did you mean 'any_of'?"),
        (
            {"brands": {"n": {**GOOD["brands"]["n"], "competitor": True}}},
            "every brand is a competitor, so no case would ever open: take `competitor = true` from your own",
        ),
    ],
)
def test_a_mistake_names_the_key_and_the_remedy(table: dict[str, Any], told: str) -> None:
    with pytest.raises(Misconfigured) as wrong:
        parse(table, "sunwai.toml")
    assert told in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_a_name_may_be_in_any_script_with_its_joiners() -> None:
    name = "नॉर्थ\u200dविंड 🌬\ufe0f"
    assert parse({"brands": {"n": {**GOOD["brands"]["n"], "name": name}}}).brand("n").name == name


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"copy sunwai\.example\.toml"):
        load(tmp_path / "none.toml")


def test_broken_toml_says_where(tmp_path: Path) -> None:
    path = tmp_path / "sunwai.toml"
    path.write_text("[brands\n")
    with pytest.raises(Misconfigured, match=r"not valid TOML.*line 1"):
        load(path)


def test_cases_without_a_team_go_to_the_triage_channel() -> None:
    settings = parse({**GOOD, "departments": {"b": {"channel": "#billing", "topics": ["billing"]}}})
    assert settings.channel_of("b") == "#billing"
    assert settings.channel_of("") == settings.slack.triage_channel


def test_who_reads_hindi_is_named_for_hinglish_unless_somebody_is_for_that() -> None:
    speakers = {"hi": ["U0MEERA"], "tr": ["U0DENIZ"]}
    table = {"channel": "#billing", "topics": ["billing"]}
    one = parse({**GOOD, "departments": {"b": {**table, "speakers": speakers}}}).departments["b"]
    assert [one.who_speaks(tag) for tag in ("hi-Latn", "hi", "tr", "en")] == [
        ("U0MEERA",),
        ("U0MEERA",),
        ("U0DENIZ",),
        (),
    ]
    own = {**speakers, "hi-Latn": ["U0ASHA"]}
    assert parse({**GOOD, "departments": {"b": {**table, "speakers": own}}}).departments["b"].who_speaks("hi-Latn") == (
        "U0ASHA",
    )


def test_who_knows_a_market_is_found_by_the_record_or_by_the_place_that_people_show() -> None:
    markets = {"TR": ["U0DENIZ"], "IN": ["U0ASHA"], "Pune": ["U0MEERA", "U0ASHA"], "İzmir": ["U0DENIZ"]}
    team = parse(
        {**GOOD, "departments": {"b": {"channel": "#b", "topics": ["billing"], "markets": markets}}}
    ).departments["b"]
    assert team.who_knows(("tr", "Ankara"), "") == ("U0DENIZ",)
    assert team.who_knows(("IN", "Pune"), "Pune, Maharashtra") == ("U0ASHA", "U0MEERA")
    assert team.who_knows((), "living in London") == (), "a short name may be any word"
    assert team.who_knows((), "Pune 🇮🇳") == ("U0MEERA", "U0ASHA")
    assert team.who_knows((), "") == ()


def test_a_missing_secret_is_named_and_a_present_one_is_never_shown() -> None:
    environment = Environment({"X_BEARER_TOKEN": "hush", "EMPTY": ""})
    with pytest.raises(Misconfigured, match="SLACK_BOT_TOKEN is not set: cards cannot be posted"):
        environment.need("SLACK_BOT_TOKEN", "cards cannot be posted")
    assert environment.get("EMPTY") is None
    assert "hush" not in repr(environment) + str(environment.secret("X_BEARER_TOKEN"))
