"""``zhikong guide``: the printed manual as one PDF; needs no database."""

import argparse
import os
import tempfile
from pathlib import Path

from zhikong.site import frame
from zhikong.site.progress import Progress, say

HELP = "把使用手册写成一个 PDF 文件；不需要数据库"
FILE = "质控系统使用手册.pdf"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, default=Path(), help="写到哪个文件夹，默认当前文件夹")


def run(arguments: argparse.Namespace) -> None:
    arguments.out.mkdir(parents=True, exist_ok=True)
    with Progress().step("排版手册"):
        (arguments.out / FILE).write_bytes(_manual())
    say(str(arguments.out / FILE))


def _manual() -> bytes:
    """The manual needs the settings but no data folder, so none is made."""
    from django.apps import apps

    if not apps.ready:
        with tempfile.TemporaryDirectory(prefix="zhikong-guide-") as folder:
            os.environ["ZHIKONG_HOME"] = folder
            frame.setup_django("command")
    from zhikong.hospital.overviews.help import paper

    return paper.manual()
