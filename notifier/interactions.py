"""What Slack sends when somebody presses a button, sends a form, opens the Home tab; and what the desk does then.

A press that needs a form opens it; any other acts at once. Whoever is refused is told why, and nobody else is. Slack sends
again what it thinks we did not hear, so doing the same twice changes nothing.
"""

import json
import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from core import case as moves
from core.answer import Way, faults, way_out
from core.case import NEXT_SHIFT, TEAM, Case, CaseFile, Refused
from core.errors import RetryLater, SunwaiError
from core.settings import Settings
from core.store import Store, answers, cases, customers, mentions, notes, outbox, queue, reports, tickets
from core.store import context as contexts
from core.store.outbox import Message
from core.teams import DepartmentTable, SavedReply
from notifier import desk, modals
from notifier.blocks import CASE_BLOCK, RINGS, case_of
from notifier.home import Row, home_view, refused_view
from notifier.modals import Rules, Seen, block_of, chosen
from notifier.phrases import apology, private_line
from notifier.report import SNOOZES, report_of
from notifier.roles import Role, Roles
from notifier.rules import FORMS as FORM_RULES
from notifier.rules import HOME, PRESSES, Rule
from notifier.slack_client import Posted, Slack, TooLate

FORMS = ("reply", "resolve", "snooze", "hand_over", "confirm_customer", "wrong_customer", "reject", "note")
"""Presses that open a form."""
ACTS = ("claim", "accept", "decline", "not_urgent", "not_us", "reopen", "approve", "sent", "withdraw", "open_ticket")
"""Presses that act at once."""
IN_FORMS = (modals.SAVED_REPLY, modals.TO_PRIVATE)
REFRESH = "refresh_home"
ACTIONS = (*FORMS, *ACTS, *IN_FORMS, *SNOOZES, REFRESH, "more")
"""Every `action_id` that we draw. An option of the menu `more` stands for the action that its value names."""
SUBMITTED = (
    modals.REPLY,
    modals.RESOLVE,
    modals.SNOOZE,
    modals.HAND_OVER,
    modals.CUSTOMER,
    modals.REJECT,
    modals.NOTE,
)

TELLING_PAUSES = (0.3, 1.0, 3.0)
"""Seconds after which we try again to tell somebody what became of their press."""

T = TypeVar("T")
Body = Mapping[str, Any]
Errors = dict[str, str]
"""What is wrong with a form: {block id: sentence}."""

log = logging.getLogger("sunwai.listener")


