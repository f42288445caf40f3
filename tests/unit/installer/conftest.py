"""A bundle with a product of ten lines, so that an installation takes a moment instead of a minute."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from installer.onsite import installing, machine, product, service
from installer.onsite.layout import Layout

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
PROGRAM = """#!/bin/sh
[ "$1" = trial ] || exit 9
[ -e "$ZHIKONG_HOME/fails" ] && { echo "错误：迁移没有成功。" >&2; exit 1; }
[ -e "$ZHIKONG_HOME/dies" ] && kill -9 $PPID
[ "$2" = --count ] || echo "0.10.0" > "$ZHIKONG_HOME/migrated"
echo 'zhikong-tried:{"after": {"findings": '"$(cat "$ZHIKONG_HOME/rows" | wc -l)"'}}'
"""


@pytest.fixture
def layout(tmp_path):
    return Layout(tmp_path / "site")


@pytest.fixture
def bundle(tmp_path, monkeypatch):
    """Make an unpacked bundle of a version."""
    monkeypatch.setattr(machine, "check", lambda told: None)
    monkeypatch.setattr(installing, "_programs", programs)

    def make(version):
        from installer.onsite import sums

        folder = tmp_path / f"bundle-{version}"
        (folder / "wheels").mkdir(parents=True)
        (folder / "wheels" / "a.whl").write_bytes(b"wheel")
        (folder / "VERSION").write_text(f"version={version}\narch=x86_64\npython=3.11\n")
        sums.write(folder)
        return folder

    return make


def programs(bundle, new):
    """What the real one does with pip, with a shell script."""
    new.step("programs")
    (new.folder / "VERSION").write_bytes((bundle / "VERSION").read_bytes())
    program = product.program(new)
    program.parent.mkdir(parents=True)
    program.write_text(PROGRAM)
    program.chmod(0o755)


@pytest.fixture
def installed(bundle, layout):
    """Version 0.9.0 with a hospital of two rows."""
    made = installing.install(bundle("0.9.0"), layout, now=lambda: NOW)
    (made.data / "connection.json").write_text('{"embedded": true}')
    (made.data / "rows").write_text("one\ntwo\n")
    (made.keys / "raw.key").write_text("key")
    return made


@pytest.fixture
def serving(installed):
    """A process that holds the data folder as the running service does."""
    code = (
        "import fcntl, os, sys, time; f = open(sys.argv[1], 'a+'); fcntl.flock(f, fcntl.LOCK_EX);"
        "f.truncate(0); f.write(str(os.getpid())); f.flush(); print('held', flush=True); time.sleep(600)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(installed.data / ".running")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    assert service.holder(installed) == process.pid
    yield process
    process.kill()
    process.wait()
    process.stdout.close()
