"""``zhikong alive``: whether the running service answers; for containers and service managers."""

import argparse
import http.client

from zhikong.site import serving
from zhikong.site.home import Explained
from zhikong.site.monitoring import asking
from zhikong.site.progress import say

HELP = "询问正在运行的服务是否正常（退出码 0 为正常，1 为不正常）"
CODES = {
    "database": "数据库没有应答",
    "migrations": "数据库结构与程序版本不一致",
    "worker": "后台任务进程没有出现",
    "lake": "数据湖读不到",
    "disk": "磁盘空间不足",
}


class NotWell(Explained):
    """The service does not answer, or says what is missing."""


def configure(parser: argparse.ArgumentParser) -> None:
    address, port = serving.address_and_port()
    parser.add_argument("--ready", action="store_true", help="连同数据库、后台任务、磁盘一起检查")
    parser.add_argument("--address", default=address, help=f"服务的地址，默认 {address}")
    parser.add_argument("--port", type=int, default=port, help=f"服务的端口，默认 {port}")


def run(arguments: argparse.Namespace) -> None:
    path = "/ready" if arguments.ready else "/alive"
    try:
        status, text = asking.ask(arguments.address, arguments.port, path)
    except (OSError, http.client.HTTPException) as error:
        where = f"{arguments.address}:{arguments.port}"
        raise NotWell(f"{where} 没有应答。服务没有启动，或正在启动；请看日志目录 logs。") from error
    if status != 200:
        raise NotWell(f"服务有应答，但没有就绪：{explained(text)}。请运行 zhikong doctor 查看如何处理。")
    say("服务正常。")


def explained(text: str) -> str:
    """Codes of /ready as a person reads them."""
    return "、".join(CODES.get(code, code) for code in text.strip().split(","))
