"""Real servers for the tests of SQL sources: MariaDB in a private folder, started when a test asks for it.

Debian's package mariadb-server brings it. Where it is absent the tests are skipped, but not on CI, which installs it.
"""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest


def start_mariadb():
    """(socket, stop): a server that listens on a socket only, with an account `root` that needs no password."""
    server = shutil.which("mariadbd") or shutil.which("mysqld")
    if server is None:
        if os.environ.get("CI"):
            pytest.fail("mariadb-server is not installed")
        pytest.skip("mariadb-server is not installed")
    folder = Path(tempfile.mkdtemp(prefix="zhikong-mariadb-"))
    user = [f"--user={_account()}"] if os.geteuid() == 0 else []
    where = ["--no-defaults", f"--datadir={folder / 'data'}", *user]
    install = ["mariadb-install-db", *where, "--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run(install, check=True, capture_output=True)
    options = ["--skip-networking", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M"]
    socket, log = folder / "socket", (folder / "log").open("wb")
    process = subprocess.Popen(
        [server, *where, f"--socket={socket}", f"--pid-file={folder / 'pid'}", *options],
        stdout=log,
        stderr=subprocess.STDOUT,
    )

    def stop():
        process.kill()
        process.wait()
        log.close()
        shutil.rmtree(folder, ignore_errors=True)

    deadline = time.monotonic() + 60
    while not socket.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            said = (folder / "log").read_text(errors="replace")[-2000:]
            stop()
            pytest.fail(f"MariaDB did not start:\n{said}")
        time.sleep(0.05)
    return str(socket), stop


def _account():
    return "root"
