"""kill -9 of everything and a full disk during an upgrade: the old version is in force and has all its rows.

The real product upgrades what the last release left behind (tests/releases).
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress

import psutil
import pytest

from installer.onsite.layout import UNFINISHED, Layout, order

from .conftest import PROJECT, eventually, new_data_folder, processes_of

RELEASES = sorted(
    (PROJECT / "tests" / "releases").glob("*/told.json"), key=lambda one: order(one.parent.name)
)
RELEASE = RELEASES[-1].parent
pytestmark = [
    pytest.mark.skipif(
        os.environ.get("ZHIKONG_TEST_ALL") != "1", reason="upgrades a hospital; ZHIKONG_TEST_ALL=1"
    ),
    pytest.mark.xdist_group("upgrades"),
]
BUSY = {
    "copying": lambda new: (new / "data").exists(),
    "migrating": lambda new: (new / "data" / "postgres" / "data" / "postmaster.pid").exists(),
}


def command(*words):
    return [sys.executable, "-m", "tests.faults.upgrade_driver", *map(str, words)]


def environment():
    foreign = ("ZHIKONG_HOME", "ZHIKONG_KEYS", "ZHIKONG_ROLE", "DATABASE_URL")
    return {name: value for name, value in os.environ.items() if name not in foreign}


def run(*words):
    done = subprocess.run(
        command(*words),
        cwd=PROJECT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def made():
    """The hospital of the last release, installed; copied for each test."""
    with new_data_folder() as folder:
        run("make", folder / "site", RELEASE)
        yield folder


@pytest.fixture
def site(made):
    with new_data_folder() as folder:
        subprocess.run(["cp", "-a", f"{made}/.", str(folder)], check=True)
        yield Layout(folder / "site")


def kill_everything(folder):
    """The installer and all that it started, at once, as a power cut does."""
    while found := processes_of(folder):
        for process in found:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(found, 5)


@pytest.mark.parametrize("moment", BUSY)
def test_a_power_cut_leaves_the_old_version_with_all_its_rows(site, moment):
    before = json.loads(run("count", site.prefix))
    upgrading = subprocess.Popen(
        command("upgrade", site.prefix), cwd=PROJECT, env=environment(), stdout=subprocess.DEVNULL
    )
    reached = eventually(lambda: BUSY[moment](site.sets / "0.10.0") or upgrading.poll() is not None, 400)
    kill_everything(site.prefix)
    assert reached
    assert upgrading.wait() == -signal.SIGKILL
    assert (site.sets / "0.10.0" / UNFINISHED).exists()
    assert site.current().name == "0.9.0"
    assert json.loads(run("count", site.prefix)) == before
    run("upgrade", site.prefix)  # the same command again
    assert (site.current().name, site.leftovers()) == ("0.10.0", [])
    after = json.loads(run("count", site.prefix))
    assert {name: rows for name, rows in before.items() if after.get(name, rows) < rows} == {}


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("unshare") is None,
    reason="needs a disk of its own, which root alone mounts",
)
def test_a_full_disk_leaves_the_old_version_with_all_its_rows():
    with new_data_folder() as folder:
        mounted = f'mount -t tmpfs -o size=900m,mode=755 none "{folder}" && exec "$@"'
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", mounted, "sh", *command("full", folder / "site", RELEASE)],
            cwd=PROJECT,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
    told = json.loads(done.stdout.partition("told:")[2] or "{}")
    assert told, done.stderr[-3000:]
    assert told["filled"]
    assert "没有通过试运行" in told["said"]
    assert told["sets"] == ["0.9.0"]
    assert told["after"] == told["before"]
    assert sum(told["before"].values()) > 1000
