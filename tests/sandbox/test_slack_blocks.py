"""Block Kit's limits: a pass at the limit, and past it Slack's own words and pointer."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ChannelSelectElement,
    CheckboxesElement,
    ConfirmObject,
    ContextBlock,
    ConversationSelectElement,
    DatePickerElement,
    DateTimePickerElement,
    DividerBlock,
    EmailInputElement,
    ExternalDataSelectElement,
    HeaderBlock,
    ImageBlock,
    InputBlock,
    MarkdownTextObject,
    NumberInputElement,
    Option,
    OverflowMenuElement,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
    SectionBlock,
    StaticMultiSelectElement,
    StaticSelectElement,
    TimePickerElement,
    UrlInputElement,
    UserMultiSelectElement,
    UserSelectElement,
)
from slack_sdk.models.views import View

from sandbox.slack.blocks import message_problems, suggestion_problems, total_characters, view_problems
from tests.sandbox.slack_desk import button, section


def plain(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words}


def options(count: int) -> list[dict[str, Any]]:
    return [{"text": plain(str(n)), "value": str(n)} for n in range(count)]


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def entry(element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "input", "label": plain("Words"), "element": element}


def confirm(**more: Any) -> dict[str, Any]:
    return {"title": plain("Sure?"), "text": plain("Really?"), "confirm": plain("Yes"), "deny": plain("No"), **more}


LENGTHS: dict[str, tuple[int, str, Callable[[str], dict[str, Any]]]] = {
    "section text": (3000, "/text/text", section),
    "section field": (2000, "/fields/0/text", lambda t: {"type": "section", "fields": [plain(t)]}),
    "header": (150, "/text/text", lambda t: {"type": "header", "text": plain(t)}),
    "button text": (75, "/elements/0/text/text", lambda t: actions(button("a", t))),
    "button value": (2000, "/elements/0/value", lambda t: actions(button("a", value=t))),
    "button address": (3000, "/elements/0/url", lambda t: actions(button("a", url=t))),
    "action_id": (255, "/elements/0/action_id", lambda t: actions(button(t))),
    "block_id": (255, "/block_id", lambda t: {"type": "divider", "block_id": t}),
    "option text": (75, "/elements/0/options/0/text/text", lambda t: actions(
        {"type": "overflow", "options": [{"text": plain(t), "value": "v"}, *options(1)]})),
    "option value": (150, "/elements/0/options/0/value", lambda t: actions(
        {"type": "overflow", "options": [{"text": plain("o"), "value": t}, *options(1)]})),
    "confirm title": (100, "/elements/0/confirm/title/text", lambda t: actions(
        button("a", confirm=confirm(title=plain(t))))),
    "confirm text": (300, "/elements/0/confirm/text/text", lambda t: actions(
        button("a", confirm=confirm(text=plain(t))))),
    "confirm button": (30, "/elements/0/confirm/confirm/text", lambda t: actions(
        button("a", confirm=confirm(confirm=plain(t))))),
    "image address": (3000, "/image_url", lambda t: {"type": "image", "image_url": t, "alt_text": "a"}),
    "image alt_text": (2000, "/alt_text", lambda t: {"type": "image", "image_url": "u", "alt_text": t}),
}  # fmt: skip


@pytest.mark.parametrize("what", LENGTHS)
@given(extra=st.integers(1, 50), letter=st.sampled_from("aकğ😱"))
def test_a_text_passes_at_its_limit_and_not_beyond(what: str, extra: int, letter: str) -> None:
    limit, pointer, made = LENGTHS[what]
    assert message_problems([made(letter * limit)]) == []
    problem = f"must be less than {limit + 1} characters [json-pointer:/blocks/0{pointer}]"
    assert problem in message_problems([made(letter * (limit + extra))])


COUNTS: dict[str, tuple[int, str, Callable[[int], list[dict[str, Any]]]]] = {
    "blocks": (50, "", lambda n: [{"type": "divider"}] * n),
    "fields": (10, "/0/fields", lambda n: [{"type": "section", "fields": [plain("f")] * n}]),
    "context elements": (10, "/0/elements", lambda n: [{"type": "context", "elements": [plain("c")] * n}]),
    "actions elements": (25, "/0/elements", lambda n: [actions(*(button(f"a{i}") for i in range(n)))]),
    "overflow options": (5, "/0/elements/0/options", lambda n: [actions({"type": "overflow", "options": options(n)})]),
    "select options": (100, "/0/elements/0/options", lambda n: [
        actions({"type": "static_select", "options": options(n)})]),
}  # fmt: skip


@pytest.mark.parametrize("what", COUNTS)
def test_a_list_passes_at_its_limit_and_not_beyond(what: str) -> None:
    limit, pointer, made = COUNTS[what]
    assert message_problems(made(limit)) == []
    problem = f"no more than {limit} items allowed [json-pointer:/blocks{pointer}]"
    assert problem in message_problems(made(limit + 1))


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ({"type": "section"}, "must define either `text` or `fields` [json-pointer:/blocks/0]"),
        ({"type": "sction"}, "unsupported type: sction [json-pointer:/blocks/0/type]"),
        ({}, "missing required field: type [json-pointer:/blocks/0]"),
        ("text", "must be an object [json-pointer:/blocks/0]"),
        (section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
         "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"),
        ({"type": "image", "image_url": "u"}, "missing required field: alt_text [json-pointer:/blocks/0]"),
        ({"type": "image", "alt_text": "a"}, "missing required field: image_url [json-pointer:/blocks/0]"),
        (actions(button("a", disabled=True)), "invalid additional property: disabled [json-pointer:/blocks/0/elements/0]"),
        (actions(button("a", style="loud")), "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]"),
        (actions({"type": "overflow", "options": options(0)}),
         "no less than 1 items allowed [json-pointer:/blocks/0/elements/0/options]"),
        (actions(button("a", confirm={"title": plain("t")})),
         "missing required field: deny [json-pointer:/blocks/0/elements/0/confirm]"),
        (actions(), "no less than 1 items allowed [json-pointer:/blocks/0/elements]"),
        (actions({"type": "static_select"}),
         "must define either `options` or `option_groups` [json-pointer:/blocks/0/elements/0]"),
        (actions({"type": "static_select", "options": options(2), "initial_option": options(3)[2]}),
         "`initial_option` must be among the options [json-pointer:/blocks/0/elements/0/initial_option]"),
        (actions({"type": "static_select", "options": [{"text": {"type": "mrkdwn", "text": "*b*"}, "value": "b"}]}),
         "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/options/0/text/type]"),
        (actions({"type": "multi_static_select", "options": options(2)}),
         "unsupported type: multi_static_select [json-pointer:/blocks/0/elements/0/type]"),
        (actions({"type": "plain_text_input"}),
         "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]"),
        (section("x", accessory={"type": "datetimepicker"}),
         "unsupported type: datetimepicker [json-pointer:/blocks/0/accessory/type]"),
        (actions({"type": "datepicker", "initial_date": "tomorrow"}),
         "failed to match the pattern [json-pointer:/blocks/0/elements/0/initial_date]"),
        (actions({"type": "datetimepicker", "initial_date_time": 5}),
         "must be greater than or equal to 1000000000 [json-pointer:/blocks/0/elements/0/initial_date_time]"),
        (actions({"type": "checkboxes", "options": options(11)}),
         "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]"),
        (entry({"type": "button", "text": plain("b")}), "unsupported type: button [json-pointer:/blocks/0/element/type]"),
        (entry({"type": "plain_text_input", "max_length": 3001}),
         "must be less than or equal to 3000 [json-pointer:/blocks/0/element/max_length]"),
        (entry({"type": "number_input"}), "missing required field: is_decimal_allowed [json-pointer:/blocks/0/element]"),
        (entry({"type": "plain_text_input", "dispatch_action_config": {"trigger_actions_on": ["on_blur"]}}),
         "must be a valid enum value [json-pointer:/blocks/0/element/dispatch_action_config/trigger_actions_on/0]"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_where_it_is(block: Any, problem: str) -> None:
    assert problem in message_problems([block])


def test_block_ids_are_unique_over_a_message_and_action_ids_over_a_block() -> None:
    twice = {"type": "divider", "block_id": "d"}
    assert message_problems([twice, twice]) == ['`block_id` "d" already exists [json-pointer:/blocks/1/block_id]']
    assert message_problems([actions(button("a")), actions(button("a"))]) == []
    assert message_problems([actions(button("a"), button("a"))]) == [
        '`action_id` "a" already exists [json-pointer:/blocks/0/elements/1/action_id]'
    ]


MODAL = {"type": "modal", "title": plain("Reply"), "submit": plain("Send"), "blocks": [{"type": "divider"}]}
INPUT = {"type": "input", "label": plain("Words"), "element": {"type": "plain_text_input", "action_id": "a"}}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"private_metadata": "x" * 3001}, "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
        ({"title": plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/title/text]"),
        ({"callback_id": "x" * 256}, "must be less than 256 characters [json-pointer:/view/callback_id]"),
        ({"blocks": [{"type": "divider"}] * 101}, "no more than 100 items allowed [json-pointer:/view/blocks]"),
        ({"type": "model"}, "unsupported type: model [json-pointer:/view/type]"),
        ({"submit_disabled": True}, "invalid additional property: submit_disabled [json-pointer:/view]"),
        ({"close": plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/close/text]"),
        ({"blocks": [{"type": "markdown", "text": "x"}]}, "unsupported type: markdown [json-pointer:/view/blocks/0/type]"),
        ({"blocks": [entry({"type": "plain_text_input", "focus_on_load": True})] * 2},
         "only one element may set `focus_on_load` [json-pointer:/view/blocks/1]"),
    ],
)  # fmt: skip
def test_a_modal_has_limits_too(change: dict[str, Any], problem: str) -> None:
    assert view_problems(MODAL) == []
    assert problem in view_problems(MODAL | change)


def test_a_modal_with_inputs_needs_a_submit_button() -> None:
    without = {"type": "modal", "title": plain("Reply"), "blocks": [INPUT]}
    assert view_problems(without) == [
        "must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/0/input]"
    ]


def test_a_home_tab_has_no_title_and_no_buttons_of_its_own() -> None:
    home = {"type": "home", "blocks": [section("Hello")]}
    assert view_problems(home) == []
    assert view_problems(home | {"title": plain("Home")}) == ["invalid additional property: title [json-pointer:/view]"]


def test_suggested_options_are_a_hundred_at_most_and_plain() -> None:
    assert suggestion_problems({"options": options(100)}) == []
    assert suggestion_problems({"options": []}) == []
    assert suggestion_problems({"option_groups": [{"label": plain("g"), "options": options(2)}]}) == []
    assert suggestion_problems({"options": options(101)}) == ["no more than 100 items allowed [json-pointer:/options]"]
    assert suggestion_problems({}) == ["must define either `options` or `option_groups` [json-pointer:]"]


EVERY_ELEMENT = [
    PlainTextInputElement(action_id="a", multiline=True, max_length=280, initial_value="x"),
    EmailInputElement(action_id="a", initial_value="a@b.example"),
    UrlInputElement(action_id="a"),
    NumberInputElement(action_id="a", is_decimal_allowed=False, min_value="0", max_value="9"),
    DatePickerElement(action_id="a", initial_date="2026-12-01"),
    TimePickerElement(action_id="a", initial_time="09:30"),
    DateTimePickerElement(action_id="a", initial_date_time=1796117400),
    CheckboxesElement(action_id="a", options=[Option(label="a", value="a")]),
    RadioButtonsElement(action_id="a", options=[Option(label="a", value="a")]),
    StaticSelectElement(action_id="a", options=[Option(label="a", value="a")]),
    StaticMultiSelectElement(action_id="a", options=[Option(label="a", value="a")], max_selected_items=1),
    ExternalDataSelectElement(action_id="a", min_query_length=0),
    UserSelectElement(action_id="a", initial_user="U0ASHA0001"),
    UserMultiSelectElement(action_id="a"),
    ConversationSelectElement(action_id="a", response_url_enabled=True),
    ChannelSelectElement(action_id="a"),
]


@pytest.mark.parametrize("element", EVERY_ELEMENT, ids=lambda element: element.type)
def test_every_element_of_slack_sdk_passes_in_a_modal(element: Any) -> None:
    view = View(type="modal", title="Reply", submit="Send", blocks=[InputBlock(label="It", element=element)])
    assert view_problems(view.to_dict()) == []


def test_what_slack_sdks_own_models_make_passes() -> None:
    choices = [Option(label="Snooze", value="snooze"), Option(label="Not us", value="not_us")]
    blocks = [
        HeaderBlock(text="P1 · safety"),
        SectionBlock(text="smoke", fields=["a", MarkdownTextObject(text="*b*")], block_id="why"),
        SectionBlock(text="one", accessory=ButtonElement(text="Open", url="https://x.test", action_id="open")),
        ContextBlock(elements=[PlainTextObject(text="X"), MarkdownTextObject(text="@riya")]),
        DividerBlock(),
        ImageBlock(image_url="https://x.test/i.png", alt_text="a receipt", title="Receipt"),
        ActionsBlock(
            elements=[
                ButtonElement(
                    text="Resolve",
                    action_id="resolve",
                    style="danger",
                    confirm=ConfirmObject(title="Sure?", text="It closes.", confirm="Yes", deny="No"),
                ),
                OverflowMenuElement(action_id="more", options=choices),
                StaticSelectElement(placeholder="Team", action_id="team", options=choices),
            ]
        ),
    ]  # fmt: skip
    assert message_problems([block.to_dict() for block in blocks]) == []
    view = View(
        type="modal",
        title="Reply",
        submit="Send",
        callback_id="reply",
        blocks=[InputBlock(label="Words", element=PlainTextInputElement(action_id="a", multiline=True))],
    )
    assert view_problems(view.to_dict()) == []


NAMES = st.sampled_from(["type", "text", "elements", "fields", "options", "block_id", "accessory"])
WORDS = st.text(max_size=5) | st.sampled_from(["section", "actions", "button"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_judged_without_a_crash(blocks: Any) -> None:
    assert all("[json-pointer:/" in problem for problem in [*message_problems(blocks), *view_problems(blocks)])
    assert total_characters(blocks) >= 0
