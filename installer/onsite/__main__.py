"""``install.sh`` and ``zhikong-site``: install or upgrade, roll back, say how things stand, clean, the service's unit."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from . import installing, rolling_back, service
from .layout import Layout, Set
from .words import Refused, complain, say

ACCOUNT = "zhikong"


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code. What is refused is a sentence, a full disk too."""
    chosen = _parser().parse_args(words)
    os.umask(0o022)  # programs are read by the account that runs them; data and keys get their own rights
    layout = Layout(chosen.prefix.expanduser().absolute())
    try:
        chosen.run(chosen, layout)
    except Refused as refused:
        complain(f"错误：{refused}")
        return 1
    except OSError as error:
        complain(f"错误：{error.strerror}（{error.filename or layout.prefix}）。原来的版本和数据没有动过。")
        return 1
    except KeyboardInterrupt:
        complain("已停止。原来的版本和数据没有动过。")
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="zhikong-site", description="质控的安装、升级与退回")
    top.add_argument("--prefix", type=Path, default=Path("/opt/zhikong"), help="安装目录，默认 /opt/zhikong")
    commands = top.add_subparsers(required=True, metavar="命令")
    for name, run, told in (
        ("upgrade", _install, "从解开的安装包安装或升级（install.sh 即此命令）"),
        ("rollback", _roll_back, "退回升级前的版本和数据"),
        ("status", _status, "现在的版本、旧版本、服务是否运行"),
        ("clean", _clean, "删除没有完成的升级和更早的版本（保留现在的和上一个）"),
        ("service", _service, "安装 systemd 服务（需要 root）；--print 只打印"),
    ):
        one = commands.add_parser(name, help=told, description=told)
        one.set_defaults(run=run)
        if name == "upgrade":
            one.add_argument("bundle", type=Path, help="解开的安装包")
            one.add_argument("--database-saved", action="store_true", help="自有数据库服务器已由管理员备份")
        if name == "service":
            one.add_argument("--print", action="store_true", dest="only_print", help="只打印单元文件")
    return top


def _install(chosen: argparse.Namespace, layout: Layout) -> None:
    account = _account()
    with _alone(layout):
        made = installing.install(
            chosen.bundle.resolve(),
            layout,
            now=_now,
            account=account,
            database_saved=chosen.database_saved,
        )
    if not (made.data / "connection.json").exists():
        say(f"下一步：{layout.prefix}/bin/zhikong init，然后 {layout.prefix}/bin/zhikong-site service。")


def _roll_back(chosen: argparse.Namespace, layout: Layout) -> None:
    with _alone(layout):
        rolling_back.roll_back(layout, now=_now)


def _status(chosen: argparse.Namespace, layout: Layout) -> None:
    current = layout.current()
    if current is None:
        raise Refused(f"{layout.prefix} 里还没有安装。")
    pid = service.holder(current)
    say(f"现在的版本：{current.version}（{current.folder}）")
    say(f"服务：正在运行（进程 {pid}）" if pid else "服务：没有运行")
    old = layout.previous()
    say(f"可以退回到：{old.version}（{old.folder}）" if old else "没有可以退回的旧版本")
    for one in layout.leftovers():
        say(f"没有完成的升级：{one.name}；下次升级或 zhikong-site clean 时清理")


def _clean(chosen: argparse.Namespace, layout: Layout) -> None:
    with _alone(layout):
        names = layout.clear_leftovers() + _older(layout)
    say(f"已删除：{'、'.join(names)}。" if names else "没有可以删除的。")


def _older(layout: Layout) -> list[str]:
    """Everything but the set in force and the one before; their data go with them."""
    current = layout.current()
    if current is None:
        raise Refused(f"{layout.prefix} 里还没有安装。")
    kept: set[Set | None] = {current, layout.previous()}
    gone = [one for one in layout.all() if one not in kept]
    for one in gone:
        shutil.rmtree(one.folder)
    return [one.name for one in gone]


def _service(chosen: argparse.Namespace, layout: Layout) -> None:
    current = layout.current()
    if current is None:
        raise Refused(f"{layout.prefix} 里还没有安装。")
    text = service.unit_text(layout, current.data.owner(), **_of_options(layout, current))
    if chosen.only_print:
        say(text)
        return
    if os.geteuid() != 0:
        raise Refused("安装服务需要 root。没有 root 时请用 --print 取得单元文件，交给系统管理员。")
    service.UNITS.mkdir(parents=True, exist_ok=True)
    (service.UNITS / service.UNIT).write_text(text, encoding="utf-8")
    if service.has_systemd():
        subprocess.run(["systemctl", "daemon-reload"], check=True)
        subprocess.run(["systemctl", "enable", "--now", service.UNIT], check=True)
    say(f"已安装 {service.UNITS / service.UNIT}，开机自动启动。查看：systemctl status zhikong")


def _of_options(layout: Layout, current: Set) -> dict[str, object]:
    """What the unit must allow, as the set-up decided: a place for backups, a port below 1024."""
    path = current.data / "site.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    to = str(kept.get("backup", {}).get("to", ""))
    inside = not to or Path(to).is_relative_to(layout.prefix)
    return {"backups": "" if inside else to, "low_port": int(kept.get("port", 8000)) < 1024}


def _account() -> str | None:
    """As root: an account of its own owns the data and runs the product; it is made at the first time."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError:
        shell = "/usr/sbin/nologin" if Path("/usr/sbin/nologin").exists() else "/sbin/nologin"
        command = ["useradd", "--system", "--user-group", "--home-dir", "/nonexistent", "--no-create-home"]
        subprocess.run([*command, "--shell", shell, ACCOUNT], check=True)
        say(f"建立了系统账号 {ACCOUNT}。")
    return ACCOUNT


@contextmanager
def _alone(layout: Layout) -> Iterator[None]:
    """One installer at a time."""
    layout.prefix.mkdir(parents=True, exist_ok=True)
    with (layout.prefix / ".installing").open("a", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("另一个安装或升级正在进行。请等它结束。") from None
        yield


def _now() -> datetime:
    return datetime.now().astimezone()


if __name__ == "__main__":
    sys.exit(main())
