"""Block Kit's limits, checked and worded as Slack does.

`message_problems(blocks)` and `view_problems(view)` return what Slack would put in
`response_metadata.messages`, without the "[ERROR] " in front: a complaint and a JSON pointer, as in
`must be less than 3001 characters [json-pointer:/blocks/0/text/text]`. An empty list is a pass.

A shape is a rule made of rules: a rule takes a value and its pointer and yields complaints. The tables
at the end are the ones of docs.slack.dev/reference/block-kit; wordings are those that Slack was seen to send.
"""

import re
from collections.abc import Callable, Iterator

Rule = Callable[[object, str], Iterator[str]]

MAX_BLOCKS = 50
MAX_VIEW_BLOCKS = 100
MAX_TOTAL_CHARACTERS = 13_000


def message_problems(blocks: object) -> list[str]:
    """What is wrong with a message's `blocks`, in Slack's words."""
    found = list(_list(_MESSAGE_BLOCK, MAX_BLOCKS, at_least=0)(blocks, "/blocks"))
    return found + list(_repeated_ids(blocks, "/blocks"))


def view_problems(view: object) -> list[str]:
    """What is wrong with a modal or an App Home `view`, in Slack's words."""
    found = list(_VIEW(view, "/view"))
    if not isinstance(view, dict) or found:
        return found
    blocks = view.get("blocks")
    if view["type"] == "modal" and "submit" not in view and isinstance(blocks, list):
        for index, block in enumerate(blocks):
            if isinstance(block, dict) and block.get("type") == "input":
                found.append(
                    _at("must define `submit` to use an `input` block in modals", f"/view/blocks/{index}/input")
                )
    return found + list(_repeated_ids(blocks, "/view/blocks")) + list(_repeated_focus(blocks, "/view/blocks"))


def suggestion_problems(answer: object) -> list[str]:
    """What is wrong with the options that an app gives an external select."""
    if not isinstance(answer, dict) or not {"options", "option_groups"} & set(answer):
        return [_at("must define either `options` or `option_groups`", "")]
    return list(_shape({}, options=_list(_MENU_OPTION, 100, 0), option_groups=_list(_GROUP, 100, 0))(answer, ""))


def total_characters(value: object) -> int:
    """The characters that count towards `msg_blocks_too_long`: all of them, but for the names of types.

    Slack does not publish how it counts (bolt-js issues 2509 and 2867: about 13,200 of text are refused, and
    less where blocks nest), so this counts on the safe side.
    """
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        return sum(total_characters(item) for item in value)
    if isinstance(value, dict):
        return sum(total_characters(item) for key, item in value.items() if key != "type")
    return 0


# Rules


def _at(complaint: str, pointer: str) -> str:
    return f"{complaint} [json-pointer:{pointer}]"


def _string(at_most: int, at_least: int = 1) -> Rule:
    """A string of `at_least` to `at_most` characters."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield _at("must be a string", pointer)
        elif len(value) > at_most:
            yield _at(f"must be less than {at_most + 1} characters", pointer)
        elif len(value) < at_least:
            yield _at(f"must be more than {at_least - 1} characters", pointer)

    return check


def _one_of(*values: object) -> Rule:
    def check(value: object, pointer: str) -> Iterator[str]:
        if value not in values:
            yield _at("must be a valid enum value", pointer)

    return check


def _list(rule: Rule, at_most: int, at_least: int = 1) -> Rule:
    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield _at("must be an array", pointer)
            return
        if len(value) > at_most:
            yield _at(f"no more than {at_most} items allowed", pointer)
        if len(value) < at_least:
            yield _at(f"no less than {at_least} items allowed", pointer)
        for index, item in enumerate(value[:at_most]):
            yield from rule(item, f"{pointer}/{index}")

    return check


def _shape(required: dict[str, Rule], **optional: Rule) -> Rule:
    """An object with these properties and no others."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield _at("must be an object", pointer)
            return
        for name in required:
            if name not in value:
                yield _at(f"missing required field: {name}", pointer)
        for name, item in value.items():
            rule = required.get(name) or optional.get(name)
            if rule is not None:
                yield from rule(item, f"{pointer}/{name}")
            elif name != "type":
                yield _at(f"invalid additional property: {name}", pointer)

    return check


