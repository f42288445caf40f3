"""``zhikong simulate``: a synthetic hospital as files, with the ledger of the truth that was planted."""

import argparse
from pathlib import Path

from zhikong.site.progress import Progress, say

HELP = "生成仿真医院的数据文件和真值账本"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="写到哪个文件夹")
    parser.add_argument("--seed", type=int, default=1, help="随机种子：相同的种子得到相同的数据")
    parser.add_argument("--months", type=int, default=24, help="月数，默认 24")
    parser.add_argument("--first-month", default="2024-11", metavar="2024-11", help="第一个月")
    parser.add_argument("--scale", type=float, default=1.0, help="规模，1 为 600 张床")
    parser.add_argument("--hqms", action="store_true", help="同时写出病案首页 CSV（811 列）与附页")
    parser.add_argument("--encoding", choices=("utf-8", "gbk"), default="utf-8", help="CSV 的编码")


def run(arguments: argparse.Namespace) -> None:
    from zhikong.simulator import simulate, write

    progress = Progress()
    with progress.step("仿真"):
        made = simulate(arguments.seed, arguments.months, arguments.first_month, arguments.scale)
    with progress.step("写文件"):
        files = write(made, arguments.folder)
        if arguments.hqms:
            from zhikong.simulator.export_hqms import export

            files += export(made, arguments.folder / "hqms", encoding=arguments.encoding).files
    say(f"出院 {made.tables['stays'].num_rows} 例，{len(files)} 个文件在 {arguments.folder}")
