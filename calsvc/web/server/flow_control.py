"""Pauses reading from a client that sends faster than its requests are answered."""

import asyncio
from collections.abc import Sized

from uvicorn.protocols.http.flow_control import FlowControl


class PipelineFlowControl(FlowControl):
    """Pauses reading while pipelined requests are queued.

    uvicorn's `FlowControl` resumes when the application reads a body, and the queue grows.
    """

    def __init__(self, transport: asyncio.Transport, pipeline: Sized) -> None:
        """``pipeline``: the queued requests."""
        super().__init__(transport)
        self._pipeline = pipeline

    def resume_reading(self) -> None:
        """Resume reading, unless requests are queued."""
        if not self._pipeline:
            super().resume_reading()
