"""``zhikong check-packs``: reads every pack and explains what is wrong, with file, line and remedy."""

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from zhikong.site import discovery, frame
from zhikong.site.progress import complain, say

HELP = "检查内容包：指标、表单、流程等定义，算例、复审日期、发布锁定、代码集和目标值"
LOCK = discovery.PACKAGE / "packs" / "versions.lock"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("packs", nargs="*", type=Path, help="内容包的文件夹；默认检查自带的全部内容包")
    parser.add_argument("--lock", action="store_true", help="锁定新发布的定义和新版本（只用于自带的内容包）")


def run(arguments: argparse.Namespace) -> int:
    from zhikong.engine.definitions import load_catalogue
    from zhikong.engine.inspection import inspect, reviews_due

    packs, today = arguments.packs or packaged(), datetime.now(UTC).date()
    catalogue = load_catalogue(packs)
    problems = inspect(catalogue, today=today, lent=packaged() if arguments.packs else ())
    others = checked(packs)
    problems += [problem for one in others for problem in one.problems]
    if not arguments.packs:  # what others publish is locked where they publish it
        problems += locked(catalogue, others, write=arguments.lock and not problems)
    for problem in problems:
        complain(f"{problem.file}:{problem.line}: {problem.message} 处理办法：{problem.remedy}")
    for definition in reviews_due(catalogue, today=today):
        say(f"提醒：{definition.id} 应在 {definition.next_review} 前复审（负责：{definition.owner}）。")
    found = f"指标定义 {len(catalogue.indicators)} 个，代码集 {len(catalogue.codes)} 个，其他定义 {len(others)} 个"
    say(f"{found}，问题 {len(problems)} 个。")
    return 1 if problems else 0


def checked(packs: list[Path]) -> list:
    """The files of the kinds that apps registered, judged."""
    with _apps():
        from zhikong.foundation.packstore.checking import check

        return check(packs, today=datetime.now(UTC).date())


def locked(catalogue, others: list, *, write: bool) -> list:
    """What differs from the lock file, after adding to it if wanted."""
    from zhikong.engine.definitions.locking import lock_problems, lock_text, read_lock
    from zhikong.foundation.packstore import checking

    if write:
        before = read_lock(LOCK)
        LOCK.write_text(lock_text(catalogue, before, also=checking.locked(others, before)), "utf-8")
    own = {name: lock for name, lock in read_lock(LOCK).items() if checking.is_ours(name)}
    return [*lock_problems(catalogue, LOCK, besides=own), *checking.lock_problems(others, own, LOCK)]


@contextmanager
def _apps() -> Iterator[None]:
    """Load the apps, which know their kinds. Checking needs no data folder, so none is made."""
    from django.apps import apps

    if apps.ready:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="zhikong-check-") as folder:
        os.environ["ZHIKONG_HOME"] = folder
        frame.setup_django("command")
        yield


def packaged() -> list[Path]:
    """The packs that come with the product."""
    return sorted(folder for folder in (discovery.PACKAGE / "packs").iterdir() if folder.is_dir())
