"""Run uvicorn with our limits, in one process or several."""

import os
import resource
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from ipaddress import IPv4Network, ip_network
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from calsvc.clock import today_in_japan
from calsvc.errors import CalsvcError
from calsvc.settings import Settings, env_name
from calsvc.web.observability import metrics
from calsvc.web.observability.logs import log_config
from calsvc.web.server.http_connection import LimitedHttpProtocol
from calsvc.web.server.overload import ClientConnections
from calsvc.web.server.readings import MachineReadings

SPARE_FILE_DESCRIPTORS = 200
"""Open files of a process besides its connections."""

MAPPED_BITS = 96
"""The prefix ``::ffff:`` of an IPv4 address in IPv6 (RFC 4291, 2.5.5.2)."""


class BindError(CalsvcError):
    """A port or file descriptor that cannot be listened on; the message names the variable."""


class Supervisor(Multiprocess):
    """Starts worker processes, and another for each that dies."""

    def terminate_all(self) -> None:
        """Close the listening sockets before the workers stop.

        Otherwise clients could still connect, and no worker would accept them.
        """
        for listener in self.sockets:
            listener.close()
        super().terminate_all()

    def handle_signals(self) -> None:
        """Pass SIGHUP on, so that each worker reads the keys again, and handle other signals.

        uvicorn would replace the workers, which ends connections. SIGHUP stays blocked here,
        because each worker inherits that.
        """
        if signal.SIGHUP in signal.sigpending():
            signal.sigwait({signal.SIGHUP})
            for process in self.processes:
                if process.pid and process.exitcode is None:
                    os.kill(process.pid, signal.SIGHUP)
        super().handle_signals()


def serve(settings: Settings, fd: int | None = None) -> None:
    """Serve until a signal to stop comes, then finish the requests that have arrived.

    ``fd``: file descriptor of a socket that listens already. Raises `BindError`.
    """
    # uvicorn raises the signal again when it has shut down. That is the end and no failure.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    # SIGHUP waits until the application handles it. It would end a process that still starts.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    _raise_file_limit(2 * settings.max_connections + SPARE_FILE_DESCRIPTORS)
    with ExitStack() as stack:
        if settings.metrics_port:
            _start_metrics(settings, stack)
        with suppress(KeyboardInterrupt):
            _run(uvicorn.Config(**uvicorn_options(settings)), fd)


def _run(config: uvicorn.Config, fd: int | None) -> None:
    listener = config.bind_socket() if fd is None else _socket_from_fd(fd)
    if config.workers > 1:
        Supervisor(config, sockets=[listener]).run()
    else:
        uvicorn.Server(config).run(sockets=[listener])


def _socket_from_fd(fd: int) -> socket.socket:
    """Return the socket ``fd`` of any family. uvicorn's own option expects a Unix socket."""
    try:
        return socket.socket(fileno=fd)
    except OSError as error:
        raise BindError(f"--fd: {error.strerror}") from None


def uvicorn_options(settings: Settings) -> dict[str, Any]:
    """Return the arguments of `uvicorn.Config`."""
    return {
        "app": "calsvc.web.app:create_app_from_env",
        "factory": True,
        "host": settings.host,
        "port": settings.port,
        "workers": settings.workers,
        "http": partial(
            LimitedHttpProtocol,
            request_timeout=settings.request_seconds,
            max_connections=settings.max_connections,
            clients=ClientConnections(settings.max_client_connections, settings.trusted_proxies),
        ),
        "ws": "none",
        "log_config": log_config(settings),
        "access_log": False,
        "server_header": False,
        "proxy_headers": bool(settings.trusted_proxies),
        "forwarded_allow_ips": [*settings.trusted_proxies, *_mapped(settings.trusted_proxies)],
        "timeout_keep_alive": settings.keep_alive_seconds,
        "timeout_graceful_shutdown": settings.shutdown_seconds,
    }


def _mapped(networks: Sequence[str]) -> Iterator[str]:
    """Yield IPv4 ``networks`` as a socket for both families, or another proxy, shows them."""
    for network in map(ip_network, networks):
        if isinstance(network, IPv4Network):
            yield f"::ffff:{network.network_address}/{MAPPED_BITS + network.prefixlen}"


def _start_metrics(settings: Settings, stack: ExitStack) -> None:
    readings = MachineReadings(settings, today_in_japan)
    metrics_server = metrics.serve_metrics(settings.metrics_host, settings.metrics_port, readings)
    try:
        stack.enter_context(metrics_server)
    except OSError as error:
        names = f"{env_name('metrics_host')}, {env_name('metrics_port')}"
        raise BindError(f"{names}: {error.strerror}") from None


def _raise_file_limit(wanted: int) -> None:
    """Let this process and its workers open ``wanted`` files, or as many as the system allows."""
    soft_limit, hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard_limit != resource.RLIM_INFINITY:
        wanted = min(wanted, hard_limit)
    if soft_limit < wanted:
        with suppress(OSError, ValueError):  # some systems forbid it
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard_limit))
