"""``zhikong check-packs``: reads every pack and explains what is wrong, with file, line and remedy."""

import argparse
from pathlib import Path

from zhikong.site import discovery
from zhikong.site.progress import complain, say

HELP = "检查内容包：指标定义、代码集和目标值"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("packs", nargs="*", type=Path, help="内容包的文件夹；默认检查自带的全部内容包")


def run(arguments: argparse.Namespace) -> int:
    from zhikong.engine.definitions import load_catalogue

    catalogue = load_catalogue(arguments.packs or packaged())
    for problem in catalogue.problems:
        complain(f"{problem.file}:{problem.line}: {problem.message} 处理办法：{problem.remedy}")
    found = f"指标定义 {len(catalogue.indicators)} 个，代码集 {len(catalogue.codes)} 个"
    say(f"{found}，问题 {len(catalogue.problems)} 个。")
    return 1 if catalogue.problems else 0


def packaged() -> list[Path]:
    """The packs that come with the product."""
    return sorted(folder for folder in (discovery.PACKAGE / "packs").iterdir() if folder.is_dir())
