"""Children are kept alive, ended in order, and never outlive the supervisor."""

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from functools import partial
from pathlib import Path

import psutil
import pytest

from zhikong.site.supervisor import instance
from zhikong.site.supervisor.processes import MOST_RESTARTS, Child, GaveUp, Supervisor, tail

PROJECT = Path(__file__).resolve().parents[3]
SLEEP = [sys.executable, "-c", "import time; print('began', flush=True); time.sleep(600)"]


def eventually(condition, seconds=15):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def starts(child):
    return child.log.read_text().count("began") if child.log.exists() else 0


@pytest.fixture
def sleeper(tmp_path):
    child = Child("睡眠", SLEEP, tmp_path / "sleeper.log")
    yield child
    child.stop()


def test_a_child_that_is_killed_is_started_again(sleeper):
    sleeper.start()
    assert eventually(lambda: starts(sleeper) == 1)
    first = sleeper.process.pid
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: not sleeper.alive())
    sleeper.revive()
    assert eventually(lambda: starts(sleeper) == 2)
    assert sleeper.process.pid != first


def test_a_child_that_dies_all_the_time_ends_the_attempt_with_its_last_words(tmp_path):
    child = Child(
        "后台任务", [sys.executable, "-c", "import sys; sys.exit('磁盘已满')"], tmp_path / "dying.log"
    )
    supervisor = Supervisor([child], database=lambda: None)
    with pytest.raises(GaveUp, match="磁盘已满"):
        supervisor.run(ready=lambda: False, on_ready=lambda: None)


def test_stopping_ends_what_a_child_has_started_itself(tmp_path):
    parent = [sys.executable, "-c", f"import subprocess; subprocess.Popen({SLEEP!r}).wait()"]
    child = Child("网页服务", parent, tmp_path / "family.log")
    child.start()
    assert eventually(lambda: starts(child) == 1)
    grandchildren = psutil.Process(child.process.pid).children(recursive=True)
    assert grandchildren
    child.stop()
    assert eventually(lambda: not any(p.is_running() for p in grandchildren))


def test_ready_is_told_once_and_a_stop_signal_ends_the_children(tmp_path):
    child = Child("睡眠", SLEEP, tmp_path / "sleeper.log")
    supervisor = Supervisor([child], database=lambda: None)
    told = []

    def on_ready():
        told.append(True)
        supervisor.asked_to_stop = True

    supervisor.run(ready=lambda: starts(child) == 1, on_ready=on_ready)
    assert told == [True]
    assert not child.alive()


def test_a_child_that_nobody_wants_is_not_started_and_ends_when_it_is_no_longer_wanted(tmp_path, monkeypatch):
    monkeypatch.setattr("zhikong.site.supervisor.processes.ASK_EVERY", 0)
    answers = iter([False, False, True, True])
    state = {"wanted": False, "seen": []}

    def wanted():
        state["wanted"] = next(answers, state["wanted"])
        if state["seen"] and state["seen"][-1] == "broken":
            raise OSError("the database is away")
        return state["wanted"]

    child = Child("HL7 接收", SLEEP, tmp_path / "sleeper.log", wanted=wanted)
    supervisor = Supervisor([child], database=lambda: None)
    supervisor._look()
    assert child.process is None
    supervisor._look()
    supervisor._look()
    assert eventually(lambda: starts(child) == 1)
    state["seen"].append("broken")
    supervisor._look()
    assert child.alive()  # nobody can say: what was said last holds
    state["seen"].append("well")
    state["wanted"] = False
    supervisor._look()
    supervisor._look()
    assert not child.alive()


def test_renewing_ends_a_process_in_order_and_starts_it_again_without_counting_a_death(sleeper):
    supervisor = Supervisor([sleeper], database=lambda: None)
    supervisor._look()
    assert eventually(lambda: starts(sleeper) == 1)
    first = sleeper.process.pid
    for _ in range(2 * MOST_RESTARTS):  # an administrator may ask as often as he likes
        before = sleeper.process.pid
        supervisor.asked_to_renew = True
        assert eventually(partial(_renewed, supervisor, sleeper, before))
    assert sleeper.process.pid != first
    assert sleeper.deaths == []


def _renewed(supervisor, child, before):
    """Looks once more: the old process may be gone, and the new one there, within the very look that asked it to go."""
    supervisor._look()
    return child.alive() and child.process.pid != before


def test_a_backup_that_runs_is_not_ended_by_a_renewal(sleeper):
    sleeper.is_renewable = False
    supervisor = Supervisor([sleeper], database=lambda: None)
    supervisor._look()
    assert eventually(lambda: starts(sleeper) == 1)
    supervisor.asked_to_renew = True
    supervisor._look()
    assert sleeper.leave_until == 0.0
    assert sleeper.alive()


STUBBORN = (
    "import signal,time; signal.signal(15, signal.SIG_IGN); print('began', flush=True); time.sleep(600)"
)


