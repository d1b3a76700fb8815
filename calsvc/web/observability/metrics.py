"""Metrics for Prometheus: counted by every worker process, served on a separate port.

The processes share them through files in a temporary folder. A label is a route, a status, a
family, a way, a fingerprint, a version or a code. It is never a date, a name or a token.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.requests import Request

from calsvc.web.observability.client_families import client_family

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Histogram, Metric

MULTIPROC_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that prometheus_client reads, once, when it is imported."""
DURATION_BUCKETS = (0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30)
LINKS, FEEDS, KEY = "calsvc_links", "calsvc_feeds", "calsvc_key_in_use"
LIVE_FILES = "gauge_live*_*.db"
"""The files of gauges that count only while their process runs. Names end with its id."""


class LinkOrigin(StrEnum):
    """The origin of links, which is the label ``way`` of a metric."""

    FORM = "form"
    API = "api"
    RESIDENT = "resident"
    TABLES = "tables"


class Reading(NamedTuple):
    """The value of a gauge at the time of a scrape."""

    name: str
    help: str
    value: float
    labels: Mapping[str, str] = {}


Readings = Callable[[], Iterable[Reading]]


# --- the server of metrics ------------------------------------------------------------------------


@contextmanager
def serve_metrics(host: str, port: int, readings: Readings = tuple) -> Iterator[None]:
    """Serve the metrics of this process and its children while the context is open.

    ``readings`` is called at each scrape. Raises ``OSError`` if the port cannot be bound.
    """
    with TemporaryDirectory(prefix="calsvc-metrics-") as folder:
        os.environ[MULTIPROC_VARIABLE] = folder
        from prometheus_client import CollectorRegistry, start_http_server  # noqa: PLC0415

        registry = CollectorRegistry()
        registry.register(_Collector(lambda: _collect_shared(folder)))
        registry.register(_Collector(lambda: _gauges(readings())))
        server, _ = start_http_server(port, host, registry)
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()


class _Collector:
    """A collector of prometheus_client. Its `describe` is empty, so registering reads nothing."""

    def __init__(self, collect: "Callable[[], Iterable[Metric]]") -> None:
        self.collect = collect

    def describe(self) -> "Iterable[Metric]":
        return ()


def _collect_shared(folder: str) -> "Iterable[Metric]":
    """Return the sums over all processes that share ``folder``."""
    from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415

    _remove_dead_gauges(Path(folder))
    collector: Any = MultiProcessCollector(None, path=folder)  # type: ignore[no-untyped-call]
    metrics: Iterable[Metric] = collector.collect()
    return metrics


def _remove_dead_gauges(folder: Path) -> None:
    """Remove the live gauges of ended processes, because prometheus_client does not."""
    for file in folder.glob(LIVE_FILES):
        try:
            os.kill(int(file.stem.rpartition("_")[2]), 0)
        except ProcessLookupError:
            file.unlink(missing_ok=True)


def _gauges(readings: Iterable[Reading]) -> "Iterable[Metric]":
    from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415

    families: dict[str, GaugeMetricFamily] = {}
    for reading in readings:
        name, labels = reading.name, reading.labels
        new = GaugeMetricFamily(name, reading.help, labels=[*labels])
        families.setdefault(name, new).add_metric([*labels.values()], reading.value)
    return families.values()


# --- counting -------------------------------------------------------------------------------------


class Metrics:
    """The counters of one process."""

    def __init__(self, folder: str = "") -> None:
        """``folder``: the value of `MULTIPROC_VARIABLE`, or '' for only this process."""
        from prometheus_client import CollectorRegistry, Counter, Gauge  # noqa: PLC0415

        self._folder, registry = folder, CollectorRegistry()
        self._registry, self._series = registry, _response_series(registry)
        self._feeds = Counter(FEEDS, "Feeds, by client family.", ["client"], registry=registry)
        self._links = Counter(LINKS, "Links made, by way.", ["way"], registry=registry)
        self._runs = Counter("calsvc_runs", "Runs of tables that were started.", registry=registry)
        self._failed = Counter(
            "calsvc_failed_runs", "Checks and runs that broke.", registry=registry
        )
        self._rows = Counter("calsvc_run_rows", "Rows of runs.", ["outcome"], registry=registry)
        self._key = Gauge(
            KEY,
            "Processes that seal with the key, by its fingerprint.",
            ["fingerprint"],
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._fingerprint = ""

    def __call__(self, route: str, status: int, seconds: float) -> None:
        """Count a response."""
        counter, histogram = self._series(route, int(status))
        counter.inc()
        histogram.observe(seconds)

    def count_feed(self, user_agent: bytes) -> None:
        """Count a feed, or a 304 response in its place."""
        self._feeds.labels(client_family(user_agent)).inc()

    def count_links(self, way: LinkOrigin, number: int = 1) -> None:
        """Count new links."""
        self._links.labels(way).inc(number)

    def count_run(self, rows: int, faulty: int) -> None:
        """Count a run with its rows. A row that is not faulty makes a link."""
        self._runs.inc()
        self._rows.labels("link").inc(rows - faulty)
        self._rows.labels("faulty").inc(faulty)
        self.count_links(LinkOrigin.TABLES, rows - faulty)

    def count_failed_run(self) -> None:
        """Count a process for tables that failed."""
        self._failed.inc()

    def use_key(self, fingerprint: str) -> None:
        """Set the fingerprint of the key that seals from now on."""
        if self._fingerprint:
            self._key.labels(self._fingerprint).set(0)
        self._key.labels(fingerprint).set(1)
        self._fingerprint = fingerprint

    def totals(self, name: str) -> dict[str, int]:
        """Return the values of `LINKS`, `FEEDS` or `KEY` by label, over all processes."""
        metrics = _collect_shared(self._folder) if self._folder else self._registry.collect()
        samples = [each for metric in metrics if metric.name == name for each in metric.samples]
        values = [sample for sample in samples if not sample.name.endswith("_created")]
        return {next(iter(sample.labels.values())): int(sample.value) for sample in values}


def _response_series(
    registry: "CollectorRegistry",
) -> "Callable[[str, int], tuple[Counter, Histogram]]":
    from prometheus_client import Counter, Histogram  # noqa: PLC0415

    responses = Counter("calsvc_answers", "Answers.", ["route", "status"], registry=registry)
    seconds = Histogram(
        "calsvc_answer_seconds",
        "Seconds to answer.",
        ["route"],
        buckets=DURATION_BUCKETS,
        registry=registry,
    )

    @cache
    def series(route: str, status: int) -> "tuple[Counter, Histogram]":
        return responses.labels(route, status), seconds.labels(route)

    return series


def get_metrics(request: Request) -> Metrics | None:
    """Return the metrics of the application, or None if they are off."""
    metrics: Metrics | None = request.app.state.observer
    return metrics


def count_links(request: Request, way: LinkOrigin) -> None:
    """Count the link that ``request`` created."""
    metrics = get_metrics(request)
    if metrics:
        metrics.count_links(way)
