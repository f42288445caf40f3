"""``zhikong compute``: values, signals and alerts of the published data."""

import argparse

from zhikong.site import frame
from zhikong.site.progress import Progress, say

HELP = "按已发布的数据计算全部指标、信号和预警"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--first-month", metavar="2026-01", help="第一个月；默认全部")
    parser.add_argument("--last-month", metavar="2026-10", help="最后一个月")
    parser.add_argument("--institution", help="机构代码；只有一个机构时不必给")


def run(arguments: argparse.Namespace) -> int:
    first, last = arguments.first_month, arguments.last_month
    if bool(first) != bool(last):
        raise frame.NotSetUp("--first-month 和 --last-month 要一起给。")
    with frame.database():
        frame.setup_django()
        with Progress().step("计算指标"), frame.in_scope("compute", arguments.institution):
            return _compute((first, last) if first else None)


def _compute(months: tuple[str, str] | None) -> int:
    from django.utils import timezone

    from zhikong.hospital.functions.indicators.actions import recompute

    run_of = recompute(by=None, now=timezone.now(), months=months)
    if run_of is None:
        say("还没有发布的数据，没有可以计算的内容。")
        return 1
    say(
        f"数据版本 {run_of.data_version}：{run_of.first_month} 至 {run_of.last_month}，共 {len(run_of.definitions)} 项指标。"
    )
    return 0
