"""Reads a typed form: the language of foundation/forms, without the items that would lead out of the sealed room."""

from __future__ import annotations

from pathlib import Path

from zhikong.engine.definitions import located
from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.forms.definition import FormDefinition, read
from zhikong.hospital.functions.incidents.rules_reporting_typed import foreign_items

REMEDY = "专项表请用文字、数字、选项、日期；人员、患者、照片和签名不进专项表。"


def parse(text: str, *, file: Path) -> FormDefinition | list[Problem]:
    """The form, or what is wrong with it."""
    found = read(text, file=file)
    if isinstance(found, list):
        return found
    place = located.read_text(text, file=file)
    wrong = [
        place.problem(
            ("sections",), f"条目 {item.id} 的类型 {item.type} 不能用在不良事件的专项表里。", REMEDY
        )
        for item in foreign_items(found)
    ]
    if found.is_scored:
        wrong.append(place.problem(("full_score",), "专项表不计分。", "请去掉分值。"))
    return wrong or found
