"""``zhikong chart``: control charts of the series in a CSV file, without a database."""

import argparse
import json
from pathlib import Path

from zhikong.site.home import Explained
from zhikong.site.progress import say

HELP = "画控制图：读 CSV 中的序列，给出中心线、控制限、信号和图标；不需要数据库"
TYPES = "run i ip mr xbar s p pp u up c g t median ewma cusum vlad racusum auto"
RULES = ("shewhart", "anhoej", "weco", "nelson", "nhs")
COLUMNS = """\
输入列：series,i,y,n,phase,exclude（n、phase、exclude 可以没有）；xbar 和 s 用 series,subgroup,y；
vlad 和 racusum 用 i,risk,died。i 是数或日期；y 留空表示缺失。详见 docs/guide/chart.md。
例：zhikong chart --type p --rules shewhart,anhoej 数据.csv --json"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = COLUMNS
    parser.add_argument("file", type=Path, metavar="IN.csv", help="输入文件（UTF-8 或 GB18030 的 CSV）")
    add = parser.add_argument
    add("--type", default="auto", choices=TYPES.split(), metavar="T", help=f"图的类型：{TYPES}；默认 auto")
    add("--rules", default="shewhart,anhoej", metavar="R", help=f"判异规则，逗号分隔：{','.join(RULES)}")
    add("--json", action="store_true", help="输出 JSON；默认输出便于阅读的表格")
    add("--freeze", type=_positive, metavar="N", help="控制限只由前 N 个点决定")
    add("--cl", type=_number, metavar="X", help="指定中心线（乘以 --multiply 之前的单位）")
    add("--multiply", type=_number, default=1.0, metavar="K", help="数值和控制限都乘以 K，如 1000")
    add("--target", type=_number, metavar="X", help="目标值，用于达标图标")
    add("--direction", default="up", choices=("up", "down", "neutral"), help="好的方向；默认 up")
    add("--no-screen", action="store_true", help="不筛除离群移动极差（默认筛除大于 3.267 倍均值的，一次）")
    add(
        "--limits",
        default="probability",
        choices=("sigma", "probability"),
        help="g、t 图的控制限；默认 probability",
    )
    _further(parser)


def _further(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--cap", type=_number, metavar="X", help="可能的最大值，控制限不超过它，如百分数的 100")
    add("--floor", type=_number, metavar="X", help="可能的最小值，控制限不低于它")
    add("--weight", type=_number, default=0.2, metavar="W", help="ewma 的权重 λ；默认 0.2")
    add("--width", type=_number, default=3.0, metavar="L", help="ewma 控制限的宽度，以 σ 计；默认 3")
    add("--slack", type=_number, default=0.5, metavar="K", help="cusum 的参考值 k，以 σ 计；默认 0.5")
    add("--h", type=_number, metavar="H", help="cusum（默认 5）和 racusum（默认 4.5）的判定界")
    add("--odds-ratio", type=_number, default=2.0, metavar="R", help="racusum 要发现的比值比；默认 2")


def _number(text: str) -> float:
    value = float(text)
    if value != value or value in (float("inf"), float("-inf")):
        raise argparse.ArgumentTypeError(f"“{text}”不是数。")
    return value


def _positive(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"“{text}”不是正整数。")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    from zhikong.engine.stats.reading import ChartInputError
    from zhikong.engine.stats.report import charts, lines

    wish = _wish(arguments)
    try:
        found = charts(arguments.file, wish, auto=arguments.type == "auto")
    except ChartInputError as error:
        raise Explained(str(error)) from error
    if arguments.json:
        say(json.dumps(found, ensure_ascii=False, allow_nan=False))
    else:
        say("\n".join(lines(found)))
    return 0


def _wish(arguments: argparse.Namespace):
    from zhikong.engine.stats.drawing import Wish

    _within(arguments)
    return Wish(
        kind="i" if arguments.type == "auto" else arguments.type,
        rules=_rules(arguments.rules),
        freeze=arguments.freeze,
        centre=arguments.cl,
        multiply=arguments.multiply,
        target=arguments.target,
        direction=arguments.direction,
        screened=not arguments.no_screen,
        limits=arguments.limits,
        cap=arguments.cap,
        floor=arguments.floor,
        weight=arguments.weight,
        width=arguments.width,
        slack=arguments.slack,
        h=arguments.h,
        odds_ratio=arguments.odds_ratio,
    )


def _rules(text: str) -> tuple[str, ...]:
    """The rule sets in the order given, each once."""
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    unknown = [name for name in names if name not in RULES]
    if unknown or not names:
        raise Explained(
            f"--rules 不认识“{'、'.join(unknown) or text}”。可用：{'、'.join(RULES)}，用逗号分隔。"
        )
    return names


def _within(arguments: argparse.Namespace) -> None:
    """Options that only make sense within bounds."""
    wrong = [
        ("--multiply", arguments.multiply, arguments.multiply > 0, "要大于 0"),
        ("--weight", arguments.weight, 0 < arguments.weight <= 1, "要在 0 和 1 之间"),
        ("--width", arguments.width, arguments.width > 0, "要大于 0"),
        ("--slack", arguments.slack, arguments.slack >= 0, "不能小于 0"),
        ("--h", arguments.h, arguments.h is None or arguments.h > 0, "要大于 0"),
        ("--odds-ratio", arguments.odds_ratio, arguments.odds_ratio > 1, "要大于 1"),
    ]
    for name, value, held, said in wrong:
        if not held:
            raise Explained(f"{name} {value:g} {said}。")
