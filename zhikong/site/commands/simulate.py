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
    parser.add_argument(
        "--hl7", action="store_true", help="同时写出 HL7 v2 消息（按事件先后，hl7/stream.hl7）"
    )
    parser.add_argument("--hl7-to", metavar="地址:端口", help="把 HL7 v2 消息逐条发往这个 MLLP 端口")
    parser.add_argument("--per-second", type=float, help="每秒最多发几条；不写则收到应答就发下一条")
    parser.add_argument(
        "--times-real", type=float, help="按真实时间的多少倍发送，如 3600 表示一秒发一小时的消息"
    )
    parser.add_argument("--hl7-faults", type=int, default=0, metavar="N", help="每类传输差错埋设几处，默认 0")
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
    if arguments.hl7 or arguments.hl7_to:
        _hl7(arguments, progress)
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


def _hl7(arguments: argparse.Namespace, progress: Progress) -> None:
    """The same hospital with its events as HL7 v2: into a file, over the line, or both; the ledger of faults beside."""
    import asyncio
    import json
    from dataclasses import asdict

    from zhikong.simulator import hl7, simulate

    made = simulate(arguments.seed, arguments.months, arguments.first_month, arguments.scale, events=True)
    tables = hl7.everything(made.tables, made.open_events)
    encoding = "gb18030" if arguments.encoding == "gbk" else "utf-8"
    faults = dict.fromkeys(hl7.KINDS, arguments.hl7_faults) if arguments.hl7_faults else {}
    folder = arguments.folder / "hl7"
    folder.mkdir(parents=True, exist_ok=True)
    with progress.step("写 HL7 消息"):
        done = hl7.write(tables, folder / "stream.hl7", encoding=encoding, seed=arguments.seed, faults=faults)
        ledger = json.dumps([asdict(one) for one in done.faults], ensure_ascii=False)
        (folder / "faults.json").write_text(ledger, encoding="utf-8")
    say(f"{done.messages} 条 HL7 消息在 {done.file}")
    if arguments.hl7_to:
        host, _, port = arguments.hl7_to.rpartition(":")
        with progress.step(f"发往 {arguments.hl7_to}"):
            stream = list(hl7.messages(tables, encoding=encoding))
            planter = hl7.Planter(arguments.seed, len(stream), faults)
            told = asyncio.run(
                hl7.send(
                    planter.sent(stream, encoding),
                    host,
                    int(port),
                    per_second=arguments.per_second,
                    times_real=arguments.times_real,
                )
            )
        say(f"发出 {told.sent} 条，应答 {told.answers}，重发 {told.again} 次，放弃 {told.given_up} 条")
