"""What codes without a code set in the contract are called: items that departments report, checklists and their items.

The words come from the packs' own forms, so that they cannot drift from what people fill in.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from zhikong import packs

PACKS = Path(packs.__path__[0])
LOADER = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # a hundred files: the reader in C takes a tenth of the time
REPORTED = {  # what departments report by hand has no code set in the contract
    "basics_exam": "三基考核",
    "outpatient_record": "门诊病历书写",
    "equipment": "医疗设备",
    "emergency_equipment": "急救仪器、药物",
    "basics_training": "三基三严培训",
    "prescription": "处方点评",
    "examination_report": "辅助检查报告单",
    "compensation": "投诉纠纷赔偿",
    "rescue": "危重患者抢救",
    "discharged": "出院人次",
}


def called(table: str, column: str, code: object) -> str | None:
    """The words of a code in a column that has no code set; None when nobody gave it any."""
    if table != "inspection_answers":
        return REPORTED.get(code) or _reported().get(code)
    return {"form": _checklists, "item": _items}.get(column, dict)().get(code)


def _read(*folders: str) -> Iterator[dict[str, Any]]:
    for folder in folders:
        for file in sorted(PACKS.glob(f"*/{folder}/*.yaml")):
            found = yaml.load(file.read_text("utf-8"), Loader=LOADER)
            if isinstance(found, dict):  # examples are lists
                yield found


@cache
def _reported() -> dict[str, str]:
    items = [item for form in _read("reporting") for item in form.get("items") or ()]
    return {item["id"]: item["title"] for item in items if isinstance(item.get("title"), str)}


@cache
def _checklists() -> dict[str, str]:
    return {form["id"]: form["title"]["zh"] for form in _read("checklists", "forms")}


@cache
def _items() -> dict[str, str]:
    """Item id → its words, where one id means one thing in all checklists; else the id says more than wrong words."""
    sections = [section for form in _read("checklists", "forms") for section in form.get("sections") or ()]
    said = {(item["id"], item["text"]) for section in sections for item in section["items"] if "text" in item}
    times = Counter(code for code, _text in said)
    return {code: text for code, text in said if times[code] == 1}
