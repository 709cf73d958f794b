"""Charts hold what their frames say, are Vega-Lite that its schema knows, and draw as images in every script we speak."""

import json
import math
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import altair as alt
import pandas as pd
import pytest
from babel import Locale

from app import charts
from app.charts import Chart, Look

LOOK = Look(named=lambda dimension, value: {"x": "X", "northwind": "Northwind"}.get(value, value))
HOSTILE = '<script>alert(1)</script> "ग्राहक" şikâyet 🔥'


def daily(days: int = 3, **more: Any) -> pd.DataFrame:
    first = date(2026, 11, 20)
    values = {
        "day": [first + timedelta(n) for n in range(days)],
        "value": "all",
        "mentions": [10, 0, 30, *[5] * days][:days],
        "positive": [4, 0, 5, *[1] * days][:days],
        "neutral": [2, 0, 5, *[1] * days][:days],
        "negative": [3, 0, 18, *[1] * days][:days],
        "net": [0.11, math.nan, -0.46, *[0.0] * days][:days],
        "net_low": [-0.3, math.nan, -0.7, *[-0.5] * days][:days],
        "net_high": [0.5, math.nan, -0.2, *[0.5] * days][:days],
    }
    return pd.DataFrame(values | more)


def by(*values: str) -> pd.DataFrame:
    count = len(values)
    return pd.DataFrame(
        {
            "value": values,
            "mentions": [100 // (n + 1) for n in range(count)],
            "positive": [20] * count,
            "negative": [1] * count,
            "net": [0.2] * count,
            "net_low": [0.1] * count,
            "net_high": [0.3] * count,
        }
    )


def topics(*names: str) -> pd.DataFrame:
    return by(*names).rename(columns={"value": "topic"})


def brands() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "brand": ["northwind", "contoso", "quiet"],
            "mentions": [30, 70, 0],
            "share": [0.3, 0.7, 0.0],
            "share_low": [0.22, 0.6, 0.0],
            "share_high": [0.4, 0.78, 0.04],
            "net": [0.2, 0.1, math.nan],
            "net_low": [0.05, 0.0, math.nan],
            "net_high": [0.35, 0.2, math.nan],
        }
    )


def hours() -> pd.DataFrame:
    return pd.DataFrame({"weekday": [0, 6], "hour": [9, 23], "mentions": [3, 8], "net": [0.5, math.nan]})


def backlog() -> pd.DataFrame:
    return pd.DataFrame({"day": [date(2026, 11, 20), date(2026, 11, 21)], "open": [4, 9]})


DRAWN: dict[str, Callable[[Look, bool], Chart]] = {
    "volume": lambda look, empty: charts.volume(daily(0 if empty else 3), look),
    "sentiment": lambda look, empty: charts.sentiment(daily(0 if empty else 3), look),
    "over_time": lambda look, empty: charts.over_time(daily(0 if empty else 3, value="x"), "platform", look),
    "backlog": lambda look, empty: charts.backlog(backlog().iloc[: 0 if empty else 2], look),
    "breakdown": lambda look, empty: charts.breakdown(by(*([] if empty else ["x", HOSTILE])), "platform", look),
    "topics": lambda look, empty: charts.topics(topics(*([] if empty else [HOSTILE, "kargo"])), look),
    "hours": lambda look, empty: charts.hours(hours().iloc[: 0 if empty else 2], look),
    "voice": lambda look, empty: charts.voice(brands().iloc[: 0 if empty else 3], "northwind", look),
    "standing": lambda look, empty: charts.standing(brands().iloc[: 0 if empty else 3], "northwind", look),
}
every_chart = pytest.mark.parametrize("name", DRAWN)


def rows(spec: charts.Spec) -> list[dict[str, Any]]:
    """What a drawing is drawn from."""
    return spec["data"]["values"] if "data" in spec else [row for layer in spec["layer"] for row in rows(layer)]


@every_chart
@pytest.mark.parametrize("empty", [False, True])
@pytest.mark.parametrize("locale", ["en", "hi", "tr"])
def test_each_chart_is_valid_vega_lite_and_json_without_a_nan(name: str, empty: bool, locale: str) -> None:
    chart = DRAWN[name](Look(locale=Locale(locale)), empty)
    assert chart.empty == empty
    for dark in (False, True):
        spec = json.loads(json.dumps(chart.spec(dark=dark), allow_nan=False))
        alt.LayerChart.from_dict(spec) if "layer" in spec else alt.Chart.from_dict(spec)
    assert chart.summary and "nan" not in chart.summary.lower()


