"""Logs are put aside by size and age and removed in time; a full disk costs lines, never a process."""

import os
import subprocess
import sys
import time

import pytest

from zhikong.site.monitoring import lines
from zhikong.site.supervisor import logfiles
from zhikong.site.supervisor.logfiles import Keeping, LogFile

NOW = 1_800_000_000.0
DAY = 24 * 60 * 60


def said(text, at=NOW):
    return lines.wrapped(text, process="web", at=at)


def aside(folder):
    return sorted(file.name for file in folder.glob("web-*.log"))


def test_a_large_log_is_put_aside_and_no_line_is_lost(tmp_path, monkeypatch):
    monkeypatch.setattr(logfiles, "LARGEST", 2000)
    log = LogFile(tmp_path / "web.log")
    for number in range(100):
        log.write(said(f"line {number}"), now=NOW + number)
    log.close()
    files = sorted(tmp_path.iterdir())
    assert len(files) > 3
    text = "".join(file.read_text() for file in files)
    assert all(f'"line {number}"' in text for number in range(100))
    assert max(file.stat().st_size for file in files) < 2200


def test_a_log_of_yesterday_is_put_aside_also_by_the_next_start(tmp_path):
    log = LogFile(tmp_path / "web.log")
    log.write(said("old"), now=NOW)
    log.write(said("same day", NOW + 60), now=NOW + 60)
    log.close()
    assert aside(tmp_path) == []
    log = LogFile(tmp_path / "web.log")
    log.write(said("new", NOW + DAY + 61), now=NOW + DAY + 61)
    log.close()
    assert len(aside(tmp_path)) == 1
    assert "new" not in (tmp_path / aside(tmp_path)[0]).read_text()


def test_only_its_owner_reads_a_log(tmp_path):
    log = LogFile(tmp_path / "web.log")
    log.write(said("one"), now=NOW)
    assert oct((tmp_path / "web.log").stat().st_mode & 0o777) == "0o600"
    log.close()


def test_old_logs_go_by_days_and_by_room_and_the_current_one_stays(tmp_path):
    for age, size in ((1, 600_000), (2, 600_000), (3, 10), (40, 10)):
        file = tmp_path / f"web-202601{age:02}T000000.log"
        file.write_bytes(b"x" * size)
        os.utime(file, (NOW - age * DAY, NOW - age * DAY))
    (tmp_path / "web.log").write_text("now")
    (tmp_path / "postgres.log").write_text("not ours")
    gone = logfiles.sweep(tmp_path, now=NOW, keep=Keeping(days=30, megabytes=1))
    assert sorted(file.name for file in gone) == [
        "web-20260102T000000.log",
        "web-20260103T000000.log",
        "web-20260140T000000.log",
    ]
    assert (tmp_path / "web.log").exists()


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({}, (30, 500)),
        ({"logs": {"days": 7}}, (7, 500)),
        ({"logs": {"days": -1, "megabytes": "x"}}, (30, 500)),
    ],
)
def test_how_much_is_kept_is_an_option_and_nonsense_is_the_default(monkeypatch, options, kept):
    monkeypatch.setattr(logfiles.home, "options", lambda: options)
    found = logfiles.keeping()
    assert (found.days, found.megabytes) == kept


def test_a_disk_that_takes_nothing_costs_the_line_and_the_next_one_comes_through(tmp_path):
    log = LogFile(tmp_path / "no-folder-yet" / "web.log")
    (tmp_path / "no-folder-yet").write_text("a file in the way")
    log.write(said("lost"), now=NOW)
    (tmp_path / "no-folder-yet").unlink()
    log.write(said("kept"), now=NOW)
    log.close()
    assert "kept" in (tmp_path / "no-folder-yet/web.log").read_text()


def test_a_process_whose_log_cannot_be_written_does_not_stand_still(tmp_path):
    many = "import sys\nfor n in range(5000): print('a line that fills the pipe', n)\n"
    process = subprocess.Popen([sys.executable, "-c", many], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    (tmp_path / "way").write_text("a file in the way")
    pump = logfiles.watched(process, LogFile(tmp_path / "way" / "web.log"))
    assert process.wait(timeout=60) == 0
    pump.finish()


def test_the_log_of_a_program_that_keeps_its_file_open_is_copied_and_emptied(tmp_path, monkeypatch):
    monkeypatch.setattr(logfiles, "LARGEST", 10)
    path = tmp_path / "postgres.log"
    with path.open("ab", buffering=0) as program:
        program.write(b"many words before\n")
        logfiles.cut(path, now=time.time())
        program.write(b"after\n")
    assert path.read_bytes() == b"after\n"
    assert [file.read_bytes() for file in tmp_path.glob("postgres-*.log")] == [b"many words before\n"]
