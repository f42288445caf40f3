"""Spark as processes of this machine: a standalone cluster (one master, some workers), or a Connect server.

The package from PyPI has no script that starts a master, so the classes are started directly. For tests, for
benchmarks, and to try what a real cluster would answer.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyspark

PATIENCE = 90  # seconds until every worker has found its master


@contextmanager
def standalone(workers: int = 2, memory: str = "2g") -> Iterator[str]:
    """The address of a running cluster, as `session.started` wants it; everything ends with the block.

    Raises RuntimeError, with the end of the log, when a process does not come up.
    """
    port = _free_port()
    address = f"spark://127.0.0.1:{port}"
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zhikong-spark-")))
        page = ["--webui-port", str(_free_port())]
        _start(stack, folder, "master", ["--host", "127.0.0.1", "--port", str(port), *page])
        for number in range(workers):
            own = [
                "--host",
                "127.0.0.1",
                "--cores",
                "1",
                "--memory",
                memory,
                "--work-dir",
                str(folder / f"w{number}"),
            ]
            own += ["--webui-port", str(_free_port())]
            _start(stack, folder, f"worker{number}", [*own, address])
        _wait_for(folder, "master", "Registering worker", workers)
        yield address


@contextmanager
def connect(master: str = "local[2]") -> Iterator[str]:
    """The `sc://` address of a Connect server that works on `master`; it ends with the block.

    Raises RuntimeError, with the end of the log, when it does not come up.
    """
    port = _free_port()
    settings = ["spark.connect.grpc.binding.address=127.0.0.1", f"spark.connect.grpc.binding.port={port}"]
    settings += [
        "spark.ui.enabled=false",
        "spark.driver.bindAddress=127.0.0.1",
        "spark.driver.host=127.0.0.1",
    ]
    settings += ["spark.sql.shuffle.partitions=4"]
    said = [word for setting in settings for word in ("--conf", setting)]
    server = ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", *said, "spark-internal"]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zhikong-spark-")))
        _start(stack, folder, "connect", ["--master", master, *server])
        _wait_for(folder, "connect", "Spark Connect server started", 1)
        yield f"sc://127.0.0.1:{port}"


CLASSES = {
    "master": "org.apache.spark.deploy.master.Master",
    "worker": "org.apache.spark.deploy.worker.Worker",
    "connect": "org.apache.spark.deploy.SparkSubmit",
}


def _start(stack: ExitStack, folder: Path, name: str, arguments: list[str]) -> None:
    home = Path(pyspark.__file__).parent
    log = stack.enter_context((folder / f"{name}.log").open("wb"))
    command = [str(home / "bin" / "spark-class"), CLASSES[name.rstrip("0123456789")], *arguments]
    settings = os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
    }
    process = subprocess.Popen(command, env=settings, stdout=log, stderr=log, cwd=folder)
    stack.callback(_stop, process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_for(folder: Path, name: str, words: str, times: int) -> None:
    until = time.monotonic() + PATIENCE
    log = folder / f"{name}.log"
    while log.read_text("utf-8", "replace").count(words) < times:
        if time.monotonic() > until:
            raise RuntimeError(f"Spark did not come up: {log.read_text('utf-8', 'replace')[-2000:]}")
        time.sleep(0.3)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
