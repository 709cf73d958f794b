"""Web API methods about people: users, user groups, and the app's direct messages with somebody."""

from sandbox.slack.people import User
from sandbox.slack.web_api import Answer, Call, Refused, conversation, method, page_of


def _shown(call: Call, user: User) -> Answer:
    return user.wire(call.state.clock(), "users:read.email" in call.state.scopes)


@method("users.info", "users:read", tier=4)
def users_info(call: Call) -> Answer:
    return {"user": _shown(call, call.user())}


@method("users.list", "users:read", tier=2)
def users_list(call: Call) -> Answer:
    page, cursor = page_of(call, list(call.state.users.values()), default=1000, at_most=1000)
    return {
        "members": [_shown(call, user) for user in page],
        "cache_ts": int(call.state.clock()),
        "response_metadata": {"next_cursor": cursor},
    }


@method("users.lookupByEmail", "users:read.email")
def users_lookup_by_email(call: Call) -> Answer:
    for user in call.state.users.values():
        if not user.is_bot and user.email == call.text("email").lower():
            return {"user": _shown(call, user)}
    raise Refused("users_not_found")


@method("usergroups.list", "usergroups:read", tier=2)
def usergroups_list(call: Call) -> Answer:
    with_users, with_count = call.flag("include_users"), call.flag("include_count")
    return {"usergroups": [group.wire(with_users, with_count) for group in call.state.groups.values()]}


@method("usergroups.users.list", "usergroups:read", tier=2)
def usergroups_users_list(call: Call) -> Answer:
    group = call.state.groups.get(call.required("usergroup"))
    if group is None:
        raise Refused("no_such_subteam")
    return {"users": list(group.users)}


@method("conversations.members", "channels:read", tier=4)
def conversations_members(call: Call) -> Answer:
    place = call.channel()
    everybody = [user.id for user in call.state.users.values()]
    here = [place.with_user] if place.with_user else everybody
    page, cursor = page_of(call, here, default=100, at_most=999)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


@method("conversations.open", "im:write")
def conversations_open(call: Call) -> Answer:
    """Begin direct messages with one person; the stand-in has none with several."""
    users = [one.strip() for one in call.text("users").split(",") if one.strip()]
    if not users:
        raise Refused("users_list_not_supplied")
    if len(users) > 1:
        raise Refused("method_not_supported_for_channel_type")
    if users[0] not in call.state.users:
        raise Refused("user_not_found")
    place = call.state.direct(call.state.users[users[0]])
    whole = call.flag("return_im")
    return {"channel": conversation(call.state, place) if whole else {"id": place.id}}
