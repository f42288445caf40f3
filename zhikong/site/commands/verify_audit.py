"""``zhikong verify-audit``: is the audit trail what was sealed?"""

import argparse
from pathlib import Path

from zhikong.site import frame
from zhikong.site.home import Explained
from zhikong.site.progress import say

HELP = "核对审计记录：指出被删除、篡改、调换或截断的记录"


class BadHead(Explained):
    """The given head is not a line that verify-audit printed."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--head", action="append", default=[], metavar="封条", help="以前核对时打印的封条，可重复"
    )
    parser.add_argument("--heads", type=Path, metavar="文件", help="另处保存的封条文件，每行一个")


def run(arguments: argparse.Namespace) -> int:
    lines = list(arguments.head)
    if arguments.heads:
        lines += [line for line in arguments.heads.read_text(encoding="ascii").splitlines() if line.strip()]
    with frame.database():
        frame.setup_django()
        return _verify(lines)


def _verify(lines: list[str]) -> int:
    from django.utils import timezone

    from zhikong.foundation.audit import places
    from zhikong.foundation.audit.verify import verify

    try:
        heads = [places.as_head(line) for line in lines]
    except ValueError as error:
        raise BadHead("封条的格式不对：应是以前核对时打印的一整行。") from error
    report = verify(now=timezone.now(), old_heads=heads)
    for sentence in report.sentences():
        say(sentence)
    return 0 if report.sound else 1
