"""``zhikong report``: the month's brief as Word and PDF."""

import argparse
from pathlib import Path

from zhikong.site import frame
from zhikong.site.home import Explained
from zhikong.site.progress import Progress, say

HELP = "生成某个月的医疗质量简报（Word 和 PDF）"


class NoReport(Explained):
    """There is nothing to report on."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("month", metavar="2026-10", help="月份")
    parser.add_argument("--out", type=Path, default=Path(), help="写到哪个文件夹，默认当前文件夹")
    parser.add_argument("--institution", help="机构代码；只有一个机构时不必给")


def run(arguments: argparse.Namespace) -> None:
    with frame.database():
        frame.setup_django()
        with Progress().step("生成简报"), frame.in_scope("report", arguments.institution):
            files = _write(arguments.month, arguments.out)
    for file in files:
        say(str(file))


def _write(month: str, out: Path) -> list[Path]:
    """The brief as it stands; drafted from the figures when nobody has drafted it yet."""
    from zhikong.hospital.overviews.reports.documents import DOCUMENTS

    brief = _brief(month)
    out.mkdir(parents=True, exist_ok=True)
    files = []
    for kind, document in DOCUMENTS.items():
        files.append(out / f"医疗质量简报-{month}.{kind}")
        files[-1].write_bytes(document.make(brief))
    return files


def _brief(month: str):
    from django.core.exceptions import ValidationError
    from django.utils import timezone

    from zhikong.hospital.functions.indicators.months import is_month
    from zhikong.hospital.overviews.reports import actions, queries

    if not is_month(month):
        raise NoReport(f"月份要写成 2026-10 这样，而不是“{month}”。")
    try:
        return queries.brief_of(month) or actions.draft(by=None, now=timezone.now(), month=month)
    except ValidationError as error:
        raise NoReport(" ".join(error.messages)) from error
