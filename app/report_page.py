"""A report as one page that needs nothing else, for a mail or to be handed round: styles and charts stand in it."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from app.templates import environment
from core import report_words as words
from core import wording
from core.mention import Mention
from core.report import Driver, Image, Report, Voice
from core.tongue import gettext as _
from core.tongue import spoken, topic

_QUOTED, _LONGEST_NAME = 320, 80

_templates = environment()


def html(
    made: Report,
    brand: str,
    said: Mapping[str, Mention],
    images: Sequence[Image],
    address: str = "",
    sources: Mapping[str, str] | None = None,
) -> str:
    """The report as HTML. `said` are its posts as they are now; what is missing was erased. Its charts are in the page
    itself unless `sources` names where a mail has them. `address` is where the dashboard shows it."""
    return _templates.get_template("report_page.html").render(
        told(made, brand, said),
        images=[_pictured(image, sources) for image in images],
        address=address,
        language=spoken().code,
    )


def plain(made: Report, brand: str, said: Mapping[str, Mention], address: str = "") -> str:
    """The same in plain words, for who reads mail so."""
    shown = told(made, brand, said)
    lines = [shown["title"], ""]
    if shown["quiet"]:
        lines.append(shown["quiet"])
    lines += [f"{one['name']}: {one['value']}, {one['changed']}" for one in shown["numbers"]]
    if shown["drivers"]:
        lines += ["", _("Why"), *(f"- {one['topic']}: {one['why']}" for one in shown["drivers"])]
    for people in shown["people"]:
        lines += ["", people["heading"]]
        lines += [f"- {one['name']} ({one['about']}): {one['words']} {one['url']}".rstrip() for one in people["voices"]]
    if shown["heard"]:
        lines += ["", _("What departments should hear"), *(f"- {line}" for line in shown["heard"])]
    return "\n".join([*lines, *(["", address] if address else [])]) + "\n"


def told(made: Report, brand: str, said: Mapping[str, Mention]) -> dict[str, Any]:
    """What every drawing of a report shows, in plain text that a template escapes."""
    groups = (
        (_("To thank"), made.thank),
        (_("To win back"), made.win_back),
        (_("Came back with a good word after our answer"), made.recovered),
    )
    people = [
        {"heading": heading, "voices": voices}
        for heading, some in groups
        if (voices := [_voice(voice, said[voice.post]) for voice in some if _words(said, voice.post)])
    ]
    return {
        "title": words.title(made, brand),
        "heading": words.alert_title(made) if made.is_alert else words.title(made, brand),
        "quiet": words.quiet(made) if made.quiet else "",
        "alert": words.alert(made) if made.is_alert else "",
        "numbers": [
            {
                "name": words.name(number),
                "value": words.shown(number, number.value),
                "between": words.between(number),
                "changed": words.changed(number, made.days),
                "shifted": number.shifted,
            }
            for number in sorted(made.numbers, key=lambda number: not number.shifted)
            if number.value is not None and not made.is_alert
        ],
        "drivers": [_driver(driver, said) for driver in made.drivers],
        "people": people,
        "heard": [words.heard(one) for one in made.heard],
    }


def _driver(driver: Driver, said: Mapping[str, Mention]) -> dict[str, Any]:
    post = next((said[post] for post in driver.posts if _words(said, post)), None)
    example = _voice(Voice(post.id), post) if post is not None else None
    return {"topic": topic(driver.topic), "why": words.why(driver), "example": example}


def _voice(voice: Voice, post: Mention) -> dict[str, str]:
    text = wording.plain(post.text) or wording.plain(post.title)
    name = wording.plain(post.author.display_name) or wording.plain(post.author.handle)
    return {
        "name": name[:_LONGEST_NAME] or _("somebody"),
        "about": " · ".join(words.about(voice, post.platform)),
        "words": text if len(text) <= _QUOTED else f"{text[:_QUOTED].rstrip()}…",
        "url": post.url if post.url.startswith(("https://", "http://")) and wording.plain(post.url) == post.url else "",
    }


def _words(said: Mapping[str, Mention], post: str) -> bool:
    return post in said and bool(said[post].text.strip() or said[post].title.strip())


def _pictured(image: Image, sources: Mapping[str, str] | None) -> dict[str, str]:
    held = "data:image/png;base64," + base64.b64encode(image.png).decode() if sources is None else sources[image.name]
    return {"source": held, "title": image.title, "alt": image.alt}
