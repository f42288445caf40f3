"""``zhikong restore``: a hospital from its backup, into an empty data folder, on this machine or a new one."""

import argparse
import json
import os
import sys
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from zhikong.site import home
from zhikong.site.backup import clock, keys, restoring, verifying
from zhikong.site.backup.vault import Vault
from zhikong.site.home import Explained
from zhikong.site.progress import Progress, say
from zhikong.site.supervisor import instance

HELP = "从备份恢复到空的数据目录（ZHIKONG_HOME）"


class BadMoment(Explained):
    """The moment cannot be read."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="source", required=True, type=Path, metavar="文件夹", help="备份位置")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--at", metavar="时间", help='恢复到这一时刻或之前最近的一份，例如 "2026-11-22 02:30"')
    which.add_argument("--name", metavar="名称", help="恢复这一份（见 zhikong backup --list）")
    parser.add_argument(
        "--recovery-key", type=Path, metavar="文件", help="写有恢复密钥的文件；不写则在屏幕上询问"
    )
    parser.add_argument("--scratch", action="store_true", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> None:
    restoring.check_empty()
    key = _key(arguments.recovery_key)
    vault = Vault(arguments.source.expanduser().resolve(), key)
    name = restoring.chosen(vault, at=_moment(arguments.at), name=arguments.name)
    progress = Progress(3)
    with ExitStack() as stack:
        stack.enter_context(instance.only_one(home.folder()))
        with progress.step(f"取回备份 {name} 的文件"):
            told = restoring.bring_back(vault, name, key)
        with progress.step("启动空的数据库"):
            server = stack.enter_context(restoring.prepare_database())
        with progress.step("恢复数据库并逐表核对行数"):
            restoring.load(server, told)
        restoring.finish()
        if arguments.scratch:
            found = verifying.examine(told, clock.now())
            say(verifying.MARKER + json.dumps(found))
            return
    say(
        f"已恢复到 {told['at'][:16].replace('T', ' ')} 的状态：{len(told['rows'])} 张表，{sum(told['rows'].values())} 行。"
    )
    say("所有人需要重新登录。下一步：zhikong serve")


def _key(file: Path | None) -> bytes:
    if file is not None:
        try:
            return keys.read(file.read_text(encoding="ascii"))
        except (OSError, UnicodeDecodeError) as error:
            raise keys.WrongKey(f"读不了恢复密钥文件 {file}：{error}。") from error
    if os.environ.get(restoring.KEY):
        return keys.read(os.environ[restoring.KEY])
    if keys.path().exists():
        return keys.own()
    if not sys.stdin.isatty():
        raise keys.WrongKey("需要恢复密钥：请用 --recovery-key 指定写有它的文件。")
    return keys.read(input("恢复密钥（八组，组间用短横线）："))


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return clock.moment(text)
    except ValueError as error:
        raise BadMoment(f"时间“{text}”看不懂，请写成 2026-11-22 02:30。") from error
