"""The server: uvicorn with our bounds, for one process or several."""

import asyncio
import os
import resource
import signal
import socket
import sys
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any

import uvicorn
from uvicorn.supervisors import multiprocess

from calsvc.errors import CalsvcError
from calsvc.settings import Settings, variable
from calsvc.web.observability import metrics
from calsvc.web.observability.logs import log_config
from calsvc.web.server.http_connection import LimitedHttpProtocol

FILES = 200
"""Open files of a process besides its connections."""


class PortError(CalsvcError):
    """A port that cannot be listened on; the message names the variable."""


class Server(uvicorn.Server):
    """Answers also those who have connected and were not yet let in when it was told to stop."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the door behind the last who is waiting, then as uvicorn does."""
        listening = [each.fileno() for server in self.servers for each in server.sockets]
        waiting = [socket.socket(fileno=os.dup(each)) for each in listening]
        for server in self.servers:
            server.close()
        for given in sockets or []:
            given.close()
        for last in waiting:
            await self._let_in(last)
        await super().shutdown(sockets)

    async def _let_in(self, last: socket.socket) -> None:
        last.setblocking(False)
        found = []
        with last, suppress(BlockingIOError):
            while True:
                found.append(last.accept()[0])
        for each in found:
            each.setblocking(False)
            await asyncio.get_running_loop().connect_accepted_socket(self._connection, each)

    def _connection(self) -> asyncio.Protocol:
        return self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )


class Worker(multiprocess.Process):
    """A process with such a server."""

    @property
    def server(self) -> uvicorn.Server:
        """The one server of the process."""
        if self._server is None:
            self._server = Server(config=self.config)
        return self._server


class Supervisor(multiprocess.Multiprocess):
    """Starts worker processes, and another for each that dies."""

    def run(self) -> None:
        """Until told to stop."""
        multiprocess.Process = Worker  # type: ignore[misc]  # uvicorn has no other way
        super().run()

    def terminate_all(self) -> None:
        """Let nobody in whom no worker would answer."""
        for each in self.sockets:
            each.close()
        super().terminate_all()


def serve(configured: Settings, fd: int | None = None) -> None:
    """Answer until told to stop; what is being answered then is finished.

    ``fd``: the number of a socket that listens already. Raises `PortError`.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # after uvicorn is done with it
    _raise_file_limit(2 * configured.max_connections + FILES)
    with ExitStack() as until_the_end:
        if configured.metrics_port:
            _tell_metrics(configured, until_the_end)
        with suppress(KeyboardInterrupt):
            _serve_at(fd, uvicorn.Config(**options(configured)))


def _serve_at(fd: int | None, config: uvicorn.Config) -> None:
    listening = config.bind_socket() if fd is None else _inherited(fd)
    if config.workers > 1:
        Supervisor(config, sockets=[listening]).run()
    else:
        Server(config).run(sockets=[listening])


def _inherited(fd: int) -> socket.socket:
    """The socket ``fd``, of whatever family: uvicorn's own option knows those of paths alone."""
    try:
        return socket.socket(fileno=fd)
    except OSError as error:
        raise PortError(f"--fd: {error.strerror}") from None


def options(configured: Settings) -> dict[str, Any]:
    """How uvicorn is to run."""
    return {
        "app": "calsvc.web.app:app_from_environment",
        "factory": True,
        "host": configured.host,
        "port": configured.port,
        "workers": configured.workers,
        "http": partial(
            LimitedHttpProtocol,
            request_timeout=configured.request_seconds,
            max_connections=configured.max_connections,
        ),
        "ws": "none",
        "log_config": log_config(configured),
        "access_log": False,
        "server_header": False,
        "proxy_headers": bool(configured.trusted_proxies),
        "forwarded_allow_ips": list(configured.trusted_proxies),
        "timeout_keep_alive": configured.keep_alive_seconds,
        "timeout_graceful_shutdown": configured.shutdown_seconds,
    }


def _tell_metrics(configured: Settings, until_the_end: ExitStack) -> None:
    told = metrics.told(configured.metrics_host, configured.metrics_port)
    try:
        until_the_end.enter_context(told)
    except OSError as error:
        names = f"{variable('metrics_host')}, {variable('metrics_port')}"
        raise PortError(f"{names}: {error.strerror}") from None


def _raise_file_limit(wanted: int) -> None:
    """Let this process and its workers open as many files as the system allows, up to enough."""
    least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY:
        wanted = min(wanted, most)
    if least < wanted:
        with suppress(OSError, ValueError):  # a system may forbid it
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