def _typed(shapes: dict[str, Rule]) -> Rule:
    """An object whose `type` says which of `shapes` it has."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield _at("must be an object", pointer)
        elif "type" not in value:
            yield _at("missing required field: type", pointer)
        elif not isinstance(value["type"], str) or value["type"] not in shapes:
            yield _at(f"unsupported type: {value['type']}", f"{pointer}/type")
        else:
            yield from shapes[value["type"]](value, pointer)

    return check


def _anything(_value: object, _pointer: str) -> Iterator[str]:
    return iter(())


def _boolean(value: object, pointer: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield _at("must be a boolean", pointer)


def _number(at_least: int, at_most: int | None = None) -> Rule:
    """A whole number from `at_least` to `at_most`."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield _at("must be an integer", pointer)
        elif value < at_least:
            yield _at(f"must be greater than or equal to {at_least}", pointer)
        elif at_most is not None and value > at_most:
            yield _at(f"must be less than or equal to {at_most}", pointer)

    return check


def _like(pattern: str) -> Rule:
    """A string that this regular expression matches whole."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            yield _at("failed to match the pattern", pointer)

    return check


def _plain(at_most: int) -> Rule:
    return _typed({"plain_text": _shape({"text": _string(at_most)}, emoji=_boolean)})


def _text(at_most: int) -> Rule:
    """Plain text or mrkdwn: Slack names the failed choice before the reason."""
    either = _typed(
        {
            "plain_text": _shape({"text": _string(at_most)}, emoji=_boolean),
            "mrkdwn": _shape({"text": _string(at_most)}, verbatim=_boolean),
        }
    )

    def check(value: object, pointer: str) -> Iterator[str]:
        complaints = list(either(value, pointer))
        if complaints:
            yield _at("failed to match all allowed schemas", pointer)
        yield from complaints

    return check


def _repeated_ids(blocks: object, pointer: str) -> Iterator[str]:
    """`block_id`s are unique over the surface, `action_id`s over their block."""
    if not isinstance(blocks, list):
        return
    seen_blocks: set[object] = set()
    for index, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        block_id = block.get("block_id")
        if isinstance(block_id, str):
            if block_id in seen_blocks:
                yield _at(f'`block_id` "{block_id}" already exists', f"{pointer}/{index}/block_id")
            seen_blocks.add(block_id)
        elements = block.get("elements")
        seen_actions: set[object] = set()
        for position, element in enumerate(elements if isinstance(elements, list) else []):
            action_id = element.get("action_id") if isinstance(element, dict) else None
            if isinstance(action_id, str):
                if action_id in seen_actions:
                    where = f"{pointer}/{index}/elements/{position}/action_id"
                    yield _at(f'`action_id` "{action_id}" already exists', where)
                seen_actions.add(action_id)


def _repeated_focus(blocks: object, pointer: str) -> Iterator[str]:
    """One element of a view may ask for the focus."""
    asking = [
        f"{pointer}/{index}"
        for index, block in enumerate(blocks if isinstance(blocks, list) else [])
        for element in (*block.get("elements", []), block.get("element"), block.get("accessory"))
        if isinstance(element, dict) and element.get("focus_on_load") is True
    ]
    for where in asking[1:]:
        yield _at("only one element may set `focus_on_load`", where)


# Composition objects

_CONFIRM = _shape(
    {"title": _plain(100), "text": _text(300), "confirm": _plain(30), "deny": _plain(30)},
    style=_one_of("primary", "danger"),
)
_CHOICE = _shape({"text": _text(75), "value": _string(150)}, description=_text(75))
"""An option of radio buttons and checkboxes, whose texts may be mrkdwn."""
_MENU_OPTION = _shape({"text": _plain(75), "value": _string(150)}, description=_plain(75))
_OVERFLOW_OPTION = _shape({"text": _plain(75), "value": _string(150)}, description=_plain(75), url=_string(3000))
_GROUP = _shape({"label": _plain(75), "options": _list(_MENU_OPTION, 100)})


# Elements


def _element(required: dict[str, Rule], **optional: Rule) -> Rule:
    return _shape(required, action_id=_string(255), focus_on_load=_boolean, confirm=_CONFIRM, **optional)


def _offering(rule: Rule, *, grouped: bool = False) -> Rule:
    """A menu has options, or groups of them, and begins with some that it has."""

    def check(value: object, pointer: str) -> Iterator[str]:
        yield from rule(value, pointer)
        if not isinstance(value, dict):
            return
        if grouped and ("options" in value) == ("option_groups" in value):
            yield _at("must define either `options` or `option_groups`", pointer)
        began = value.get("initial_options") or [value.get("initial_option")]
        offered = _offered(value)
        if isinstance(began, list) and any(one is not None and _key(one) not in offered for one in began):
            name = "initial_options" if "initial_options" in value else "initial_option"
            yield _at(f"`{name}` must be among the options", f"{pointer}/{name}")

    return check


def _offered(element: dict[str, object]) -> list[object]:
    groups = element.get("option_groups") or [element]
    inside = [group.get("options") for group in groups if isinstance(group, dict)] if isinstance(groups, list) else []
    return [_key(option) for options in inside if isinstance(options, list) for option in options]


def _key(option: object) -> object:
    """What makes two options the same: Slack compares them whole, but adds defaults to their texts."""
    if not isinstance(option, dict) or not isinstance(option.get("text"), dict):
        return None
    return (option["text"].get("text"), option.get("value"))


_PLACEHOLDER = _plain(150)
_MAX_SELECTED = _number(1, 100)
_IMAGE_FIELDS: dict[str, Rule] = {"image_url": _string(3000), "slack_file": _anything}


def _image(required: dict[str, Rule], **optional: Rule) -> Rule:
    """An image says what it shows, and comes from an address or from a file of Slack's."""
    shape = _shape(required, **_IMAGE_FIELDS, **optional)

    def check(value: object, pointer: str) -> Iterator[str]:
        if isinstance(value, dict) and "image_url" not in value and "slack_file" not in value:
            yield _at("missing required field: image_url", pointer)
        yield from shape(value, pointer)

    return check


