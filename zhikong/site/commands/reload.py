"""``zhikong reload``: the running service takes up new code, certificate and settings without losing a request."""

import argparse
import os
import signal

from zhikong.site import home
from zhikong.site.progress import say
from zhikong.site.supervisor import instance

HELP = "让正在运行的服务逐个更换进程：新证书、新设置生效，请求不丢失"


class NothingRuns(home.Explained):
    """No supervisor holds this data folder."""


def configure(parser: argparse.ArgumentParser) -> None:
    """It has no options."""


def run(arguments: argparse.Namespace) -> None:
    number = instance.holder(home.folder())
    if number is None:
        raise NothingRuns(f"数据目录 {home.folder()} 没有正在运行的服务。请用 zhikong serve 启动。")
    try:
        os.kill(number, signal.SIGUSR1)
    except PermissionError as error:
        raise NothingRuns(f"没有权限通知进程 {number}。请用运行服务的账号，或 root 执行。") from error
    say(f"已通知进程 {number}：各进程将逐个更换，正在处理的请求会先答完。")
