"""How fast Slack may be spoken to: docs.slack.dev/apis/web-api/rate-limits.

Messages are paced per channel, other methods by tier, each with a bucket that refills steadily. A
request that finds its bucket empty is answered 429 and counted as a violation.
"""

import math
from dataclasses import dataclass, field

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
"""Requests per minute of each tier, for each method and workspace."""


@dataclass
class Limits:
    """The rates that this workspace enforces.

    `burst` is how many messages a channel takes at once before the 1/s pace is felt. `strict` allows
    none, so that a test can prove a sender's pacing. `tiers=False` leaves the other methods unpaced.
    """

    messages_per_second: float = 1.0
    burst: int = 4
    strict: bool = False
    tiers: bool = True
    _buckets: dict[str, "_Bucket"] = field(default_factory=dict, repr=False)

    def message(self, channel: str, now: float) -> int:
        """Whole seconds to wait before `channel` takes a message; 0 takes it. `now` in epoch seconds."""
        burst = 1 if self.strict else self.burst
        return self._take(f"message {channel}", burst, self.messages_per_second, now)

    def method(self, name: str, tier: int, now: float) -> int:
        """Whole seconds to wait before method `name` of `tier` (0: not paced) may be called; 0 is now."""
        if not self.tiers or tier == 0:
            return 0
        per_minute = TIERS[tier]
        return self._take(f"method {name}", per_minute, per_minute / 60, now)

    def _take(self, key: str, size: int, per_second: float, now: float) -> int:
        if key not in self._buckets:
            self._buckets[key] = _Bucket(float(size), now)
        return self._buckets[key].take(size, per_second, now)


@dataclass
class _Bucket:
    tokens: float
    filled_at: float

    SLACK = 0.05
    """A sender that waits its second must not be refused for its clock's last few milliseconds."""

    def take(self, size: int, per_second: float, now: float) -> int:
        self.tokens = min(size, self.tokens + (now - self.filled_at) * per_second)
        self.filled_at = now
        if self.tokens >= 1 - self.SLACK:
            self.tokens = max(0.0, self.tokens - 1)
            return 0
        return max(1, math.ceil((1 - self.tokens) / per_second))