@dataclass(frozen=True, slots=True)
class Interactions:
    """Carries out what people do in Slack. `redraw` is called once something waits to be drawn; `now` is the clock.

    `workspace` is that of the person who does it, where Slack says: of a channel that two companies share, both press.
    """

    store: Store
    slack: Slack
    settings: Settings
    roles: Roles
    redraw: Callable[[], None]
    now: Callable[[], datetime]
    workspace: str = ""

    def coming_from(self, workspace: str, channel: str, persons: str = "") -> "Interactions":
        """The same, for what comes in there, which the log names, by somebody whose workspace is `persons`."""
        via = self.store.coming_from(f"slack:{workspace}:{channel}")
        return replace(self, store=via, workspace=persons or workspace)

    def need(self, agent: str, rule: Rule | None) -> None:
        """Raises Refused, in words for `agent`, unless the rule lets them. Who is of another workspace must be named in
        `[roles]`, also for what everybody here may do."""
        if rule is None:
            raise Refused("Sunwai does not know that button any more. Its card may be an old one.")
        if self.workspace and not self.slack.is_ours(self.workspace) and not self.roles.names(agent):
            raise Refused(f"Only people of this workspace may {rule.what}, and who is named in Sunwai's settings.")
        if rule.role is not None:
            self.roles.need(agent, rule.role, rule.what)

    # Presses

    def pressed(self, body: Body) -> None:
        """A button or a menu. Whatever goes wrong, the one who pressed is told, for they see nothing else."""
        self.coming_from(_workspace(body), _channel(body), _workspace_of_person(body))._pressed(body)

    def _pressed(self, body: Body) -> None:
        pressed, agent = body["actions"][0], str(body["user"]["id"])
        action, case_id = meant(pressed)
        try:
            self.need(agent, PRESSES.get(action))
            if action in SNOOZES:
                self._snooze_alerts(report_of(str(pressed.get("value"))), action, agent)
            elif action in IN_FORMS:
                self._rewrite(body, action, pressed)
            elif action in FORMS:
                self._open(body, case_id, action, agent, _answer_of(pressed))
            elif action in ACTS:
                self._act(case_id, action, agent, pressed)
        except Refused as refused:
            self._tell(body, agent, str(refused))
        except Exception:  # a press is the edge: nobody above us could tell the agent
            log.exception("a press of %s could not be carried out", action)
            self._tell(body, agent, "Sunwai could not do that just now. Please press again in a moment.")
        self.redraw()

    def _act(self, case_id: int, action: str, agent: str, pressed: Body) -> None:
        store, settings, now, answer_id = self.store, self.settings, self.now(), _answer_of(pressed)
        match action:
            case "claim":
                desk.act(store, case_id, lambda case: moves.claim(case, agent, now), now)
            case "accept":
                desk.act(store, case_id, lambda case: moves.accept(case, agent, now), now)
            case "decline":
                desk.act(store, case_id, lambda case: moves.decline(case, agent, now), now)
            case "not_urgent":
                rang = str(pressed.get("block_id", "")).endswith(f":{RINGS}")
                desk.not_urgent(store, settings, case_id, agent, now, seen_ringing=rang)
            case "not_us":
                desk.not_us(store, case_id, agent, now)
            case "reopen":
                desk.reopen(store, settings, case_id, agent, now)
            case "open_ticket":
                self._run(lambda tx: tickets.open_ticket(tx, case_id, agent, now))
            case "approve" | "sent" | "withdraw":
                self._check_answer(answer_id, case_id)
                self._run(lambda tx: self._decide(tx, action, answer_id, agent, now))

    def _decide(self, tx: Connection, action: str, answer_id: int, agent: str, now: datetime) -> None:
        if action == "approve":
            answers.decide(tx, answer_id, agent, True, now, way=self._way(tx, answer_id))
        elif action == "sent":
            answers.sent_by_hand(tx, answer_id, agent, now)
        else:
            answers.withdraw(tx, answer_id, agent, now)

    def _check_answer(self, answer_id: int, case_id: int) -> None:
        """Raises Refused where that is no answer of that case: nobody decides on what they did not see."""
        with self.store.read() as tx:
            answer = answers.get(tx, answer_id)
        if answer is None or answer.case_id != case_id:
            raise Refused("This answer is no longer here.")

    def _snooze_alerts(self, report_id: int, action: str, agent: str) -> None:
        """Keep marketing's alerts of one kind quiet. Whoever sees them may: nothing is lost, for reports tell it too."""
        until = self.now() + SNOOZES[action]
        if self.store.run(lambda tx: reports.snooze(tx, report_id, until, agent)) is None:
            raise Refused("This alert is no longer kept.")

    def _open(self, body: Body, case_id: int, action: str, agent: str, answer_id: int) -> None:
        """Open the form that a press needs."""
        file = self._file(case_id)
        match action:
            case "reply":
                view = self._reply_form(file, agent)
            case "resolve":
                view = modals.resolve_form(file)
            case "snooze":
                view = modals.snooze_form(file)
            case "hand_over":
                view = modals.hand_over_form(file, list(self.settings.departments))
            case "confirm_customer" | "wrong_customer":
                view = modals.customer_form(file, action)
            case "note":
                view = modals.note_form(file)
            case _:
                self._check_answer(answer_id, case_id)
                view = modals.reject_form(file, answer_id)
        if file.case.status.is_closed:
            raise Refused(f"This case is already {file.case.status}.")
        try:
            self.slack.open_view(str(body["trigger_id"]), modals.opened_in(view, _channel(body)))
        except TooLate:
            raise Refused(
                "Slack waits three seconds for a form, and this one took longer. Please press again."
            ) from None

    # Forms

    def submitted(self, body: Body) -> Errors:
        """A form that was sent. Returns what is wrong with it, for it then stays open; empty where all is done."""
        view, persons = body["view"], _workspace_of_person(body)
        try:
            seen = Seen.of(view)
        except ValueError:
            return {_shown_at(view): "This form is of another version of Sunwai. Close it, and press again."}
        return self.coming_from(_workspace(body), seen.channel, persons)._submitted(seen, view, str(body["user"]["id"]))

    def _submitted(self, seen: Seen, view: Body, agent: str) -> Errors:
        try:
            self.need(agent, FORM_RULES.get(view["callback_id"]))
            errors = _SUBMIT[view["callback_id"]](self, seen, view, agent)
        except Refused as refused:
            errors = {_shown_at(view): str(refused)}
        except Exception:  # as for a press
            log.exception("a form (%s) could not be carried out", view["callback_id"])
            errors = {_shown_at(view): "Sunwai could not do that just now. Please send it again in a moment."}
        self.redraw()
        return errors

    def _resolve(self, seen: Seen, view: Body, agent: str) -> Errors:
        reason, note = chosen(view, "reason"), chosen(view, "note")
        desk.resolve(self.store, seen.case, agent, self.now(), reason, note, form=_id_of(view))
        return {}

    def _snooze(self, seen: Seen, view: Body, agent: str) -> Errors:
        now = self.now()
        exact = chosen(view, "at")
        until = modals.snoozed_until(chosen(view, "until"), exact, now, "UTC" if exact else self._zone(agent))
        try:
            desk.act(self.store, seen.case, lambda case: moves.snooze(case, agent, until, now), now, form=_id_of(view))
        except Refused as refused:
            return {"at" if exact else "until": str(refused)}
        return {}

    def _hand_over(self, seen: Seen, view: Body, agent: str) -> Errors:
        to, now = chosen(view, "to"), self.now()
        if to == modals.A_PERSON:
            to = chosen(view, "person")
            if not to:
                return {"person": "Choose the person who is to take it."}
            if not self.roles.has(to, Role.AGENT):
                return {"person": "They take no cases. Choose somebody who does."}
        elif to != NEXT_SHIFT and to.removeprefix(TEAM) not in self.settings.departments:
            return {"to": "There is no such team any more. Choose another one."}
        lead = self.roles.has(agent, Role.LEAD)

        def told(case: Case) -> list[Message]:
            if not to.startswith(TEAM):
                return []
            channel = self.settings.channel_of(to.removeprefix(TEAM))
            data = {"what": "offer", "version": case.version}
            return [Message("slack_post", channel, f"offer:{case.id}:{case.version}", 2, case.id, data)]

        def offer(case: Case) -> moves.Move | None:
            return moves.hand_over(case, agent, to, now, lead=lead)

        desk.act(self.store, seen.case, offer, now, form=_id_of(view), also=told)
        return {}

    def _customer(self, seen: Seen, view: Body, agent: str) -> Errors:
        file, customer_id, now = self._file(seen.case), chosen(view, "customer"), self.now()
        confirm = seen.extra == "confirm_customer"

        def work(tx: Connection) -> None:
            cases.lock(tx, seen.case)
            if cases.form_done(tx, seen.case, _id_of(view)):
                return
            pin = customers.confirm if confirm else customers.reject
            pin(tx, file.mention.author.id, customer_id, agent, now)
            kind = moves.EventKind.CONFIRMED_CUSTOMER if confirm else moves.EventKind.WRONG_CUSTOMER
            data = {"customer": customer_id, cases.FORM: _id_of(view)}
            told = cases.record(tx, seen.case, moves.CaseEvent(kind, agent, now, data))
            outbox.put(tx, [outbox.card_update(file.case, f"customer:{told}"), outbox.thread_line(file.case, told)])

        self._run(work)
        return {}

    def _reject(self, seen: Seen, view: Body, agent: str) -> Errors:
        note = chosen(view, "note")
        self._check_answer(int(seen.extra), seen.case)
        self._run(lambda tx: answers.decide(tx, int(seen.extra), agent, False, self.now(), note=note))
        return {}

    def _note(self, seen: Seen, view: Body, agent: str) -> Errors:
        file, now = self._file(seen.case), self.now()

        def work(tx: Connection) -> None:
            cases.lock(tx, seen.case)
            if cases.form_done(tx, seen.case, _id_of(view)):
                return
            notes.add(tx, notes.subject_of(file), chosen(view, "note"), agent, now)
            data = {cases.FORM: _id_of(view)}
            told = cases.record(tx, seen.case, moves.CaseEvent(moves.EventKind.NOTED, agent, now, data))
            outbox.put(tx, [outbox.card_update(file.case, f"noted:{told}"), outbox.thread_line(file.case, told)])

        self._run(work)
        return {}

    # Answering

    def _reply(self, seen: Seen, view: Body, agent: str) -> Errors:
        """An answer, checked, and on its way: to whoever must let it out, to the platform, or back to the agent's hands."""
        file, text = self._file(seen.case), chosen(view, "text")
        wrong = self._faults(file, text)
        if wrong:
            return {block_of(view, "text"): " ".join(wrong)}
        now, approval = self.now(), self._needs_approval(file.case, agent)
        invite = text.strip() == self._private_line(file)

        def work(tx: Connection) -> None:
            if file.case.owner is None:
                self._claim_quietly(tx, file.case.id, agent, now)
            way = self._way_of(tx, file)
            answers.propose(
                tx,
                file.case.id,
                file.mention.id,
                text,
                agent,
                now,
                seen=seen.mark,
                approval=approval,
                way=way,
                private_invite=invite,
                form=_id_of(view),
            )

        try:
            self._run(work)
        except Refused as refused:
            return {block_of(view, "text"): str(refused)}
        return {}

    def _faults(self, file: CaseFile, text: str) -> list[str]:
        author, team, said = file.mention.author, self._team(file.case), self.settings.answering
        ours = [reply.text for reply in team.saved_replies]
        return faults(
            text,
            file.mention.platform,
            [candidate.customer for candidate in file.candidates],
            shown=(author.display_name, author.handle),
            ours=[*ours, team.guideline.text, *said.private_line.values(), *said.apology.values()],
        )

    def _claim_quietly(self, tx: Connection, case_id: int, agent: str, now: datetime) -> None:
        """Whoever answers a case that nobody has, has it."""
        case = cases.get(tx, case_id)
        if case is None or case.owner is not None or case.status.is_closed:
            return
        move = moves.claim(case, agent, now)
        if move is not None:
            told = cases.move(tx, move)
            if told is not None:
                outbox.put(tx, [outbox.thread_line(move.case, told)])

    def _reply_form(self, file: CaseFile, agent: str, text: str = "", round: int = 0, mark: int | None = None) -> Any:
        with self.store.read() as tx:
            if mark is None:
                mark = answers.seen(tx, file.case.id)
                text = text or self._draft(file, self.now())
            about = contexts.of_case(tx, file, self.now())
            by_hand = self._way_of(tx, file) == "by_hand"
        return modals.reply_form(
            file, self._rules(file, agent, by_hand), self.now(), text, context=about, mark=mark, round=round
        )

    def _draft(self, file: CaseFile, now: datetime) -> str:
        """What the text begins with: an apology, where the promised time has passed."""
        due = file.case.answer_by
        late = file.case.answered_at is None and due is not None and now > due
        return f"{apology(file.assessment.language, self.settings.answering.apology)} " if late else ""

    def _rewrite(self, body: Body, action: str, pressed: Body) -> None:
        """Put a saved reply, or the line that asks for a direct message, into the form's text."""
        view, agent = body["view"], str(body["user"]["id"])
        seen = Seen.of(view)
        file = self._file(seen.case)
        if action == modals.TO_PRIVATE:
            text = self._private_line(file)
        else:
            text = self._filled(_nth(self._team(file.case).saved_replies, pressed).text, file, agent)
        fresh = self._reply_form(
            file, agent, f"{self._draft(file, self.now())}{text}", int(seen.extra or 0) + 1, seen.mark
        )
        try:
            self.slack.update_view(str(view["id"]), str(view.get("hash", "")), modals.opened_in(fresh, seen.channel))
        except TooLate:
            return  # they pressed again meanwhile, and the form shows what came of that

    def _filled(self, text: str, file: CaseFile, agent: str) -> str:
        """A saved reply with its `{name}` and the like filled in, only with what is public already, and in one pass: a
        stranger who is called `{agent}` is not filled in himself."""
        author = file.mention.author
        named = {
            "name": author.display_name or f"@{author.handle.lstrip('@')}",
            "brand": file.brand_name,
            "agent": self.slack.name_of(agent),
            "link": file.mention.url,
        }
        return re.sub(r"\{(name|brand|agent|link)\}", lambda found: named[found[1]], text)

    def _private_line(self, file: CaseFile) -> str:
        return private_line(file.assessment.language, self.settings.answering.private_line)

    def _rules(self, file: CaseFile, agent: str, by_hand: bool) -> Rules:
        team = self._team(file.case)
        return Rules(
            team.saved_replies,
            team.guideline.text,
            team.guideline.version,
            self._needs_approval(file.case, agent),
            by_hand,
        )

    def _needs_approval(self, case: Case, agent: str) -> bool:
        asked = case.priority.name in self._team(case).approval
        return asked or self.roles.is_among(agent, self.settings.answering.approval_for)

    def _way(self, tx: Connection, answer_id: int) -> Way:
        question = answers.question(tx, answer_id)
        if question is None or question.mention is None:
            return "by_hand"
        brand = self.settings.brands.get(question.case.brand)
        return way_out(question.mention, brand.own_accounts if brand else (), question.parent)

    def _way_of(self, tx: Connection, file: CaseFile) -> Way:
        parent_id = f"{file.mention.platform}:{file.mention.parent_id}"
        parent = mentions.get(tx, [parent_id]).get(parent_id) if file.mention.parent_id else None
        brand = self.settings.brands.get(file.case.brand)
        return way_out(file.mention, brand.own_accounts if brand else (), parent)

    def _team(self, case: Case) -> DepartmentTable:
        return self.settings.departments.get(case.team) or DepartmentTable(
            channel=self.settings.slack.triage_channel, topics=("feedback",)
        )

    # Home

    def draw_home(self, agent: str) -> None:
        """Draw the Home tab of one person, as it is now. Who may not look at the desk is told so there."""
        now = self.now()
        try:
            self.need(agent, HOME)
        except Refused as refused:
            self.slack.publish_home(agent, refused_view(str(refused)))
            return
        with self.store.read() as tx:
            mine = [*queue.offered_to(tx, agent), *queue.of_owner(tx, agent)]
            free = queue.unowned(tx)
            numbers = queue.numbers(tx, now, self._midnight(agent, now))
        self.slack.publish_home(agent, home_view(self.rows(mine), self.rows(free), numbers, now, agent))

    def rows(self, waiting: list[queue.Waiting]) -> list[Row]:
        """Cases as lists show them, with the way to their cards."""
        return [Row(one.case, one.words, self._brand(one.case.brand), one.due, self._card(one.case)) for one in waiting]

    def _card(self, case: Case) -> str:
        if case.slack_channel is None or case.slack_ts is None:
            return ""
        return self.slack.link_to(Posted(case.slack_channel, case.slack_ts))

    def _brand(self, key: str) -> str:
        return self.settings.brands[key].name if key in self.settings.brands else key

    def _midnight(self, agent: str, now: datetime) -> datetime:
        here = now.astimezone(ZoneInfo(self._zone(agent)))
        return here.replace(hour=0, minute=0, second=0, microsecond=0)

    def _zone(self, agent: str) -> str:
        try:
            return self.slack.zone_of(agent)
        except SunwaiError:
            return "UTC"

    # Pieces

    def _run(self, work: Callable[[Connection], object]) -> None:
        self.store.run(work)

    def _file(self, case_id: int) -> CaseFile:
        with self.store.read() as tx:
            case = _there(cases.get(tx, case_id))
            return _there(cases.file(tx, case_id, self._brand(case.brand)))

    def _tell(self, body: Body, agent: str, text: str) -> None:
        """Tell one person something where they pressed."""
        self.answer(agent, str((body.get("channel") or {}).get("id") or ""), {"text": text})

    def answer(self, agent: str, channel: str, message: Mapping[str, Any]) -> bool:
        """Tell one person something in a channel, or else in their own messages with the app; `message` is `text`, and
        perhaps `blocks`. Tried again while Slack is in trouble: a press that was refused without a word looks like one that
        was obeyed. Returns whether it reached them."""
        in_channel = channel[:1] in ("C", "D", "G")  # a form knows it as "home" where it was opened there
        pauses = iter(TELLING_PAUSES)
        while True:
            try:
                if in_channel:
                    self.slack.whisper(channel, agent, **message)
                else:
                    self.slack.say_to(agent, **message)
                return True
            except RetryLater as error:
                if (pause := next(pauses, None)) is None:
                    return _unheard(agent, error)
                time.sleep(pause)
            except SunwaiError as error:
                if not in_channel:
                    return _unheard(agent, error)
                in_channel = False


