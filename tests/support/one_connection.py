"""One connection to an ASGI application in this process, served as ``calsvc serve`` does."""

import asyncio
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from threading import Timer
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from calsvc.settings import Settings
from calsvc.web.server.http_connection import LimitedHttpProtocol
from calsvc.web.server.server import uvicorn_options
from tests.support.loops import run_in_own_loop
from tests.support.servers import KEY
from tests.support.waiting import HANG_SECONDS


def create_protocol(app: ASGIApp, **settings: int) -> LimitedHttpProtocol:
    """Return the protocol of a new connection to ``app``. Call it in a running event loop."""
    options = uvicorn_options(Settings(keys=KEY, **settings))
    options |= {"app": app, "factory": False, "log_config": None}
    config = uvicorn.Config(**options)
    config.load()
    protocol: LimitedHttpProtocol = config.http_protocol_class(  # type: ignore[call-arg]
        config=config, server_state=ServerState(), app_state={}
    )
    return protocol


@asynccontextmanager
async def connected(
    app: ASGIApp, **settings: int
) -> AsyncIterator[tuple[LimitedHttpProtocol, socket.socket]]:
    """Connect to ``app``. Yield the protocol and the client's socket."""
    near, far = socket.socketpair()
    far.setblocking(False)
    protocol = create_protocol(app, **settings)
    transport, _ = await asyncio.get_running_loop().connect_accepted_socket(lambda: protocol, near)
    with far:
        yield protocol, far
    transport.abort()


def run_in_server_loop(main: Coroutine[Any, Any, None]) -> None:
    """Run ``main`` in the event loop that uvicorn chooses."""
    loop_factory = uvicorn.Config("", log_config=None).get_loop_factory()
    run_in_own_loop(_with_deadline(main), loop_factory)


def run_in_clock_loop(main: Coroutine[Any, Any, None]) -> None:
    """Run ``main`` in an event loop whose clock `advance` moves."""
    run_in_own_loop(_with_deadline(main), ClockLoop)


async def _with_deadline(main: Coroutine[Any, Any, None]) -> None:
    """Cancel a test that hangs, by the clock of the machine."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task
    timer = Timer(HANG_SECONDS, loop.call_soon_threadsafe, [task.cancel])
    timer.start()
    try:
        await main
    finally:
        timer.cancel()


class ClockLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock can be moved forward."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


async def advance(seconds: float) -> None:
    """Move the clock of a `ClockLoop` once it is idle, and run the callbacks that are due."""
    await settle()
    loop = asyncio.get_running_loop()
    assert isinstance(loop, ClockLoop)
    loop.ahead += seconds
    await settle()


async def settle() -> None:
    """Let the event loop handle all pending events."""
    for _ in range(20):
        await asyncio.sleep(0)
