"""The afternoon as one test of `make test-all`; its seconds are printed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(
    os.environ.get("ZHIKONG_TEST_ALL") != "1", reason="installs from a bundle; ZHIKONG_TEST_ALL=1"
)
@pytest.mark.xdist_group("afternoon")
@pytest.mark.skipif(sys.platform != "linux", reason="network namespaces")
def test_from_an_empty_server_to_the_first_month_and_back_from_a_wipe(capsys):
    bundle = os.environ.get("ZHIKONG_BUNDLE")  # made before; otherwise it is made now
    given = ["--bundle", bundle] if bundle else []
    done = subprocess.run(
        [sys.executable, "-m", "tests.installation.afternoon", *given],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    with capsys.disabled():
        sys.stdout.write(f"\n{done.stdout}")
    assert done.returncode == 0, done.stdout + done.stderr
