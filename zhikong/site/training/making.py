"""Makes, resets and removes the training hospital. Each touches its own folders and one word of the real site.json."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
import time
from pathlib import Path

from zhikong.site import home
from zhikong.site.home import Explained
from zhikong.site.training import places

STOPS_WITHIN = 90  # seconds that the running training site gets to end
COPIED = ("allowed_hosts", "https", "certificate", "certificate_key", "trusted_proxy", "address")
LEAST_ROOM = 3 * 10**9  # bytes: the hospital, its fresh copy, and room to work


class TrainingRefused(Explained):
    """There is nothing to train beside, or it does not stop."""


def make() -> str:
    """Load the simulated hospital and keep a fresh copy; gives the practice password. Takes a few minutes.

    An earlier one is replaced only when the new one is whole.
    """
    _check_real()
    if shutil.disk_usage(home.folder()).free < LEAST_ROOM:
        raise TrainingRefused("磁盘空间不足 3 GB，装不下演练医院。请先腾出空间。")
    data, keys = places.draft()
    for folder in (data, keys):
        _delete(folder)
        _mark(folder)
    _run(["demo", "--load-only"], data=data, own_keys=keys)
    remove()
    data.rename(places.fresh())
    keys.rename(places.keys())
    _copy(places.fresh(), places.folder())
    return _open()


def reset() -> str:
    """Back to the day on which it was made; gives a new practice password. Whatever was practised is gone."""
    _check_real()
    if not places.fresh().exists():
        raise TrainingRefused("还没有演练医院。请先运行 zhikong training make。")
    _stop()
    _delete(places.folder())
    _copy(places.fresh(), places.folder())
    return _open()


def switch(*, on: bool) -> None:
    """Let the service run it, or not; what was practised stays."""
    _check_real()
    if on and not places.folder().exists():
        raise TrainingRefused("还没有演练医院。请先运行 zhikong training make。")
    _set(on=on)
    if not on:
        _stop()


def remove() -> None:
    """Stop it and delete its folders and keys."""
    _check_real()
    _stop()
    for folder in (places.folder(), places.fresh(), places.keys()):
        _delete(folder)


def _check_real() -> None:
    """Training stands beside a real hospital; the demo is a made-up one already."""
    if home.is_demo() or home.options().get(places.MARK):
        raise TrainingRefused("这里已经是演示或演练数据，不需要另设演练医院。请在正式的数据目录里运行。")
    if not (home.folder() / "connection.json").exists():
        raise TrainingRefused("还没有建立医院。请先运行 zhikong init。")


def _open() -> str:
    """Practice accounts get a password that is in no manual; then other machines may reach the site."""
    password = _run(["training", "--finish"]).strip().splitlines()[-1]
    _set(on=True)
    return password


def _stop() -> None:
    """Switch it off and wait until its supervisor has let go of the folder."""
    _set(on=False)
    end = time.monotonic() + STOPS_WITHIN
    while _runs():
        if time.monotonic() > end:
            raise TrainingRefused(f"演练医院在 {STOPS_WITHIN} 秒内没有停下，没有改动。请稍后再试。")
        time.sleep(0.2)


def _runs() -> bool:
    lock = places.folder() / ".running"
    if not lock.exists():
        return False
    with lock.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _set(*, on: bool) -> None:
    kept = home.options().get(places.OPTION, {})
    home.set_options(**{places.OPTION: {**kept, "on": on, "port": places.port()}})


def _mark(folder: Path) -> None:
    folder.mkdir(parents=True, mode=0o755)
    (folder / places.OURS).touch()


def _run(words: list[str], **where: Path) -> str:
    """A command of ours in the training hospital's folder; its output, or a refusal with its last line."""
    done = subprocess.run(
        [sys.executable, "-m", "zhikong", *words],
        env=places.environment(**where),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        told = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()][-1:] or [
            "没有说明"
        ]
        raise TrainingRefused(f"演练医院没有建成：{told[0].removeprefix('错误：')}")
    return done.stdout


def _copy(source: Path, target: Path) -> None:
    """A whole copy under another name first; as root the database may lie elsewhere, behind a link."""
    draft = target.with_name(f".{target.name}.new")
    _delete(draft)
    subprocess.run(["cp", "-a", "--reflink=auto", str(source), str(draft)], check=True)
    database = draft / "postgres"
    if database.is_symlink():
        database.unlink()
        subprocess.run(
            ["cp", "-a", "--reflink=auto", str((source / "postgres").resolve()), str(database)], check=True
        )
    draft.rename(target)


def _delete(folder: Path) -> None:
    """Only what we made: somebody may keep a folder of that name for reasons of his own."""
    if not folder.exists():
        return
    if not (folder / places.OURS).exists():
        raise TrainingRefused(f"{folder} 不是演练医院的目录，没有删除。请先把它移到别处。")
    database = folder / "postgres"
    if database.is_symlink():
        shutil.rmtree(database.resolve())
    shutil.rmtree(folder)
