"""``zhikong explain``: where a number comes from: plan, counters, conditions, files and versions."""

import argparse
import json

from zhikong.site import frame
from zhikong.site.progress import say

HELP = "说明一个指标某月的数值是怎么得出来的：条件、计数、文件和数据版本"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("indicator", metavar="指标编号", help="如 average_length_of_stay")
    parser.add_argument("--month", required=True, metavar="2026-10", help="月份")
    parser.add_argument("--department", metavar="科室代码", help="默认全院")
    parser.add_argument("--as-of", metavar="数据版本", help="某个数据版本；默认现在发布的版本")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.add_argument("--institution", help="机构代码；只有一个机构时不必给")


def run(arguments: argparse.Namespace) -> int:
    with frame.database():
        frame.setup_django()
        with frame.in_scope("explain", arguments.institution):
            found = _explained(arguments)
    if arguments.json:
        say(json.dumps(found.plain(), ensure_ascii=False, indent=2))
    else:
        for line in found.lines():
            say(line)
    return 0


def _explained(arguments: argparse.Namespace):
    from django.utils import timezone

    from zhikong.foundation.facts import gateway
    from zhikong.hospital.functions.indicators.catalogue import definitions
    from zhikong.hospital.functions.indicators.months import is_month

    known = definitions()
    if arguments.indicator not in known:
        raise frame.NotSetUp(f"没有指标 {arguments.indicator}；编号见“指标库”页面。")
    if not is_month(arguments.month):
        raise frame.NotSetUp(f"月份要写成 2026-10 这样，而不是“{arguments.month}”。")
    try:
        snapshot = gateway.published(data_version=arguments.as_of)
    except LookupError as error:
        raise frame.NotSetUp(f"没有数据版本 {arguments.as_of}。") from error
    if snapshot.data_version == gateway.NOTHING:
        raise frame.NotSetUp("还没有发布的数据，没有可以说明的数值。")
    return gateway.explain(
        known[arguments.indicator],
        month=arguments.month,
        department=arguments.department,
        snapshot=snapshot,
        others=list(known.values()),
        now=timezone.now(),
    )
