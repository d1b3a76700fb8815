"""Rejects connections beyond the limits for all clients and for each client."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from ipaddress import ip_network

from starlette.types import Receive, Scope, Send

from calsvc.web.client_networks import Network, networks_of, parse_ip_address
from calsvc.web.observability.access_log import OBSERVER, log_response
from calsvc.web.problems import problem_message

RETRY_AFTER_SECONDS = 10
"""Retry-After for clients beyond the limit."""


class ClientConnections:
    """Counts the open connections of each client in one process, apart from those of proxies."""

    def __init__(self, max_per_client: int, proxies: Sequence[str]) -> None:
        """Limit each client to ``max_per_client`` connections. ``proxies`` are not limited."""
        self._max_per_client = max_per_client
        self._proxies = [ip_network(each) for each in proxies]
        self._open: Counter[str] = Counter()

    def networks_of(self, host: str) -> tuple[Network, ...]:
        """Return the networks of ``host`` in which it is counted: none for a proxy."""
        address = parse_ip_address(host)
        if address is None or any(address in network for network in self._proxies):
            return ()
        return networks_of(host)

    def add(self, networks: Iterable[Network]) -> float:
        """Count a connection in ``networks``, and return the share of a bound that is used."""
        share = 0.0
        for name, allowance in networks:
            self._open[name] += 1
            share = max(share, self._open[name] / (self._max_per_client * allowance))
        return share

    def remove(self, networks: Iterable[Network]) -> None:
        """Remove a connection from the counts of ``networks``."""
        for name, _ in networks:
            self._open[name] -= 1
            if not self._open[name]:
                del self._open[name]


async def overloaded_app(scope: Scope, _receive: Receive, send: Send) -> None:
    """Respond with 503 because there are too many connections."""
    headers, body = problem_message(HTTPStatus.SERVICE_UNAVAILABLE, scope["headers"])
    headers.append((b"retry-after", b"%d" % RETRY_AFTER_SECONDS))
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})
    observer = scope["state"].get(OBSERVER)
    log_response(scope, HTTPStatus.SERVICE_UNAVAILABLE, time.perf_counter(), observer)