_IMAGE_ELEMENT = _image({"alt_text": _string(2000)})
_CONVERSATIONS: dict[str, Rule] = {
    "placeholder": _PLACEHOLDER,
    "default_to_current_conversation": _boolean,
    "filter": _shape(
        {},
        include=_list(_one_of("im", "mpim", "private", "public"), 4),
        exclude_external_shared_channels=_boolean,
        exclude_bot_users=_boolean,
    ),
}
_SELECTS: dict[str, Rule] = {
    "static_select": _offering(
        _element(
            {},
            placeholder=_PLACEHOLDER,
            options=_list(_MENU_OPTION, 100),
            option_groups=_list(_GROUP, 100),
            initial_option=_MENU_OPTION,
        ),
        grouped=True,
    ),
    "external_select": _element({}, placeholder=_PLACEHOLDER, min_query_length=_number(0), initial_option=_MENU_OPTION),
    "users_select": _element({}, placeholder=_PLACEHOLDER, initial_user=_string(255)),
    "channels_select": _element(
        {}, placeholder=_PLACEHOLDER, initial_channel=_string(255), response_url_enabled=_boolean
    ),
    "conversations_select": _element(
        {}, initial_conversation=_string(255), response_url_enabled=_boolean, **_CONVERSATIONS
    ),
    "datepicker": _element({}, placeholder=_PLACEHOLDER, initial_date=_like(r"\d{4}-[01]\d-[0-3]\d")),
    "timepicker": _element({}, placeholder=_PLACEHOLDER, initial_time=_like(r"[0-2]\d:[0-5]\d"), timezone=_string(255)),
    "checkboxes": _offering(_element({"options": _list(_CHOICE, 10)}, initial_options=_list(_CHOICE, 10))),
    "radio_buttons": _offering(_element({"options": _list(_CHOICE, 10)}, initial_option=_CHOICE)),
}
"""What may stand in a section, among actions and in an input."""
_DATETIME: dict[str, Rule] = {"datetimepicker": _element({}, initial_date_time=_number(10**9, 10**10 - 1))}
"""Among actions and in an input, but in no section."""
_MULTI_SELECTS: dict[str, Rule] = {
    "multi_static_select": _offering(
        _element(
            {},
            placeholder=_PLACEHOLDER,
            options=_list(_MENU_OPTION, 100),
            option_groups=_list(_GROUP, 100),
            initial_options=_list(_MENU_OPTION, 100),
            max_selected_items=_MAX_SELECTED,
        ),
        grouped=True,
    ),
    "multi_external_select": _element(
        {},
        placeholder=_PLACEHOLDER,
        min_query_length=_number(0),
        initial_options=_list(_MENU_OPTION, 100),
        max_selected_items=_MAX_SELECTED,
    ),
    "multi_users_select": _element(
        {}, placeholder=_PLACEHOLDER, initial_users=_list(_string(255), 100), max_selected_items=_MAX_SELECTED
    ),
    "multi_channels_select": _element(
        {}, placeholder=_PLACEHOLDER, initial_channels=_list(_string(255), 100), max_selected_items=_MAX_SELECTED
    ),
    "multi_conversations_select": _element(
        {}, initial_conversations=_list(_string(255), 100), max_selected_items=_MAX_SELECTED, **_CONVERSATIONS
    ),
}
"""In a section and in an input, but not among actions."""
_BUTTONS: dict[str, Rule] = {
    "button": _element(
        {"text": _plain(75)},
        value=_string(2000),
        url=_string(3000),
        style=_one_of("primary", "danger"),
        accessibility_label=_string(75),
    ),
    "overflow": _element({"options": _list(_OVERFLOW_OPTION, 5)}),
}
_DISPATCH = _shape({"trigger_actions_on": _list(_one_of("on_enter_pressed", "on_character_entered"), 2)})
_TYPED: dict[str, Rule] = {"placeholder": _PLACEHOLDER, "dispatch_action_config": _DISPATCH}
_NUMERAL = _like(r"-?\d+(\.\d+)?")
_INPUTS: dict[str, Rule] = {
    "plain_text_input": _element(
        {},
        initial_value=_string(3000, at_least=0),
        multiline=_boolean,
        min_length=_number(0, 3000),
        max_length=_number(1, 3000),
        **_TYPED,
    ),
    "email_text_input": _element({}, initial_value=_string(3000), **_TYPED),
    "url_text_input": _element({}, initial_value=_string(3000), **_TYPED),
    "number_input": _element(
        {"is_decimal_allowed": _boolean}, initial_value=_NUMERAL, min_value=_NUMERAL, max_value=_NUMERAL, **_TYPED
    ),
}


