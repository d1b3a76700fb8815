"""Metrics for Prometheus: counted by every worker process, told on a port of their own.

The processes share them through files in a folder that goes away with the service.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import Counter, Histogram

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that prometheus_client reads, once, when it is imported."""
SECONDS = (0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30)


@contextmanager
def told(host: str, port: int) -> Iterator[None]:
    """Meanwhile, tell the metrics of this process and of those it starts. Raises ``OSError``."""
    with TemporaryDirectory(prefix="calsvc-metrics-") as folder:
        os.environ[FOLDER] = folder
        from prometheus_client import CollectorRegistry, start_http_server  # noqa: PLC0415
        from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415

        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]
        server, _ = start_http_server(port, host, registry)
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()


def counting() -> Callable[[str, int, float], None]:
    """What counts an answer by its route and status, and its seconds by its route."""
    from prometheus_client import CollectorRegistry, Counter, Histogram  # noqa: PLC0415

    own = CollectorRegistry()
    answers = Counter("calsvc_answers", "Answers.", ["route", "status"], registry=own)
    seconds = Histogram(
        "calsvc_answer_seconds", "Seconds to answer.", ["route"], buckets=SECONDS, registry=own
    )

    @cache
    def series(route: str, status: int) -> "tuple[Counter, Histogram]":
        return answers.labels(route, status), seconds.labels(route)

    def count(route: str, status: int, took: float) -> None:
        counter, histogram = series(route, int(status))
        counter.inc()
        histogram.observe(took)

    return count
