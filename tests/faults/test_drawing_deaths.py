"""The process that draws charts ends with the process that it draws for: in order, and after a kill -9."""

import os
import subprocess
import sys

import psutil
import pytest

from .conftest import PROJECT, eventually

DRAW = """
import multiprocessing, os, time
from zhikong.web.charts.render import render

def work():
    render({"data": {"values": [{}]}, "mark": "point"})
    print("drawn", os.getpid(), flush=True)
    MORE

if __name__ == "__main__":
    process = multiprocessing.get_context("spawn").Process(target=work)
    process.start()
    process.join()
    print("ended", flush=True)
"""


@pytest.fixture
def start(tmp_path):
    """start(what the web process does after its first chart) → the process that started it, and itself."""
    begun = []

    def go(more):
        script = tmp_path / "draw.py"
        script.write_text(DRAW.replace("MORE", more), encoding="utf-8")
        env = {**os.environ, "ZHIKONG_HOME": str(tmp_path), "PYTHONPATH": str(PROJECT)}
        begun.append(
            subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, env=env, text=True)
        )
        return begun[-1], psutil.Process(int(begun[-1].stdout.readline().split()[1]))

    yield go
    for process in begun:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_web_process_that_ends_in_order_does_not_wait_for_the_drawing_process_for_ever(start):
    outer, _ = start("pass")
    assert outer.wait(timeout=30) == 0
    assert outer.stdout.read() == "ended\n"


def test_the_drawing_process_does_not_outlive_a_web_process_that_is_killed(start):
    _, web = start("time.sleep(600)")
    drawing = web.children(recursive=True)
    assert drawing
    web.kill()
    assert eventually(lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in drawing))
