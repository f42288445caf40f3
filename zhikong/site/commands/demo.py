"""``zhikong demo``, which ``make run`` calls: a hospital to look around in."""

import argparse
import signal
import subprocess
import sys
from contextlib import ExitStack

from zhikong.site import frame, home, migrating, serving
from zhikong.site.progress import Progress, say
from zhikong.site.supervisor import instance
from zhikong.site.supervisor.guardian import tie_to_parent

HELP = "装入演示医院并启动（第一次需要一两分钟，以后几秒）"
SHOWN = ("zhikong", "keshi", "yishi", "yuanzhang")  # accounts that are printed first


def configure(parser: argparse.ArgumentParser) -> None:
    address, port = serving.address_and_port()
    parser.add_argument(
        "--address", default=address, help=f"监听地址，默认 {address}；演示数据只能用本机地址"
    )
    parser.add_argument("--port", type=int, default=port, help=f"端口，默认 {port}")
    parser.add_argument("--load-only", action="store_true", help="只装入数据，不启动服务")


def run(arguments: argparse.Namespace) -> int:
    home.refuse_public(arguments.address)
    if arguments.load_only:
        return _prepare()
    instance.check_port(arguments.address, arguments.port)
    if code := _prepare_apart():
        return code
    with instance.only_one(home.folder()), frame.database() as server:
        serving.run(server, arguments.address, arguments.port, lambda: _welcome(arguments))
    say("已停止。")
    return 0


def _prepare_apart() -> int:
    """Loading takes memory; in a process of its own it gives it back before the site runs for weeks."""
    command = [sys.executable, "-m", "zhikong", "demo", "--load-only"]
    return subprocess.run(command, check=False, preexec_fn=lambda: tie_to_parent(signal.SIGTERM)).returncode


def _prepare() -> int:
    """Database, tables, data, files; says what it does."""
    progress = Progress(9)
    with ExitStack() as stack:
        stack.enter_context(instance.only_one(home.folder()))
        with progress.step("启动数据库"):
            stack.enter_context(frame.database())
        with progress.step("更新数据库结构"):
            frame.setup_django()
            migrating.migrate()
        _load(progress)
        with progress.step("准备网页文件"):
            migrating.collect_static(progress)
    return 0


def _load(progress: Progress) -> None:
    from django.utils import timezone

    from zhikong.site.demo import loading

    if loading.wanted():
        home.set_options(demo=True)
        loading.load(now=timezone.now(), progress=progress)
    else:
        progress.number += loading.STEPS


def _welcome(arguments: argparse.Namespace) -> None:
    from zhikong.foundation.access.roles import ROLES
    from zhikong.simulator import hospital, people
    from zhikong.site.demo import PASSWORD

    known = {account.username: account for account in people.accounts()}
    say()
    say(f"质控已启动：http://{arguments.address}:{arguments.port}/")
    say(f"演示医院：{hospital.profile().name}（数据全部由仿真程序生成）")
    say(f"演示账号（密码都是 {PASSWORD}）：")
    for username in SHOWN:
        account = known[username]
        where = hospital.department(account.department).name if account.department else ""
        say(f"  {username:<12}{where}{ROLES[account.role].title}　{account.name}")
    say(f"  其他账号：{'、'.join(name for name in known if name not in SHOWN)}")
    say("按 Ctrl-C 停止；数据保留。")
