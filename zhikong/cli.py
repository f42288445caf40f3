"""The command ``zhikong``: reads the words after it and calls one command of site/commands."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence

from zhikong import __version__
from zhikong.site import commands, home
from zhikong.site.home import Explained
from zhikong.site.progress import complain


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. Expected failures are one Chinese sentence, not a traceback."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        chosen = parser().parse_args(arguments)
        os.environ["ZHIKONG_HOME"] = str(home.folder())  # also for every process that this one starts
        return chosen.run(chosen) or 0
    except KeyboardInterrupt:
        complain("已停止。")
        return 130
    except Explained as error:
        complain(f"错误：{error}")
        return 1


def parser() -> argparse.ArgumentParser:
    """All commands with their help."""
    top = argparse.ArgumentParser(prog="zhikong", description="质控：医院质量与安全系统")
    top.add_argument("--version", action="version", version=f"zhikong {__version__}")
    commands.register(top.add_subparsers(dest="command", required=True, metavar="命令"))
    return top


def _stop(number: int, frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
