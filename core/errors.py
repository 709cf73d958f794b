"""Errors by remedy: what a caller can do about it decides the class.

    SunwaiError
    ├── RetryLater      the other side is busy or down: try again, nothing is lost
    ├── Misconfigured   a person must change a key or a setting: trying again is no use
    └── BadRecord       one item is malformed: set it aside, go on with the rest

An SDK's own exception never leaves its connector; it is translated to one of these.
"""

from datetime import datetime


class SunwaiError(Exception):
    """The root of every error that Sunwai raises on purpose. Its text is one sentence for a person."""


class RetryLater(SunwaiError):
    """The other side is busy, down or over its limit.

    `until` is the earliest moment at which a new try is welcome (aware UTC), where the other side said;
    else None, and the caller backs off with jitter.
    """

    def __init__(self, message: str, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until


class Misconfigured(SunwaiError):
    """A key, a permission or a setting is wrong. The text names it and the remedy, never its value."""


class BadRecord(SunwaiError):
    """One item cannot be read. `raw` is what arrived, so that it can be set aside and read again later."""

    def __init__(self, message: str, raw: object = None) -> None:
        super().__init__(message)
        self.raw = raw
