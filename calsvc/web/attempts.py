"""Log-in attempts, which are limited for each client and for all together.

They are counted in memory: each worker process counts its own.
"""

import time
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

MINUTES = 15
OF_ONE = RateLimitItemPerMinute(5, MINUTES)
OF_ALL = RateLimitItemPerMinute(60, MINUTES)
EVERYBODY = "all"
HOME_NETWORK = 64
"""Bits: who has one IPv6 address has all of such a network."""


class Attempts:
    """Counts attempts."""

    def __init__(self) -> None:
        """None has been made."""
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def wait(self, client: str) -> int:
        """Count an attempt of ``client``: 0, or the seconds after which it may try again."""
        name = network(client)
        for limit, whose in ((OF_ONE, name), (OF_ALL, EVERYBODY)):
            if not self._limiter.hit(limit, whose):
                until = self._limiter.get_window_stats(limit, whose).reset_time
                return max(1, ceil(until - time.time()))
        return 0

    def forget(self, client: str) -> None:
        """Forgive ``client`` its attempts: it knew the password."""
        self._limiter.clear(OF_ONE, network(client))


def network(client: str) -> str:
    """What stands for ``client``: its address, or for IPv6 the network that is surely its own."""
    try:
        address = ip_address(client)
    except ValueError:
        return client
    if isinstance(address, IPv6Address):
        return str(ip_network((address, HOME_NETWORK), strict=False))
    return client
