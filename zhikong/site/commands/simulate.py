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
    parser.add_argument("--events", action="store_true", help="写出全部诊疗事件（逐块写，规模不限）")
    parser.add_argument("--hqms", action="store_true", help="同时写出病案首页 CSV（811 列）与附页")
    parser.add_argument("--encoding", choices=("utf-8", "gbk"), default="utf-8", help="CSV 的编码")


def run(arguments: argparse.Namespace) -> None:
    from zhikong.simulator import simulate, write

    progress = Progress()
    if arguments.events:
        _with_events(arguments, progress)
        return
    with progress.step("仿真"):
        made = simulate(arguments.seed, arguments.months, arguments.first_month, arguments.scale)
    with progress.step("写文件"):
        files = write(made, arguments.folder)
        if arguments.hqms:
            from zhikong.simulator.export_hqms import export

            files += export(made, arguments.folder / "hqms", encoding=arguments.encoding).files
    say(f"出院 {made.tables['stays'].num_rows} 例，{len(files)} 个文件在 {arguments.folder}")


def _with_events(arguments: argparse.Namespace, progress: Progress) -> None:
    """Block by block, so that a hospital of any size fits in memory."""
    from zhikong.simulator.streaming import write_hospital

    with progress.step("仿真并写文件"):
        done = write_hospital(
            arguments.folder,
            seed=arguments.seed,
            months=arguments.months,
            first_month=arguments.first_month,
            scale=arguments.scale,
        )
    say(f"出院 {done.rows['stays']} 例，{len(done.files)} 个文件在 {arguments.folder}")
