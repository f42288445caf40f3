"""``zhikong doctor``: what is wrong with this installation, and what to do."""

import argparse
import json
from dataclasses import asdict
from datetime import datetime

from zhikong.site.doctor import examining
from zhikong.site.doctor.finding import ERROR, FINE, WARNING, Finding, worst
from zhikong.site.progress import say

HELP = "体检：检查机器、目录、密钥、访问、备份、数据库等，指出问题和处理办法"
MARKS = {FINE: "正常", WARNING: "注意", ERROR: "错误"}
VERDICTS = ("一切正常。", "可以使用，有需要注意的地方。", "有错误，请按上面的办法处理。")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="以 JSON 输出，供其他程序读取")


def run(arguments: argparse.Namespace) -> int:
    found = []
    for one in examining.examine(now=datetime.now().astimezone()):
        found.append(one)
        if not arguments.json:
            _tell(one)
    code = worst(found)
    if arguments.json:
        say(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
    else:
        say(VERDICTS[code])
    return code


def _tell(one: Finding) -> None:
    say(f"[{MARKS[one.level]}] {one.name}：{one.sentence}")
    if one.remedy:
        say(f"       → {one.remedy}")
