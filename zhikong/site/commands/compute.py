"""``zhikong compute``: values, signals and alerts of the published data; or a published month counted again."""

import argparse
from datetime import datetime

from zhikong.site import frame
from zhikong.site.progress import Progress, say

HELP = "按已发布的数据计算全部指标、信号和预警；或用当时的数据版本重算并核对"
SHOWN = 20  # differences that are listed; all are counted


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--first-month", metavar="2026-01", help="第一个月；默认全部")
    parser.add_argument("--last-month", metavar="2026-10", help="最后一个月")
    parser.add_argument("--institution", help="机构代码；只有一个机构时不必给")
    parser.add_argument(
        "--as-of",
        metavar="版本或时间",
        help="用某个数据版本（如 3f2a…）或某个时间（如 2026-11-01T08:00）当时的数据和定义重算，不写入，只核对是否与当时发布的完全相同",
    )


def run(arguments: argparse.Namespace) -> int:
    first, last = arguments.first_month, arguments.last_month
    if bool(first) != bool(last):
        raise frame.NotSetUp("--first-month 和 --last-month 要一起给。")
    months = (first, last) if first else None
    step = "重算并核对" if arguments.as_of else "计算指标"
    with frame.database():
        frame.setup_django()
        with Progress().step(step), frame.in_scope("compute", arguments.institution):
            return _replay(arguments.as_of, months) if arguments.as_of else _compute(months)


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


def _replay(as_of: str, months: tuple[str, str] | None) -> int:
    """0 when every figure is the one that was published."""
    from django.utils import timezone

    from zhikong.hospital.functions.indicators.actions.replaying import NotComputed, replay

    try:
        found = replay(by=None, as_of=moment(as_of) or as_of, now=timezone.now(), months=months)
    except (NotComputed, ValueError) as error:
        raise frame.NotSetUp(str(error)) from error
    for line in told(found):
        say(line)
    return 0 if found.equal else 1


def moment(text: str) -> datetime | None:
    """The moment that a text names, in the hospital's zone where it says none; None for a data version."""
    from django.utils import timezone

    if "-" not in text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return timezone.make_aware(found) if timezone.is_naive(found) else found


def told(found) -> list[str]:
    """A replay in sentences."""
    head = f"数据版本 {found.data_version}，{found.computed_at:%Y-%m-%d %H:%M} 计算，{found.months[0]} 至 {found.months[1]}："
    lines = [
        f"当时的定义已找不到，无法重算：{name}（指纹 {digest}）" for name, digest in found.unknown.items()
    ]
    for one in found.differences[:SHOWN]:
        indicator, department, month = one.cell
        lines.append(
            f"{indicator} {department or '全院'} {month}：当时 {_figure(one.published)}，重算 {_figure(one.replayed)}"
        )
    if len(found.differences) > SHOWN:
        lines.append(f"……共 {len(found.differences)} 处不同。")
    if found.equal:
        return [head + f"重算 {found.compared} 个结果，与当时发布的完全相同。"]
    if not found.compared:
        return [head + "当时没有发布结果，无从核对。", *lines]
    return [head + f"核对 {found.compared} 个结果，与当时发布的不完全相同。", *lines]


def _figure(figure) -> str:
    if figure is None:
        return "没有"
    numerator, denominator, value, reason = figure
    counted = "" if denominator is None else f"（{numerator} / {denominator}）"
    return reason if value is None else f"{value.normalize():f}{counted}"
