"""Rate limit and latency. No quota is published (webex-behaviour.md §1.4): the bucket is what the test asks for."""

from __future__ import annotations

import math
import time


class Bucket:
    """Token bucket: `count` requests per `seconds`, refilled evenly."""

    def __init__(self, count: int, seconds: float) -> None:
        self.count = float(count)
        self.per_second = count / seconds
        self.tokens = self.count
        self.at = time.monotonic()

    def take(self) -> int:
        """0 when the request may pass, else the whole seconds for Retry-After."""
        now = time.monotonic()
        self.tokens = min(self.count, self.tokens + (now - self.at) * self.per_second)
        self.at = now
        if self.tokens >= 1:
            self.tokens -= 1
            return 0
        return max(1, math.ceil((1 - self.tokens) / self.per_second))
