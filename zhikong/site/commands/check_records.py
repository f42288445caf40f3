"""``zhikong check-records``: judges the records of a folder by the rules of a pack. No database, nothing is written."""

import argparse
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from zhikong.site.home import Explained
from zhikong.site.progress import complain, say

HELP = "按内容包的质控规则检查一个文件夹里的病历数据（每张契约表一个 CSV），不需要数据库"
REFUSED = 2
WORDS = ("pass", "fail", "not_applicable", "not_assessable", "error")
TITLES = dict(zip(WORDS, ("通过", "不通过", "不适用", "无法评估", "规则出错"), strict=True))
OF_VERDICT = ("encounter", "rule", "version", "verdict", "reason", "due_at", "at")
OF_OBLIGATION = (
    "encounter", "rule", "version", "state", "explanation", "due_at", "warn_at", "at", "anchor", "anchor_at", "subject",
    "responsible", "department",
)  # fmt: skip


class Refused(Explained):
    """Data or arguments that cannot be used."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "data", type=Path, metavar="DATA", help="文件夹：stays.csv、documents.csv 等，列名同数据契约"
    )
    parser.add_argument(
        "--rules", required=True, metavar="PACK", help="自带内容包的名称（如 national），或内容包的文件夹"
    )
    parser.add_argument("--json", action="store_true", help="结果写成 JSON；不写时列成表")
    parser.add_argument(
        "--now", metavar="2026-11-22T08:00", help="以这一时刻为现在；默认此刻。在院的病历算到现在为止"
    )
    parser.add_argument("--obligations", action="store_true", help="列出每一项应完成的事及其时限，而不是结论")
    parser.add_argument("--preset", default="national", help="规则集，默认 national；如 seeds 为更严格的一套")
    parser.add_argument(
        "--rule", action="append", metavar="标识", help="只用这条规则，可以重复；停用的规则也可以点名"
    )
    parser.add_argument(
        "--shift-hours", metavar="08:00,17:30", help="没有值班表时交接班的钟点，用于“当班完成”的规则"
    )
    parser.add_argument(
        "--backend", choices=("vector", "reference"), default="vector", help=argparse.SUPPRESS
    )


def run(arguments: argparse.Namespace) -> int:
    try:
        how = _how(arguments)
        source = _source(arguments.data)
        rules, problems = _rules(arguments)
    except Refused as error:
        complain(f"错误：{error}")
        return REFUSED
    for problem in problems:
        complain(str(problem))
    found, broken = (
        _obligations(rules, source, how) if arguments.obligations else _verdicts(rules, source, how)
    )
    if arguments.json:
        say(json.dumps({"obligations" if arguments.obligations else "verdicts": found}, ensure_ascii=False))
    else:
        _tell(found, OF_OBLIGATION if arguments.obligations else OF_VERDICT)
    return 1 if problems or broken else 0


def _how(arguments: argparse.Namespace) -> dict[str, Any]:
    """What the clocks are read with."""
    from zhikong.foundation.calendar.rules import WorkingCalendar

    how: dict[str, Any] = {
        "now": _moment(arguments.now),
        "calendar": WorkingCalendar(),
        "backend": arguments.backend,
    }
    if arguments.shift_hours:
        hours = tuple(word.strip() for word in arguments.shift_hours.split(","))
        for word in hours:
            _checked_hour(word)
        how["shift_hours"] = hours
    return how


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now()  # noqa: DTZ005  facts carry the local wall time without a zone
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"--now {text} 不是时间，请写成 2026-11-22T08:00。") from None
    if found.tzinfo is not None:
        raise Refused("--now 请写当地时间，不带时区。")
    return found


def _checked_hour(word: str) -> None:
    from datetime import time

    try:
        time.fromisoformat(word)
    except ValueError:
        raise Refused(f"--shift-hours 里的 {word} 不是钟点，请写成 08:00,17:30。") from None


def _source(folder: Path):
    """The folder's tables. Raises Refused with every bad value, at most MOST_TOLD of them told."""
    from zhikong.engine.backends.source import Source
    from zhikong.intake.contract_folder import MOST_TOLD, read_folder

    if not folder.is_dir():
        raise Refused(f"没有文件夹 {folder}。请检查路径。")
    read = read_folder(folder)
    for note in read.notes:
        complain(note)
    if read.bad:
        told = "\n".join(read.bad[:MOST_TOLD])
        more = f"\n……共 {len(read.bad)} 处。" if len(read.bad) > MOST_TOLD else ""
        raise Refused(f"数据有错，没有检查。请更正后再试：\n{told}{more}")
    return Source(memory=read.tables)