def test_a_process_that_does_not_end_when_it_is_renewed_is_ended_by_force(tmp_path):
    child = Child("固执", [sys.executable, "-c", STUBBORN], tmp_path / "stubborn.log", stop_within=0.2)
    supervisor = Supervisor([child], database=lambda: None)
    supervisor._look()
    assert eventually(lambda: starts(child) == 1)
    supervisor.asked_to_renew = True
    assert eventually(lambda: supervisor._look() or starts(child) == 2)
    child.stop()


KEEPS_ON = "import signal,time; signal.signal(1, lambda *a: print('renewed', flush=True)); print('began', flush=True)\nwhile True: time.sleep(1)"


def test_a_process_that_renews_itself_is_told_and_stays(tmp_path):
    command = [sys.executable, "-c", KEEPS_ON]
    child = Child("网页服务", command, tmp_path / "web.log", renewed_by=signal.SIGHUP)
    child.start()
    assert eventually(lambda: starts(child) == 1)
    pid = child.process.pid
    child.renew()
    assert eventually(lambda: "renewed" in child.log.read_text())
    assert child.process.pid == pid
    child.stop()


@pytest.mark.parametrize(
    ("number", "terminal", "stops"),
    [(signal.SIGUSR1, True, False), (signal.SIGHUP, False, False), (signal.SIGHUP, True, True)],
)
def test_which_signals_renew_and_which_stop(number, terminal, stops, monkeypatch):
    monkeypatch.setattr("zhikong.site.supervisor.processes.has_terminal", lambda: terminal)
    known = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)
    before = {one: signal.getsignal(one) for one in known}
    supervisor = Supervisor([], database=lambda: None)
    try:
        supervisor.listen()
        os.kill(os.getpid(), number)
        assert eventually(lambda: supervisor.asked_to_stop or supervisor.asked_to_renew)
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    assert (supervisor.asked_to_stop, supervisor.asked_to_renew) == (stops, not stops)


def test_what_a_process_says_becomes_lines_and_its_last_words_are_read_plainly(tmp_path):
    command = [sys.executable, "-c", "print('磁盘已满', flush=True)"]
    child = Child("后台任务", command, tmp_path / "worker.log")
    child.start()
    child.process.wait()
    child.pump.finish()
    assert json.loads(child.log.read_text())["event"] == "磁盘已满"
    assert tail(child.log).endswith(" 磁盘已满")
    child.stop()


OWNER = """
    import sys, time
    from pathlib import Path
    from zhikong.site.supervisor.processes import Child
    child = Child("睡眠", [sys.executable, "-c", "import time; time.sleep(600)"], Path(sys.argv[1]))
    child.start()
    print(child.process.pid, flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with a parent that was killed")
def test_no_child_outlives_a_supervisor_that_is_killed(tmp_path):
    command = [sys.executable, "-c", textwrap.dedent(OWNER), str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=PROJECT) as owner:
        child = psutil.Process(int(owner.stdout.readline()))
        owner.kill()
        owner.wait()
        assert eventually(lambda: not child.is_running())


def test_a_second_supervisor_of_the_same_data_folder_is_refused(tmp_path):
    with (
        instance.only_one(tmp_path),
        pytest.raises(instance.AlreadyRunning, match=str(os.getpid())),
        instance.only_one(tmp_path),
    ):
        pass
    with instance.only_one(tmp_path):
        pass


def test_who_holds_a_data_folder_is_known_and_a_left_over_file_tells_nobody(tmp_path):
    assert instance.holder(tmp_path) is None
    program = "import sys,time\nfrom pathlib import Path\nfrom zhikong.site.supervisor import instance\nwith instance.only_one(Path(sys.argv[1])):\n print('held', flush=True); time.sleep(600)"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, cwd=PROJECT
    ) as one:
        assert one.stdout.readline() == b"held\n"
        assert instance.holder(tmp_path) == one.pid
        one.kill()
    assert instance.holder(tmp_path) is None


def test_a_port_in_use_is_told_with_a_way_out():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(instance.PortTaken, match=f"ZHIKONG_PORT={port + 1}"):
            instance.check_port("127.0.0.1", port)
    instance.check_port("127.0.0.1", port)


FOLLOWER = """
import signal, time
from zhikong.site.supervisor.following import end_with_parent
signal.signal(signal.SIGTERM, signal.SIG_IGN)
end_with_parent(within=0.5)
print("follows", flush=True)
time.sleep(600)
"""
LEADER = """
import subprocess, sys, time
process = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdout=subprocess.PIPE)
process.stdout.readline()
print(process.pid, flush=True)
time.sleep(600)
"""


def test_a_process_that_does_not_end_when_asked_still_ends_with_its_parent():
    with subprocess.Popen(
        [sys.executable, "-c", LEADER, FOLLOWER], stdout=subprocess.PIPE, cwd=PROJECT
    ) as leader:
        follower = psutil.Process(int(leader.stdout.readline()))
        follower.terminate()
        time.sleep(1)
        assert follower.is_running(), "as long as its parent lives it decides for itself"
        leader.kill()
    assert eventually(lambda: not follower.is_running() or follower.status() == psutil.STATUS_ZOMBIE)
