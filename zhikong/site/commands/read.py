"""``zhikong read``: what a plan document says, as items. No database, nothing is written."""

import argparse
import json
from pathlib import Path

from zhikong.site.home import Explained
from zhikong.site.progress import complain, say

HELP = "读一份质量计划（docx、pdf、html、txt、doc），列出其中的目标、职责、期限、定额和日期"


class Refused(Explained):
    """A document that cannot be read."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="计划文件")
    parser.add_argument("--json", action="store_true", help="结果写成 JSON；位置是纯文本中的字符序号")
    parser.add_argument("--text", action="store_true", help="只输出纯文本，位置以它为准")
    parser.add_argument(
        "--model",
        metavar="URL",
        help="再请院内模型补充（默认关闭；只接受内网地址，结果标明来源，须人工核对）",
    )


def run(chosen: argparse.Namespace) -> int:
    from zhikong.reading.files import NotReadable, plain_text
    from zhikong.reading.reader import read

    try:
        text = plain_text(chosen.file)
    except NotReadable as error:
        raise Refused(f"{chosen.file.name}：{error}") from error
    if chosen.text:
        say(text)
        return 0
    found = read(text).as_json()
    if chosen.model:
        found["items"] += _proposed(text, found["items"], chosen.model)
    if chosen.json:
        say(json.dumps(found, ensure_ascii=False, indent=1))
        return 0
    for one in found["items"]:
        say("\t".join(_cells(one)))
    say(
        f"共 {len(found['items'])} 项；没有读懂 {len(found['unparsed'])} 句；其他数字 {len(found['other_numbers'])} 处。"
    )
    return 0


def _proposed(text: str, known: list[dict], address: str) -> list[dict]:
    """What the hospital's own model adds; when it cannot be asked, the rules' items stand alone and a note says why."""
    from zhikong.reading.model import NotAsked, proposals

    try:
        return proposals(text, known, address)
    except NotAsked as error:
        complain(str(error))
        return []


def _cells(one: dict) -> list[str]:
    often = one["frequency"] and f"{one['frequency']['count'] or '?'}/{one['frequency']['per']}"
    within = one["within"] and f"{one['within']['value']} {one['within']['unit']}"
    dates = f"{one['starts_on'] or ''}…{one['ends_on']}" if one["ends_on"] else ""
    value = f"{one['operator'] or ''}{one['value']} {one['unit'] or ''}" if one["value"] is not None else ""
    said = " ".join(one["text"].split())
    return [
        one["kind"],
        one["subject"],
        value,
        often or "",
        within or "",
        dates,
        "？" if one["needs_review"] else "",
        said,
    ]
