"""Turns away connections that are too many."""

import time
from collections import Counter
from collections.abc import Sequence
from http import HTTPStatus
from ipaddress import ip_network

from starlette.types import Receive, Scope, Send

from calsvc.web.client_networks import Network, networks_of, parse_address
from calsvc.web.observability.access_log import OBSERVER, answered
from calsvc.web.problems import problem_message

RETRY_AFTER_SECONDS = 10
"""Sent to clients for which there is no connection left."""


class ClientConnections:
    """Counts the open connections of each client in one process, apart from those of proxies."""

    def __init__(self, most: int, proxies: Sequence[str]) -> None:
        """``most``: connections of one client. ``proxies``: networks that are not counted."""
        self._most = most
        self._proxies = [ip_network(each) for each in proxies]
        self._open: Counter[str] = Counter()

    def add(self, host: str) -> float:
        """Count a connection from ``host``, and return the share of its bound that is used."""
        share = 0.0
        for name, allowance in self._networks(host):
            self._open[name] += 1
            share = max(share, self._open[name] / (self._most * allowance))
        return share

    def remove(self, host: str) -> None:
        """Count a connection from ``host`` no more."""
        for name, _ in self._networks(host):
            self._open[name] -= 1
            if not self._open[name]:
                del self._open[name]

    def _networks(self, host: str) -> tuple[Network, ...]:
        address = parse_address(host)
        if address is None or any(address in network for network in self._proxies):
            return ()
        return networks_of(host)


async def overloaded_app(scope: Scope, _receive: Receive, send: Send) -> None:
    """Respond with 503 because there are too many connections."""
    headers, body = problem_message(HTTPStatus.SERVICE_UNAVAILABLE, scope["headers"])
    headers.append((b"retry-after", b"%d" % RETRY_AFTER_SECONDS))
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})
    observer = scope["state"].get(OBSERVER)
    answered(scope, HTTPStatus.SERVICE_UNAVAILABLE, time.perf_counter(), observer)
