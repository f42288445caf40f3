"""`python -m zhikong.simulator --out FOLDER`: write a simulated hospital as parquet files with its ledger."""

import argparse
import resource
import sys
import time
from pathlib import Path

from zhikong.simulator.events import EVENT_TABLES
from zhikong.simulator.simulation import Simulation, simulate, write
from zhikong.simulator.streaming import write_hospital


def main(arguments: list[str] | None = None) -> int:
    """Simulate, write, and say what was made and how much CPU it took."""
    options = _parser().parse_args(arguments)
    simulate(months=1, scale=0.01)  # loads catalogues and libraries, so that the figure is the work itself
    begin = time.process_time()
    if options.events:
        return _stream(options, begin)
    made = simulate(options.seed, options.months, options.first_month, options.scale)
    _say(made, time.process_time() - begin)
    files = write(made, options.out)
    if options.hqms:
        from zhikong.simulator.export_hqms import export

        files += export(made, options.out / "hqms", encoding=options.encoding).files
    for file in files:
        sys.stdout.write(f"{file}\n")
    return 0


def _stream(options: argparse.Namespace, begin: float) -> int:
    """Everything with its clinical events, block by block; says what it took, writing included."""
    done = write_hospital(
        options.out,
        seed=options.seed,
        months=options.months,
        first_month=options.first_month,
        scale=options.scale,
        delivered=options.delivered,
    )
    stays, seconds = done.rows["stays"], time.process_time() - begin
    events = sum(rows for name, rows in done.rows.items() if name in EVENT_TABLES) / max(stays, 1)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    sys.stdout.write(
        f"出院 {stays} 例，每例事件 {events:.0f} 行，连写文件用时 {seconds:.1f} 秒 CPU，"
        f"每万例 {seconds * 10_000 / max(stays, 1):.2f} 秒，内存最高 {memory:.2f} GiB\n"
    )
    for file in done.files:
        sys.stdout.write(f"{file}\n")
    return 0


def _say(made: Simulation, seconds: float) -> None:
    stays = made.tables["stays"].num_rows
    share = seconds * 10_000 / max(stays, 1)
    sys.stdout.write(f"出院 {stays} 例，用时 {seconds:.2f} 秒 CPU，每万例 {share:.2f} 秒\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m zhikong.simulator", description="仿真医院：数据与其中埋设的真相"
    )
    parser.add_argument("--out", type=Path, required=True, help="输出文件夹")
    parser.add_argument("--seed", type=int, default=1, help="随机种子，相同种子得到相同数据")
    parser.add_argument("--months", type=int, default=24, help="月数")
    parser.add_argument("--first-month", default="2024-11", help="第一个月")
    parser.add_argument("--scale", type=float, default=1.0, help="规模，1 为 600 张床")
    parser.add_argument("--events", action="store_true", help="同时写出全部诊疗事件（逐块写，规模不限）")
    parser.add_argument("--delivered", action="store_true", help="连同含身份信息的原始文书文字及其位置账本")
    parser.add_argument("--hqms", action="store_true", help="同时写出病案首页 CSV（811 列）与附页")
    parser.add_argument("--encoding", choices=("utf-8", "gbk"), default="utf-8", help="CSV 的编码")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
