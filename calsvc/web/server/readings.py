"""Reads the gauges for Prometheus: the release, the age of profiles, and the disk."""

import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from importlib.metadata import version

from calsvc.municipality.served import Municipalities
from calsvc.settings import Settings
from calsvc.web.observability.metrics import Reading
from calsvc.web.staff.job_store import JobStore


class MachineReadings:
    """The gauges of this machine, which each call reads anew."""

    def __init__(self, settings: Settings, today: Callable[[], date]) -> None:
        """Load the profiles. Raises `calsvc.errors.MunicipalityFileError` for a faulty one."""
        self._cities = [*Municipalities(settings.municipalities).with_profiles()]
        self._jobs, self._today = JobStore(settings.state_dir.encode()), today

    def __call__(self) -> Iterator[Reading]:
        """Yield each gauge."""
        release = {"version": version("calsvc"), "python": platform.python_version()}
        yield Reading("calsvc_build_info", "The release that runs here.", 1, release)
        for municipality in self._cities:
            if municipality.checked_on:
                yield Reading(
                    "calsvc_profile_age_days",
                    "Days since the facts of a municipality were checked.",
                    (self._today() - municipality.checked_on).days,
                    {"municipality": municipality.code},
                )
        size, free = self._jobs.bytes_on_disk(), shutil.disk_usage(tempfile.gettempdir()).free
        yield Reading("calsvc_runs_bytes", "Bytes of tables and results on the disk.", size)
        yield Reading("calsvc_runs_free_bytes", "Bytes that are free there.", free)
