"""The one command: installs on an empty prefix, upgrades a copy of what is there otherwise."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from . import copying, machine, product, service, sums
from .layout import Layout, Set, order, version_of
from .words import Refused, say, spoken

UNPACKED = 4  # times the wheels' size: what a set takes at most
RESERVE = 200_000_000  # bytes that are left to the machine


def install(
    bundle: Path,
    layout: Layout,
    *,
    now: Callable[[], datetime],
    account: str | None = None,
    database_saved: bool = False,
) -> Set:
    """Install or upgrade from an unpacked bundle; gives the set that is then in force.

    account: who owns data and keys after a first installation; None: whoever runs this.
    """
    told = version_of(bundle)
    machine.check(told)
    say(f"检查安装包：{sums.check(bundle)} 个文件的校验值都相符。")
    layout.prefix.mkdir(parents=True, exist_ok=True)
    _tidy(layout)
    old = layout.current()
    if old is not None:
        _refuse_older(told["version"], old.version)
    _check_room(bundle, layout, old)
    new = layout.begin(told["version"])
    try:
        _programs(bundle, new)
        if old is None:
            _first(layout, new, now, account)
        else:
            _upgrade(layout, old, new, now, database_saved)
    except BaseException:
        _remove(new, layout)
        raise
    entrances(layout)
    return new


def _tidy(layout: Layout) -> None:
    for one in layout.leftovers():
        if not service.wait_for_database(one):
            pid = service.database_pid(one)
            raise Refused(f"上次中断的升级还留着数据库进程 {pid}。请等它结束，或 kill {pid} 后重试。")
    for name in layout.clear_leftovers():
        say(f"清理了上次没有完成的 {name}。")


def _refuse_older(new: str, old: str) -> None:
    if order(new) < order(old):
        raise Refused(
            f"安装包是 {new}，已安装的是更新的 {old}。要回到旧版本请运行 zhikong-site rollback。"
            "没有改动任何东西。"
        )


def _check_room(bundle: Path, layout: Layout, old: Set | None) -> None:
    wheels = sum(path.stat().st_size for path in (bundle / "wheels").iterdir())
    data = copying.size(old.data) if old else 0
    needed = UNPACKED * wheels + 2 * data + RESERVE
    machine.check_room(layout.prefix, needed, "升级" if old else "安装")


def _programs(bundle: Path, new: Set) -> None:
    """A virtual environment from the bundle's wheels alone; no registry is asked."""
    new.step("programs")
    say(f"安装程序 {new.name} …")
    shutil.copy2(bundle / "VERSION", new.folder)
    shutil.copytree(bundle / "onsite", new.folder / "onsite", ignore=shutil.ignore_patterns("__pycache__"))
    venv = new.folder / "venv"
    _run([sys.executable, "-I", "-m", "venv", "--without-pip", str(venv)], "没有建立 Python 环境")
    wheels = sorted((bundle / "wheels").glob("*.whl"))
    pip = next(path for path in wheels if path.name.startswith("pip-"))
    command = [str(venv / "bin" / "python"), "-s", f"{pip}/pip", "install", "--no-index", "--no-deps"]
    command += ["--quiet", "--disable-pip-version-check", "--no-input", "--no-cache-dir"]
    _run([*command, *(str(path) for path in wheels)], "程序没有装好")


def _first(layout: Layout, new: Set, now: Callable[[], datetime], account: str | None) -> None:
    for folder in (new.data, new.keys, layout.prefix / "backups"):
        folder.mkdir(mode=0o700, exist_ok=True)
        if account:
            shutil.chown(folder, account, pwd.getpwnam(account).pw_gid)
    new.tell(at=now().isoformat(timespec="seconds"))
    layout.flip(new)
    say(f"质控 {new.version} 已装到 {layout.prefix}。")


def _upgrade(layout: Layout, old: Set, new: Set, now: Callable[[], datetime], database_saved: bool) -> None:
    external = product.is_external(old)
    if external and not database_saved:
        raise Refused(
            "这家医院用自己的数据库服务器，升级会直接改它的结构，不能先在副本上试。"
            "请让数据库管理员先备份，再加 --database-saved 运行。没有改动任何东西。"
        )
    ran = service.stop(old)
    try:
        with service.held(old):
            new.step("copy")
            say(f"复制数据（{spoken(copying.size(old.data))}）…")
            copying.copy(old.data, new.data)
            copying.copy(old.keys, new.keys)
            tried = _tried(new)
            new.tell(**{"from": old.name, "at": now().isoformat(timespec="seconds"), "counts": tried})
            new.step("switch")
            layout.flip(new)
    except BaseException:
        if ran and service.start():
            say(f"旧版本 {old.version} 已重新启动。")
        raise
    say(f"已升级：{old.version} → {new.version}。旧版本和它的数据留在 {old.folder}。")
    if ran and not service.start():
        say(f"请启动服务：{layout.prefix}/bin/zhikong serve")


def _tried(new: Set) -> dict[str, int]:
    """Rows by table after the upgrade; nothing to try before a hospital was set up."""
    if not product.is_set_up(new):
        return {}
    new.step("trial")
    say("在副本上升级数据并试运行 …")
    found = product.upgraded(new)
    say(f"试运行通过：{len(found['after'])} 张表，{sum(found['after'].values())} 行，没有缺少。")
    return found["after"]


def _remove(new: Set, layout: Layout) -> None:
    """What is not in force is not left lying; a full disk gets its room back."""
    if layout.current() != new:
        shutil.rmtree(new.folder, ignore_errors=True)


def _run(command: list[str], what: str) -> None:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "PYTHON"))}
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={**kept, "PIP_CONFIG_FILE": os.devnull},
    )
    if done.returncode:
        told = (done.stderr.strip().splitlines() or ["没有说明"])[-1]
        raise Refused(f"{what}：{told}。原来的版本没有动过。")


def entrances(layout: Layout) -> None:
    """The two commands and the links by which people find their way; the same for every set."""
    (layout.prefix / "bin").mkdir(exist_ok=True)
    for name in ("data", "keys"):
        if not (layout.prefix / name).is_symlink():
            (layout.prefix / name).symlink_to(Path("current") / name)
    for name, text in {"zhikong": PRODUCT, "zhikong-site": SITE}.items():
        path = layout.prefix / "bin" / name
        draft = path.with_name(f".{name}")
        draft.write_text(text, encoding="utf-8")
        draft.chmod(0o755)
        draft.replace(path)


HEAD = """\
#!/bin/sh
# 以安装目录主人的身份运行；current 只看一次，切换版本时正在运行的命令不受影响。
prefix=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
set=$(readlink -f "$prefix/current")
"""
PRODUCT = (
    HEAD
    + """\
owner=$(stat -c %U "$set/data/")
if [ "$(id -u)" = 0 ] && [ "$owner" != root ]; then
  exec runuser -u "$owner" -- "$0" "$@"
fi
unset PYTHONPATH PYTHONHOME
export ZHIKONG_HOME="$set/data" ZHIKONG_KEYS="$set/keys"
exec "$set/venv/bin/zhikong" "$@"
"""
)
SITE = (
    HEAD
    + """\
export PYTHONPATH="$set"
cd / && exec "$set/venv/bin/python" -s -m onsite --prefix "$prefix" "$@"
"""
)
