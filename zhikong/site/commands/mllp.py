"""``zhikong mllp``: listens for HL7 v2 messages."""

import argparse
import asyncio
import os

from zhikong.site import frame, home
from zhikong.site.monitoring import last_words
from zhikong.site.supervisor.following import end_with_parent

HELP = "接收 HL7 v2 消息（MLLP；有 HL7 来源时由 zhikong serve 自动启动）"
FINISH_WITHIN = 15  # seconds that messages under way get when the supervisor is gone


def configure(parser: argparse.ArgumentParser) -> None:
    address = os.environ.get("ZHIKONG_MLLP_ADDRESS", "127.0.0.1")
    parser.add_argument(
        "--address", default=address, help=f"监听地址（$ZHIKONG_MLLP_ADDRESS），默认 {address}"
    )
    parser.add_argument("--supervised", action="store_true", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> None:
    home.check_bind(arguments.address)
    if arguments.supervised:
        end_with_parent(within=FINISH_WITHIN)
        _listen(arguments.address)
        return
    with frame.database():
        _listen(arguments.address)


def _listen(address: str) -> None:
    frame.setup_django("worker")
    last_words.install()
    from zhikong.hospital.functions.datasources.mllp import service

    asyncio.run(service.serve(address))
