"""``zhikong serve``: the site of a hospital."""

import argparse
from contextlib import ExitStack

from zhikong.site import frame, home, migrating, serving
from zhikong.site.backup import restoring
from zhikong.site.progress import Progress, say
from zhikong.site.supervisor import instance

HELP = "启动数据库、网页服务和后台任务，直到 Ctrl-C"


def configure(parser: argparse.ArgumentParser) -> None:
    address, port = serving.address_and_port()
    parser.add_argument("--address", default=address, help=f"监听地址，默认 {address}")
    parser.add_argument("--port", type=int, default=port, help=f"端口，默认 {port}")


def run(arguments: argparse.Namespace) -> None:
    home.check_bind(arguments.address)
    restoring.refuse_unfinished()
    instance.check_port(arguments.address, arguments.port)
    progress = Progress(3)
    with ExitStack() as stack:
        stack.enter_context(instance.only_one(home.folder()))
        with progress.step("启动数据库"):
            server = stack.enter_context(frame.database())
        with progress.step("更新数据库结构"):
            frame.setup_django()
            migrating.migrate()
        _refuse_empty()
        with progress.step("准备网页文件"):
            migrating.collect_static(progress)
        serving.run(server, arguments.address, arguments.port, lambda: _tell(arguments))
    say("已停止。")


def _tell(arguments: argparse.Namespace) -> None:
    say(f"质控已启动：{serving.site_address(arguments.address, arguments.port)}  按 Ctrl-C 停止")


def _refuse_empty() -> None:
    if not frame.institutions():
        raise frame.NotSetUp("还没有机构。请先运行 zhikong init（正式使用）或 zhikong demo（演示）。")
