"""``zhikong check-packs``: reads every pack and explains what is wrong, with file, line and remedy."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from zhikong.site import discovery
from zhikong.site.progress import complain, say

HELP = "检查内容包：指标定义、算例、复审日期、发布锁定、代码集和目标值"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("packs", nargs="*", type=Path, help="内容包的文件夹；默认检查自带的全部内容包")
    parser.add_argument("--lock", action="store_true", help="锁定新发布的指标和新版本（只用于自带的内容包）")


def run(arguments: argparse.Namespace) -> int:
    from zhikong.engine.definitions import load_catalogue
    from zhikong.engine.inspection import inspect

    catalogue = load_catalogue(arguments.packs or packaged())
    problems = inspect(catalogue, today=datetime.now(UTC).date())
    if not arguments.packs:  # what others publish is locked where they publish it
        problems += locked(catalogue, write=arguments.lock and not problems)
    for problem in problems:
        complain(f"{problem.file}:{problem.line}: {problem.message} 处理办法：{problem.remedy}")
    found = f"指标定义 {len(catalogue.indicators)} 个，代码集 {len(catalogue.codes)} 个"
    say(f"{found}，问题 {len(problems)} 个。")
    return 1 if problems else 0


def locked(catalogue, *, write: bool) -> list:
    """What differs from the lock file, after adding to it if wanted."""
    from zhikong.engine.definitions.locking import lock_problems, lock_text, read_lock

    file = discovery.PACKAGE / "packs" / "versions.lock"
    if write:
        file.write_text(lock_text(catalogue, read_lock(file)), "utf-8")
    return list(lock_problems(catalogue, file))


def packaged() -> list[Path]:
    """The packs that come with the product."""
    return sorted(folder for folder in (discovery.PACKAGE / "packs").iterdir() if folder.is_dir())
