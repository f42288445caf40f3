"""``zhikong training``: a hospital to practise in, beside the real one."""

import argparse
from datetime import datetime

from zhikong.site.progress import Progress, say
from zhikong.site.training import finishing, making, places
from zhikong.site.training.addresses import address

HELP = "演练：在正式医院旁边另设一家仿真数据的医院，随时可以重置"
ACTS = {
    "make": "建立（几分钟；已有的会先删除）",
    "reset": "恢复到刚建立时的样子，换一个演练密码",
    "on": "随服务一起运行",
    "off": "停下，数据保留",
    "remove": "停下并删除",
    "status": "现在怎样（默认）",
}


def configure(parser: argparse.ArgumentParser) -> None:
    told = "；".join(f"{name} {what}" for name, what in ACTS.items())
    parser.add_argument("act", nargs="?", default="status", choices=ACTS, help=told)
    parser.add_argument(
        "--finish", action="store_true", help=argparse.SUPPRESS
    )  # in the training folder, by make


def run(arguments: argparse.Namespace) -> None:
    if arguments.finish:
        say(finishing.finish(real=finishing.real_options(), today=datetime.now().astimezone().date()))
    elif arguments.act in ("make", "reset"):
        _renew(arguments.act)
    elif arguments.act == "status":
        _status()
    else:
        _simple(arguments.act)


def _renew(act: str) -> None:
    with Progress().step("建立演练医院（约需几分钟）" if act == "make" else "重置演练医院"):
        password = making.make() if act == "make" else making.reset()
    say(f"演练医院：{address()}（服务在运行时，一分钟内可以打开）")
    say(f"演练账号（密码都是 {password}，只显示这一次，重置时更换）：")
    say(
        "  zhikong 质控科　keshi 科主任　yishi 医师　hushi 护士　hushizhang 护士长　yiwu 医务科　huli 护理部　yuanzhang 院长"
    )
    say("每一页、每一份文件都标有“演练”；演练医院有自己的数据库和密钥，与正式数据互不相通，不发出任何消息。")


def _simple(act: str) -> None:
    if act == "remove":
        making.remove()
        say("演练医院已删除。")
        return
    making.switch(on=act == "on")
    say(f"演练医院随服务运行：{address()}" if act == "on" else "演练医院已停下，数据保留。")


def _status() -> None:
    if not places.folder().exists():
        say("没有演练医院。建立：zhikong training make")
        return
    say(f"演练医院在 {places.folder()}，{'随服务运行：' + address() if places.is_wanted() else '已停下。'}")
