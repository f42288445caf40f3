"""A backup that is killed at any write, or finds the disk full, costs nothing but itself."""

import io
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from zhikong.site.backup.vault import BLOCK, Vault, VaultFailed

KEY = b"k" * 32
EARLIER, LATER, NEXT = "20261121T023000", "20261122T023000", "20261123T023000"
WRITER = """
import io, os, signal, sys
from pathlib import Path
from zhikong.site.backup import vault as vaults
folder, name, seed, last = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
written = 0
real = os.fsync
def counted(handle):
    global written
    written += 1
    real(handle)
    if written == last:
        os.kill(os.getpid(), signal.SIGKILL)
vaults.os.fsync = counted
vault = vaults.Vault(folder, b"k" * 32)
with vault.alone():
    blocks, _ = vault.keep(io.BytesIO(b"".join(bytes([seed + i]) * vaults.BLOCK for i in range(3))))
    vault.write_list(name, {"files": [{"name": "data/a", "blocks": blocks}]})
"""
WRITES = 8  # three blocks and the list, each synchronised with its folder


def _write(folder, name, seed, last=0):
    done = subprocess.run(
        [sys.executable, "-c", WRITER, str(folder), name, str(seed), str(last)], check=False
    )
    return done.returncode


def _content(vault, name):
    return b"".join(b for file in vault.read_list(name)["files"] for b in vault.content(file["blocks"]))


@pytest.mark.parametrize("last", range(1, WRITES + 1))
@pytest.mark.proves("F-28")
def test_killed_at_any_write_the_earlier_backup_is_whole_and_the_next_one_works(tmp_path, last):
    folder = tmp_path / "to"
    assert _write(folder, EARLIER, seed=10) == 0
    assert _write(folder, LATER, seed=50, last=last) == -signal.SIGKILL
    vault = Vault(folder, KEY)
    before = b"".join(bytes([10 + i]) * BLOCK for i in range(3))
    assert _content(vault, EARLIER) == before
    if LATER in vault.names():  # it was killed after its list: then it is whole
        assert len(_content(vault, LATER)) == 3 * BLOCK
    with vault.alone():
        vault.sweep()
    assert _write(folder, NEXT, seed=90) == 0
    assert (_content(vault, EARLIER), len(_content(vault, NEXT))) == (before, 3 * BLOCK)
    assert not list(folder.rglob(".2*")) + list((folder / "blocks").rglob(".*"))


def test_the_writes_are_as_many_as_are_killed(tmp_path):
    assert _write(tmp_path / "to", EARLIER, seed=10, last=WRITES + 1) == 0


@pytest.fixture
def small_disk(tmp_path):
    """A real file system of nine megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = os.geteuid() == 0 and shutil.which("mount")
    command = ["mount", "-t", "tmpfs", "-o", "size=9m", "tmpfs", str(place)]
    if not mounted or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("a file system can be mounted by root alone")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_is_really_full_leaves_the_earlier_backup_and_room_for_the_next(small_disk):
    vault = Vault(small_disk / "to", KEY)
    content = os.urandom(BLOCK)
    _keep(vault, EARLIER, content)
    with pytest.raises(VaultFailed, match=r"磁盘已满.*上一份备份仍然可用"):
        _keep(vault, LATER, os.urandom(2 * BLOCK))
    assert vault.names() == [EARLIER]
    assert _content(vault, EARLIER) == content
    with vault.alone():
        assert vault.sweep() > 0
    _keep(vault, NEXT, content + b"a little more")
    assert _content(vault, NEXT) == content + b"a little more"


def _keep(vault, name, content):
    with vault.alone():
        blocks, _ = vault.keep(io.BytesIO(content))
        vault.write_list(name, {"files": [{"name": "data/a", "blocks": blocks}]})


def test_a_restore_that_is_killed_is_not_taken_for_whole(tmp_path, monkeypatch):
    from zhikong.site.backup import restoring

    monkeypatch.setenv("ZHIKONG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ZHIKONG_KEYS", str(tmp_path / "keys"))
    vault = Vault(tmp_path / "to", KEY)
    blocks, _ = vault.keep(io.BytesIO(b"content"))
    file = {"name": "data/files/a", "blocks": blocks, "sum": "0" * 64, "mode": 0o600}
    vault.write_list(EARLIER, {"files": [file]})
    with pytest.raises(VaultFailed, match="校验值不符"):
        restoring.bring_back(vault, EARLIER, KEY)
    with pytest.raises(restoring.RestoreRefused, match="恢复没有做完"):
        restoring.refuse_unfinished()
    restoring.check_empty()  # the same command may be run again
    (Path(tmp_path) / "home" / ".restoring").unlink()
    with pytest.raises(restoring.RestoreRefused, match="不是空的"):
        restoring.check_empty()
