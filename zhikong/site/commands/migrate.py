"""``zhikong migrate``: tables, policies, grants and triggers as the code declares them."""

import argparse
from contextlib import ExitStack

from zhikong.site import frame, migrating
from zhikong.site.progress import Progress

HELP = "把数据库结构、行级策略和审计触发器更新到当前版本"


def configure(parser: argparse.ArgumentParser) -> None:
    """No options."""


def run(arguments: argparse.Namespace) -> None:
    progress = Progress(2)
    with ExitStack() as stack:
        with progress.step("启动数据库"):
            stack.enter_context(frame.database())
        with progress.step("更新数据库结构"):
            frame.setup_django()
            migrating.migrate()