@every_chart
def test_each_chart_draws_as_an_image_that_says_its_title(name: str) -> None:
    chart = DRAWN[name](LOOK, False)
    drawn = ElementTree.fromstring(charts.svg(chart))
    assert chart.title in "".join(drawn.itertext())
    assert not list(drawn.iter("{http://www.w3.org/2000/svg}script"))
    assert charts.png(chart, dark=True).startswith(b"\x89PNG")


def test_a_strangers_words_stay_words_in_an_image() -> None:
    drawn = charts.svg(DRAWN["topics"](LOOK, False))
    assert "<script" not in drawn
    assert "&lt;script" in drawn


def test_each_days_bar_is_as_high_as_its_mentions() -> None:
    chart = charts.volume(daily(), LOOK)
    heights = pd.DataFrame(rows(chart.spec())).groupby("day")["count"].sum()
    assert heights.to_dict() == {"2026-11-20": 10, "2026-11-21": 0, "2026-11-22": 30}
    assert "40" in chart.summary and "22 Nov" in chart.summary


@pytest.mark.parametrize("make", [charts.volume, charts.sentiment])
def test_the_axis_of_a_week_names_its_days_and_not_the_one_after(make: Callable[..., Chart]) -> None:
    drawn = charts.svg(make(daily(7), LOOK))
    assert ">26 Nov<" in drawn and ">27 Nov<" not in drawn


def test_less_than_nothing_has_a_minus_sign_on_an_axis_too() -> None:
    drawn = charts.svg(charts.sentiment(daily(), LOOK))
    assert ">−1<" in drawn and ">-" not in drawn


def test_a_day_without_a_judgement_is_a_gap_and_not_a_zero() -> None:
    drawn = [row["net"] for row in rows(charts.sentiment(daily(), LOOK).spec()) if row.get("day") == "2026-11-21"]
    assert drawn and set(drawn) == {None}


def test_what_is_beyond_five_lines_is_one_line() -> None:
    many = pd.concat([daily(value=f"site {n}", mentions=[20 - n] * 3) for n in range(8)])
    table = charts.over_time(many, "place", LOOK).table
    assert list(table.columns) == ["Day", *(f"site {n}" for n in range(5)), "Others"]
    assert table["Others"].tolist() == [15 + 14 + 13] * 3


def test_a_day_that_a_dimension_leaves_out_is_a_zero() -> None:
    holey = daily(value="x", mentions=[7, 1, 2]).drop(index=1)
    assert charts.over_time(holey, "platform", LOOK).table["X"].tolist() == [7, 0, 2]


def test_only_what_is_beyond_chance_is_coloured() -> None:
    frame = topics("good", "bad", "unsure", "unknown")
    frame["net_low"], frame["net_high"] = [0.1, -0.4, -0.1, math.nan], [0.3, -0.2, 0.1, math.nan]
    shown = {row["name"]: row["feeling"] for row in rows(charts.topics(frame, LOOK).spec())}
    assert (shown["good"], shown["bad"]) == ("Positive beyond chance", "Negative beyond chance")
    assert shown["unsure"] == shown["unknown"] == "Mixed, or too few to tell"


def test_brands_whose_intervals_overlap_are_not_called_better() -> None:
    close = charts.standing(brands(), "northwind", LOOK)
    assert "chance" in close.summary
    apart = brands().assign(net_low=[0.15, 0.0, math.nan], net_high=[0.3, 0.1, math.nan])
    assert "chance" not in charts.standing(apart, "northwind", LOOK).summary


def test_ours_is_found_among_the_brands() -> None:
    assert charts.voice(brands(), "northwind", LOOK).summary.startswith("Northwind has 30%")


def test_numbers_and_months_are_written_as_the_reader_writes_them() -> None:
    spec = charts.volume(daily(), Look(locale=Locale("tr"))).spec()
    assert spec["config"]["locale"]["number"]["decimal"] == ","
    assert spec["config"]["locale"]["time"]["shortMonths"][10] == "Kas"
    assert Look(locale=Locale("tr")).net(-0.25) == "−0,25"
    assert Look(locale=Locale("hi")).count(1234567) == "12,34,567"
