"""``zhikong backup``: a sealed backup, the list of them, or the verification of one."""

import argparse
from pathlib import Path

from zhikong.site import frame, home
from zhikong.site.backup import clock, keys, nightly, restoring, state, taking, verifying
from zhikong.site.backup.vault import Vault
from zhikong.site.home import Explained
from zhikong.site.progress import Progress, say

HELP = "备份：数据库、事实表、文件和密钥，加密、去重；可在服务运行时进行"


class NoPlace(Explained):
    """Nobody has said where backups go."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--to", type=Path, metavar="文件夹", help="备份位置；不写则用 site.json 里的 backup.to"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="列出已有备份")
    what.add_argument(
        "--verify", nargs="?", const="", metavar="名称", help="恢复到临时位置并核对；不写名称则核对最新一份"
    )
    what.add_argument("--show-key", action="store_true", help="打印恢复密钥，请抄在纸上另处保管")
    what.add_argument("--nightly", action="store_true", help="例行备份一次：备份、核对、清理过期备份")
    what.add_argument("--watch", action="store_true", help=argparse.SUPPRESS)  # the service's child


def run(arguments: argparse.Namespace) -> None:
    if arguments.watch:
        nightly.watch()
    to = taking.check_place(place(arguments.to))
    if arguments.list:
        _list(to)
    elif arguments.show_key:
        _show_key()
    elif arguments.verify is not None:
        _verify(to, arguments.verify)
    elif arguments.nightly:
        nightly.run(to=to, now=clock.now())
    else:
        _take(to)


def place(given: Path | None) -> Path:
    """Where backups go: as given, else as the administrator set it; raises NoPlace."""
    found = given or home.options().get("backup", {}).get("to")
    if not found:
        raise NoPlace("还没有设定备份位置。请用 --to 指定一个文件夹，最好在另一块盘或网络存储上。")
    return Path(found)


def _take(to: Path) -> None:
    first = not keys.path().exists()
    progress = Progress()
    with progress.step(f"备份到 {to}"), frame.database() as server:
        told = taking.take(server=server, to=to, now=clock.now())
    say(f"备份 {told.name} 完成：共 {_size(told.size)}，新增 {_size(told.added)}。")
    if first:
        _show_key()


def _show_key() -> None:
    say(
        "恢复密钥（没有它，任何人都打不开备份，包括您自己；请抄在纸上，锁在保险柜里，不要存放在这台服务器上）："
    )
    say(f"  {keys.on_paper(keys.own())}")


def _list(to: Path) -> None:
    vault = Vault(to, keys.own())
    verified = state.read().get("verified", {})
    for name in vault.names():
        told = vault.read_list(name)
        size = sum(file["size"] for file in told["files"])
        mark = "  已验证" if verified.get("ok") and verified["name"] == name else ""
        say(f"  {name}  版本 {told['version']}  {_size(size)}  {sum(told['rows'].values())} 行{mark}")
    if not vault.names():
        say(f"{to} 里还没有备份。")


def _verify(to: Path, name: str) -> None:
    chosen = restoring.chosen(Vault(to, keys.own()), name=name or None)
    with Progress().step(f"把备份 {chosen} 恢复到临时位置并核对"):
        found = verifying.verify(source=to, name=chosen, now=clock.now())
    say(
        f"备份 {chosen} 可用：{found['tables']} 张表 {found['rows']} 行、事实表 {found['lake_tables']} 张版本相符，"
        f"重算 {found['figures']} 个指标值全部一致。"
    )


def _size(number: int) -> str:
    return f"{number / 1e9:.2f} GB" if number >= 1e9 else f"{number / 1e6:.1f} MB"