_SUBMIT: dict[str, Callable[[Interactions, Seen, Body, str], Errors]] = {
    modals.REPLY: Interactions._reply,
    modals.RESOLVE: Interactions._resolve,
    modals.SNOOZE: Interactions._snooze,
    modals.HAND_OVER: Interactions._hand_over,
    modals.CUSTOMER: Interactions._customer,
    modals.REJECT: Interactions._reject,
    modals.NOTE: Interactions._note,
}


def meant(pressed: Body) -> tuple[str, int]:
    """What was pressed: the action, which in a menu is the option's value, and its case, 0 where it is about none."""
    action, block = str(pressed["action_id"]), str(pressed.get("block_id", ""))
    if action == "more":
        action = str(pressed["selected_option"]["value"])
    try:
        return action, case_of(block if block.startswith(CASE_BLOCK) else str(pressed.get("value", "")))
    except ValueError:
        return action, 0


def _answer_of(pressed: Body) -> int:
    """The answer that a button is about; 0 where it is about none."""
    try:
        return int(json.loads(str(pressed.get("value", "{}"))).get("answer", 0))
    except (ValueError, AttributeError):
        return 0


def _nth(replies: Sequence[SavedReply], pressed: Body) -> SavedReply:
    """The saved reply that was chosen in a form, which may be older than the settings."""
    number = int(pressed["selected_option"]["value"])
    if not 0 <= number < len(replies):
        raise Refused("This saved reply is no longer there. Close the form, and press Reply again.")
    return replies[number]


def _unheard(agent: str, error: SunwaiError) -> bool:
    log.warning("%s could not be told what became of what they did: %s", agent, error)
    return False


def _workspace(body: Body) -> str:
    """The id of the workspace, or of the organisation where the app is installed for all of it."""
    return str((body.get("team") or body.get("enterprise") or {}).get("id", ""))


def _workspace_of_person(body: Body) -> str:
    """The id of the workspace, or of the organisation, that whoever did it belongs to; empty where Slack does not say."""
    return str(body["user"].get("team_id") or "")


def _channel(body: Body) -> str:
    """Where somebody pressed: a channel, or their Home tab."""
    view = body.get("view") or {}
    return str((body.get("channel") or {}).get("id") or view.get("type") or "")


def _id_of(view: Body) -> str:
    return str(view.get("id", ""))


def _there(found: T | None) -> T:
    if found is None:
        raise Refused("This case is no longer here.")
    return found


def _shown_at(view: Body) -> str:
    """A block at which an error can be shown: one that holds an input."""
    first = next(iter(view["state"]["values"]), "")
    return next((b["block_id"] for b in view.get("blocks", ()) if b.get("type") == "input"), first)
