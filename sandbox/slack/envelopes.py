"""What Slack sends to an app, and whether the app said that it has it."""

import threading
import uuid
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["interactive", "events_api", "slash_commands"]
Status = Literal["pending", "acked", "unanswered"]


@dataclass
class Attempt:
    """One try at delivery, at epoch second `at`, over connection or address `to`."""

    at: float
    to: str


@dataclass
class Envelope:
    """One press, submission, command or event on its way to the app.

    `status` is pending until the app acknowledges (acked), or until every attempt ran out or nobody was
    connected (unanswered). `answer` is the payload that came with the acknowledgement. `subject` names
    what it is about ({channel, ts, action_id} or {view}), for the page.
    """

    kind: Kind
    payload: dict[str, Any]
    subject: dict[str, str] = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    attempts: list[Attempt] = field(default_factory=list)
    status: Status = "pending"
    answer: dict[str, Any] | None = None
    _settled: threading.Event = field(default_factory=threading.Event, repr=False)

    def settle(self, status: Status, answer: dict[str, Any] | None = None) -> bool:
        """Record the outcome; False when it was settled before, as a second acknowledgement is ignored."""
        if self._settled.is_set():
            return False
        self.status, self.answer = status, answer
        self._settled.set()
        return True

    def wait(self, timeout: float = 20.0) -> bool:
        """Block until it is settled or `timeout` seconds passed; True when the app acknowledged it."""
        self._settled.wait(timeout)
        return self.status == "acked"

    def on_the_wire(self) -> dict[str, Any]:
        """The Socket Mode message of the latest attempt."""
        wire: dict[str, Any] = {
            "envelope_id": self.id,
            "type": self.kind,
            "payload": self.payload,
            "accepts_response_payload": self.kind != "events_api",
        }
        retry = len(self.attempts) - 1
        if retry > 0 or self.kind == "events_api":
            wire["retry_attempt"] = max(0, retry)
            wire["retry_reason"] = "timeout" if retry > 0 else ""
        return wire

    def summary(self) -> dict[str, Any]:
        """What the page and `/_sandbox/state` show of it."""
        return {
            "id": self.id,
            "kind": self.kind,
            "status": self.status,
            "attempts": len(self.attempts),
            "subject": self.subject,
            "answer": self.answer,
        }