def _rules(arguments: argparse.Namespace) -> tuple[list, list]:
    """The rules that judge, and what is wrong with others of the pack."""
    from zhikong.engine.record_rules import load_events, load_rules
    from zhikong.engine.record_rules.choosing import chosen
    from zhikong.site.commands.check_packs import packaged

    pack, wanted = _pack(arguments.rules, packaged()), set(arguments.rule or ())
    packs = [*(one for one in packaged() if one.resolve() != pack.resolve()), pack]
    codes = _codes(packs)
    events, problems = load_events(packs, codes)
    rules, wrong = load_rules(pack, codes, events, only=wanted or None)
    if unknown := sorted(wanted - {rule.id for rule in rules} - {problem.file.stem for problem in wrong}):
        raise Refused(f"内容包 {pack.name} 里没有规则 {'、'.join(unknown)}。")
    return rules if wanted else chosen(rules, preset=arguments.preset), [*problems, *wrong]


def _codes(packs: list[Path]) -> dict[str, tuple]:
    """The lists of codes that conditions may name."""
    from zhikong.engine.definitions.model import CodeList
    from zhikong.engine.definitions.shelves import by_reference, read_codes

    read = (read_codes(file) for pack in packs for file in sorted((pack / "codes").glob("*.yaml")))
    lists = by_reference(found for found in read if isinstance(found, CodeList))
    return {name: found.ranges for name, found in lists.items()}


def _pack(written: str, packaged: list[Path]) -> Path:
    named = {one.name: one for one in packaged}
    if written in named:
        return named[written]
    folder = Path(written)
    if (folder / "record_rules").is_dir():
        return folder
    raise Refused(
        f"没有内容包 {written}。自带的有：{'、'.join(named)}；也可以写内容包的文件夹（其中要有 record_rules/）。"
    )


def _verdicts(rules: list, source, how: dict[str, Any]) -> tuple[list[dict], bool]:
    from zhikong.engine.record_rules.checking import check

    found = [_plain(row, OF_VERDICT) for row in check(rules, source, **how).to_pylist()]
    return found, any(row["verdict"] == "error" for row in found)


def _obligations(rules: list, source, how: dict[str, Any]) -> tuple[list[dict], bool]:
    from zhikong.engine.record_rules.checking import obligations

    errors: dict[str, str] = {}
    found = [
        _plain(row, OF_OBLIGATION) for row in obligations(rules, source, errors=errors, **how).to_pylist()
    ]
    for rule, message in errors.items():
        complain(f"规则 {rule} 出错：{message}")
    return found, bool(errors)


def _plain(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Times as text, the rest as it is."""
    picked = {name: row[name] for name in names}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in picked.items()
    }


def _tell(found: list[dict], names: tuple[str, ...]) -> None:
    if names is OF_OBLIGATION:
        for row in found:
            say(f"{row['encounter']}  {row['state']:<8} {row['explanation']}")
        say(f"共 {len(found)} 项。")
        return
    for row in found:
        if row["verdict"] not in ("pass", "not_applicable"):
            say(
                f"{row['encounter']}  {TITLES[row['verdict']]}  {row['rule']}（第 {row['version']} 版）  {row['reason']}"
            )
    counts = {word: sum(1 for row in found if row["verdict"] == word) for word in WORDS}
    say("，".join(f"{TITLES[word]} {count}" for word, count in counts.items()) + "。")