# Blocks


def _block(required: dict[str, Rule], **optional: Rule) -> Rule:
    return _shape(required, block_id=_string(255, at_least=0), **optional)


def _section(value: object, pointer: str) -> Iterator[str]:
    if isinstance(value, dict) and "text" not in value and "fields" not in value:
        yield _at("must define either `text` or `fields`", pointer)
    yield from _block(
        {},
        text=_text(3000),
        fields=_list(_text(2000), 10),
        accessory=_typed({**_BUTTONS, **_SELECTS, **_MULTI_SELECTS, "image": _IMAGE_ELEMENT}),
        expand=_boolean,
    )(value, pointer)


_RICH_PART = _shape({"elements": _anything}, style=_anything, indent=_anything, offset=_anything, border=_anything)
_MESSAGE_BLOCKS: dict[str, Rule] = {
    "section": _section,
    "divider": _block({}),
    "header": _block({"text": _plain(150)}),
    "context": _block(
        {
            "elements": _list(
                _typed(
                    {
                        "image": _IMAGE_ELEMENT,
                        "plain_text": _shape({"text": _string(3000)}, emoji=_boolean),
                        "mrkdwn": _shape({"text": _string(3000)}, verbatim=_boolean),
                    }
                ),
                10,
            )
        }
    ),
    "actions": _block({"elements": _list(_typed({**_BUTTONS, **_SELECTS, **_DATETIME}), 25)}),
    "image": _image({"alt_text": _string(2000)}, title=_plain(2000), block_id=_string(255, at_least=0)),
    "rich_text": _block(
        {
            "elements": _list(
                _typed(
                    dict.fromkeys(
                        ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"), _RICH_PART
                    )
                ),
                MAX_BLOCKS,
            )
        }
    ),
    "markdown": _block({"text": _string(12_000)}),
    "input": _block(
        {"label": _plain(2000), "element": _typed({**_INPUTS, **_SELECTS, **_DATETIME, **_MULTI_SELECTS})},
        hint=_plain(2000),
        optional=_boolean,
        dispatch_action=_boolean,
    ),
}
_MESSAGE_BLOCK = _typed(_MESSAGE_BLOCKS)

_VIEW_BLOCKS = _list(
    _typed({name: rule for name, rule in _MESSAGE_BLOCKS.items() if name != "markdown"}), MAX_VIEW_BLOCKS, 0
)
_VIEW_FIELDS: dict[str, Rule] = {
    "private_metadata": _string(3000, at_least=0),
    "callback_id": _string(255, at_least=0),
    "external_id": _string(255, at_least=0),
    "clear_on_close": _boolean,
    "notify_on_close": _boolean,
}
_VIEW = _typed(
    {
        "modal": _shape(
            {"title": _plain(24), "blocks": _VIEW_BLOCKS}, submit=_plain(24), close=_plain(24), **_VIEW_FIELDS
        ),
        "home": _shape({"blocks": _VIEW_BLOCKS}, **_VIEW_FIELDS),
    }
)
