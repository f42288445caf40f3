"""``zhikong guide``: the printed manual as one PDF; needs no database."""

import argparse
from pathlib import Path

from zhikong.site.progress import Progress, say

HELP = "把使用手册写成一个 PDF 文件；不需要数据库"
FILE = "质控系统使用手册.pdf"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, default=Path(), help="写到哪个文件夹，默认当前文件夹")


def run(arguments: argparse.Namespace) -> None:
    from zhikong.hospital.overviews.help import paper

    arguments.out.mkdir(parents=True, exist_ok=True)
    with Progress().step("排版手册"):
        (arguments.out / FILE).write_bytes(paper.manual())
    say(str(arguments.out / FILE))
