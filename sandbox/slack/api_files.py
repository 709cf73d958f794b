"""Web API methods about files: the upload in three steps that slack_sdk's `files_upload_v2` takes."""

from typing import Any

from sandbox.slack.files import File
from sandbox.slack.people import BOT_USER
from sandbox.slack.web_api import Answer, Call, Refused, invalid_arguments, method


@method("files.getUploadURLExternal", "files:write", tier=4)
def files_get_upload_url_external(call: Call) -> Answer:
    name = call.required("filename")
    try:
        length = int(call.required("length"))
    except ValueError:
        raise invalid_arguments("must be an integer [json-pointer:/length]") from None
    if length <= 0:
        raise invalid_arguments("must be greater than 0 [json-pointer:/length]")
    token, file = call.state.files.announce(name, length, call.text("alt_txt"), int(call.state.clock()))
    return {"upload_url": f"{call.state.base_url}/upload/v1/{token}", "file_id": file.id}


@method("files.completeUploadExternal", "files:write", tier=4)
def files_complete_upload_external(call: Call) -> Answer:
    """Share what was uploaded in one message, or in none when no channel is named."""
    files = [_uploaded(call, wanted) for wanted in _wanted(call)]
    named = [name for name in (call.text("channel_id"), *call.text("channels").split(",")) if name.strip()]
    places = []
    for name in named:
        place = call.state.channels.get(name.strip())
        if place is None:
            raise Refused("channel_not_found")
        if not place.is_member:
            raise Refused("not_in_channel")
        places.append(place)
    thread = call.text("thread_ts")
    if thread and any(thread not in place.messages for place in places):
        raise Refused("thread_not_found")
    shown = [file.wire(call.state.base_url, BOT_USER) for file in files]
    for place in places:
        fields = {"text": call.text("initial_comment"), "thread_ts": thread}
        call.state.add(place, call.state.by_app(fields) | {"files": shown, "upload": True})
    return {"files": shown}


@method("files.info", "files:read", tier=4)
def files_info(call: Call) -> Answer:
    file = call.state.files.known.get(call.required("file"))
    if file is None or file.content is None:
        raise Refused("file_not_found")
    return {"file": file.wire(call.state.base_url, BOT_USER), "comments": []}


def _wanted(call: Call) -> list[dict[str, Any]]:
    wanted = call.json("files", "invalid_arguments")
    if not isinstance(wanted, list) or not wanted or not all(isinstance(one, dict) for one in wanted):
        raise invalid_arguments("must be an array of files [json-pointer:/files]")
    return wanted


def _uploaded(call: Call, wanted: dict[str, Any]) -> File:
    file = call.state.files.known.get(str(wanted.get("id")))
    if file is None or file.content is None:
        raise Refused("file_not_found")
    file.title = str(wanted.get("title") or file.name)
    return file
