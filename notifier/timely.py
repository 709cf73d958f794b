"""Acknowledging in time: what is done soon is acknowledged once it is done, and what takes long is promised first.

Slack gives three seconds and shows the agent a warning after that; the desk's own limit is one. So however slow the database
is, nobody waits longer than `ACK_WITHIN_SECONDS`, or `ANSWER_WITHIN_SECONDS` where the acknowledgement itself tells the
outcome: the work goes on, and who asked hears of it later.
"""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from notifier.blocks import section
from notifier.commands import typed
from notifier.homes import Homes
from notifier.interactions import FORMS, IN_FORMS, REFRESH, Errors, Interactions, meant
from notifier.modals import Seen, chosen
from notifier.promises import Promise, Promises
from notifier.words import quote

ACK_WITHIN_SECONDS, ANSWER_WITHIN_SECONDS = 0.25, 0.5
UNPROMISED_SECONDS = 2.5
"""How long we wait where no promise can be written down: then Slack itself says that nothing is known to have happened."""
AT_ONCE = 8
"""How much that moves cases is carried out at once, and how much that only looks at them: it does not wait for those who
write. The rest waits, in the order in which it came."""
LOOKS = frozenset((*FORMS, *IN_FORMS, REFRESH))
"""The presses that open or draw something, and move nothing."""

Ack = Callable[..., None]
Body = Mapping[str, Any]
T = TypeVar("T")

log = logging.getLogger("sunwai.listener")


class Timely:
    """Bolt's handlers: each hands its work to a pool of threads, and acknowledges by the clock."""

    def __init__(self, does: Interactions, promises: Promises) -> None:
        self._does, self._promises = does, promises
        self._hands = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="press")
        self._eyes = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="look")
        self._homes = Homes(does.draw_home)

    def close(self) -> None:
        """Wait until all is done that was asked for."""
        self._homes.close()
        self._hands.shutdown(wait=True)
        self._eyes.shutdown(wait=True)

    def pressed(self, ack: Ack, body: Body) -> None:
        """A button or a menu: what it does shows on the card."""
        what = _press(body).what
        doing = (self._eyes if what in LOOKS else self._hands).submit(self._does.pressed, body)
        if what not in (*FORMS, *IN_FORMS):
            self._then_home(doing, body)
        self._within(ACK_WITHIN_SECONDS, doing, lambda: _press(body), lambda _: None)
        ack()

    def submitted(self, ack: Ack, body: Body) -> None:
        """A form: the acknowledgement says what is wrong with it. One that takes long is closed, and its faults are told."""
        doing = self._hands.submit(self._does.submitted, body)
        self._then_home(doing, body)
        wrong = self._within(
            ANSWER_WITHIN_SECONDS,
            doing,
            lambda: _form(body),
            lambda wrong: self._refused(body, wrong),
        )
        if wrong:
            ack(response_action="errors", errors=wrong)
        else:
            ack()

    def typed(self, ack: Ack, command: Body) -> None:
        """A command: its answer comes with the acknowledgement, or after it."""
        answer = self._within(
            ANSWER_WITHIN_SECONDS,
            self._eyes.submit(typed, self._does, command),
            lambda: Promise(str(command["user_id"]), str(command.get("channel_id", "")), str(command["command"])),
            lambda answer: self._does.answer(str(command["user_id"]), str(command.get("channel_id", "")), answer),
        )
        ack(**(answer or {}))

    def home(self, event: Body) -> None:
        """Somebody opened the app's page."""
        if event.get("tab", "home") == "home":
            self._homes.ask(str(event["user"]))

    def _then_home(self, doing: Future[Any], body: Body) -> None:
        """Show in somebody's Home tab what they did there, once it is done."""
        if _from_home(body):
            user = str(body["user"]["id"])
            doing.add_done_callback(lambda _: self._homes.ask(user))

    def tell_of_the_dead(self) -> None:
        """Tell those whose presses a listener that died had promised to carry out."""
        self._eyes.submit(self._promises.tell_of_the_dead, self._tell)

    def _within(
        self, seconds: float, doing: Future[T], promised: Callable[[], Promise], late: Callable[[T], object]
    ) -> T | None:
        """What comes of it, if that is known in time; else it is promised, and `late` is told once it is known."""
        try:
            return doing.result(seconds)
        except TimeoutError:
            pass
        number = self._promises.give(promised())
        if number is None:
            return doing.result(UNPROMISED_SECONDS - seconds)

        def done(doing: Future[T]) -> None:
            late(doing.result())
            self._promises.kept(number)

        doing.add_done_callback(done)
        return None

    def _refused(self, body: Body, wrong: Errors) -> None:
        if not wrong:
            return
        seen, wrote = Seen.of(body["view"]), chosen(body["view"], "text") or chosen(body["view"], "note")
        lines = [f"What you sent for case {seen.case} was not carried out.", *dict.fromkeys(wrong.values())]
        lines += ["You wrote:", quote(wrote, 2200, lines=100)] if wrote else []
        text = "\n".join(lines)
        self._does.answer(str(body["user"]["id"]), seen.channel, {"text": text, "blocks": [section(text)]})

    def _tell(self, promise: Promise) -> bool:
        what = promise.what.removesuffix("_form").replace("_", " ")
        about = f" of case {promise.case}" if promise.case else ""
        text = (
            f"Sunwai was stopped before it could finish your “{what}”{about}. Please look, and do it again if need be."
        )
        return self._does.answer(promise.user, promise.channel, {"text": text, "blocks": [section(text)]})


def _from_home(body: Body) -> bool:
    """Whether they pressed there, or sent a form that they had opened there."""
    view = body.get("view") or {}
    try:
        return view.get("type") == "home" or Seen.of(view).channel == "home"
    except ValueError:
        return False


def _press(body: Body) -> Promise:
    action, case_id = meant(body["actions"][0])
    return Promise(str(body["user"]["id"]), str((body.get("channel") or {}).get("id") or ""), action, case_id)


def _form(body: Body) -> Promise:
    seen = Seen.of(body["view"])
    return Promise(str(body["user"]["id"]), seen.channel, str(body["view"]["callback_id"]), seen.case)
