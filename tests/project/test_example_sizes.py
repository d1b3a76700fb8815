"""The examples have enough space for a run of a large municipality's table in every format."""

import base64
import os
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from calsvc.bulk.formats import FORMATS
from calsvc.links.keys import parse_keys
from calsvc.web.staff.job import DONE, IN_PROGRESS, Job
from calsvc.web.staff.job_process import MAKE, JobSpec
from calsvc.web.staff.job_runner import JobRunner
from calsvc.web.staff.job_store import JobStore
from tests.support.paths import ROOT
from tests.support.servers import KEY
from tests.support.waiting import wait_until

EXAMPLES = ROOT / "examples"
RESIDENTS, SAMPLE_ROWS = 105_000, 500
GIGABYTE = 1 << 30
FILE_BYTES, PROCESS_BYTES = 2 * GIGABYTE, GIGABYTE
HEADER, RESIDENT = "氏名,生年月日,発行日,メール\n", "小樽 花子,{}-04-23,2020-06-01,r{}@example.jp\n"


def test_compose_services_have_space_for_a_run() -> None:
    composed = yaml.safe_load((EXAMPLES / "compose.yaml").read_text(encoding="utf-8"))
    for name in ("first", "second"):
        (mounted,) = composed["services"][name]["tmpfs"]
        assert f"size={FILE_BYTES // GIGABYTE}g," in mounted
        assert (
            composed["services"][name]["mem_limit"]
            == f"{(FILE_BYTES + PROCESS_BYTES) // GIGABYTE}g"
        )


def test_pods_have_space_for_a_run() -> None:
    text = (EXAMPLES / "kubernetes/calsvc.yaml").read_text(encoding="utf-8")
    deployment = next(each for each in yaml.safe_load_all(text) if each["kind"] == "Deployment")
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    volumes = {each["name"]: each for each in pod["volumes"]}
    assert volumes["tmp"]["emptyDir"]["sizeLimit"] == f"{FILE_BYTES // GIGABYTE}Gi"
    assert (
        container["resources"]["limits"]["memory"]
        == f"{(FILE_BYTES + PROCESS_BYTES) // GIGABYTE}Gi"
    )


@pytest.mark.large
def test_files_of_a_run_fit_into_the_examples(tmp_path: Path) -> None:
    jobs, workers = JobStore(b"k" * 64, tmp_path), JobRunner()
    job = jobs.new("session")
    rows = "".join(RESIDENT.format(1930 + number % 90, number) for number in range(SAMPLE_ROWS))
    job.table.write_text(HEADER + rows, encoding="utf-8")
    workers.start(job, every_format(job))
    largest = 0

    def has_ended() -> bool:
        nonlocal largest
        largest = max(largest, size_of(job.folder))
        return job.status.state not in IN_PROGRESS

    wait_until(has_ended)
    assert job.status.state == DONE
    assert 0 < largest * RESIDENTS / SAMPLE_ROWS < FILE_BYTES
    workers.close()
    jobs.close()


def every_format(job: Job) -> JobSpec:
    return JobSpec(
        folder=str(job.folder),
        municipalities=("012033",),
        keys=tuple(base64.b64encode(key).decode() for key in parse_keys(KEY, "test")),
        letter_settings=(),
        base="https://calendar.example.jp",
        today="2026-11-24",
        task=MAKE,
        formats=tuple(FORMATS),
        language="ja",
        parent=os.getpid(),
    )


def size_of(folder: Path) -> int:
    """Return the total size of the files in ``folder``. Files may disappear during the loop."""
    size = 0
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            size += path.stat().st_size
    return size
