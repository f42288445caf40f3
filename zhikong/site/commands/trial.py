"""``zhikong trial``: asked by the installer; upgrades the data folder at hand, tries it, and tells its rows."""

import argparse
import json

from zhikong.site import home, trying
from zhikong.site.progress import Progress, say
from zhikong.site.supervisor import instance

HELP = "升级数据并试运行（由安装程序在副本上调用）"
MARKER = "zhikong-tried:"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", action="store_true", help="只清点各表行数，不升级")


def run(arguments: argparse.Namespace) -> None:
    if arguments.count:
        found = {"after": trying.count()}
    else:
        with instance.only_one(home.folder()):
            found = trying.upgrade_and_try(Progress(3))
    say(MARKER + json.dumps(found))
