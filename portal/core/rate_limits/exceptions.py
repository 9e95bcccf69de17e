"""Exceptions of rate limits."""

import datetime as dt

from portal.core.rate_limits.declared import RateLimit


class RateLimited(Exception):
    """A limit is reached: `allowed` of the limit's unit, and how long until the next one is taken."""

    def __init__(self, *, limit: RateLimit, allowed: int, wait: dt.timedelta) -> None:
        super().__init__(limit.code)
        self.limit = limit
        self.allowed = allowed
        self.wait = max(wait, dt.timedelta(seconds=1))

    @property
    def seconds(self) -> int:
        """The waiting time in whole seconds, rounded up: the value of Retry-After."""
        return -int(-self.wait.total_seconds() // 1)
