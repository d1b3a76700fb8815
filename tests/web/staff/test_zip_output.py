"""The ZIP file of a job, compared with what the command line makes of the same table."""

import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

from starlette.testclient import TestClient

from calsvc.bulk.formats import FORMATS
from calsvc.settings import Settings
from calsvc.web.staff.job_store import JobStore
from tests.support.paths import ROOT
from tests.support.staff import BASE_URL, EXAMPLE, post_form, run_job

TABLE = ROOT / "examples" / "residents.csv"


def test_the_zip_holds_what_the_command_line_makes(
    clerk: TestClient, settings: Settings, jobs: JobStore, tmp_path: Path
) -> None:
    job = run_job(clerk, EXAMPLE, *FORMATS)
    response = post_form(clerk, f"{job}/download")
    assert "calsvc-links.zip" in response.headers["content-disposition"]
    with zipfile.ZipFile(BytesIO(response.content)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}

    run_number = found["links.csv"].decode("cp932").splitlines()[1].rpartition(",")[2]
    options = [f"--run-number={run_number}", *(f"--format={each}" for each in FORMATS)]
    command = [sys.executable, "-m", "calsvc", "links", str(TABLE), "-o", str(tmp_path / "out")]
    environ = {
        "CALSVC_KEYS": settings.keys,
        "CALSVC_PUBLIC_URL": BASE_URL,
        "PYTHONPATH": str(ROOT),
    }
    subprocess.run([*command, *options], env=environ, check=False, capture_output=True)
    expected = {
        str(path.relative_to(tmp_path / "out")): path.read_bytes()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    assert len(expected) > 40
    assert found == expected
    assert post_form(clerk, f"{job}/download").content == response.content
    post_form(clerk, f"{job}/remove")
    assert jobs.folders() == []
    assert clerk.get(job).status_code == 404
