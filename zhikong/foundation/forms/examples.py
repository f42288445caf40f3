"""Worked examples beside a checklist: answers in, the expected total, pass, vetoes and problems out.

A file `<id>.examples.yaml` is a list of `{name, rest, answers, expect}`. rest: what every other yes/no item is
answered, and an observation in full; answers: the items that differ; expect: `total` as printed (null for a form
without points), `passed`, `vetoes` and `problems`, ids of the items that called a veto and of those answered "no".
Whatever else the form requires is filled in plainly, so an example stays as short as what it shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import located
from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.forms import answers, scoring
from zhikong.foundation.forms.definition.model import YES_NO, FormDefinition, Item, ItemType

SUFFIX = ".examples.yaml"
EXPECTED = ("total", "passed", "vetoes", "problems")
REMEDY = "请改算例，或改表里的分值与否决。"
PLAIN: Mapping[ItemType, Any] = {
    ItemType.TEXT: "示例",
    ItemType.LONG_TEXT: "示例",
    ItemType.DATE: "2026-11-02",
    ItemType.TIME: "09:30",
    ItemType.DATETIME: "2026-11-02T09:30",
    ItemType.PERSON: 1,
    ItemType.DEPARTMENT: 1,
    ItemType.PATIENT: "p1",
    ItemType.PHOTO: [1],
    ItemType.SIGNATURE: {"user": 1, "name": "示例", "at": "2026-11-02T09:30"},
}


def file_of(form_file: Path) -> Path:
    """Where the examples of a form lie."""
    return form_file.with_name(form_file.stem + SUFFIX)


def problems(form: FormDefinition, file: Path) -> list[Problem]:
    """What is wrong with the examples beside a form's file; none when the form has no examples."""
    beside = file_of(file)
    if not beside.is_file():
        return []
    found = located.read(beside)
    if isinstance(found, Problem):
        return [found]
    if not isinstance(found.data, list) or not all(isinstance(one, dict) for one in found.data):
        return [found.problem((), "算例应是列表。", "写法见 packs/README.md。")]
    return [
        found.problem((number,), message, REMEDY)
        for number, one in enumerate(found.data)
        for message in _differences(form, one)
    ]


def filled(form: FormDefinition, example: Mapping[str, Any]) -> dict[str, Any]:
    """The raw answers of a whole sheet as an example means it, hidden items included."""
    said = dict(example.get("answers") or {})
    rest = example.get("rest", "yes")
    raw = {item.id: _plain(item, rest) for item in form.items() if item.has_answer} | said
    for item in form.items():
        if item.evidence != "never" and item.type is not ItemType.PHOTO:
            raw[item.id + answers.FILES] = [1]
    return {name: value for name, value in raw.items() if value is not None}


def _plain(item: Item, rest: str) -> Any:
    if item.type in YES_NO:
        return rest if rest != "na" or item.type is ItemType.YES_NO_NA else "yes"
    if item.type is ItemType.OBSERVATION:
        return {"n": item.of or 1, "m": item.of or 1}
    if item.type is ItemType.TABLE:
        rows = item.fixed or ("",) * item.rows_min
        return [{column.id: _plain(column, rest) for column in item.columns} for _row in rows] or None
    if item.type is ItemType.CHOICES:
        return [item.options[0].code]
    if item.type is ItemType.CHOICE:
        return item.options[0].code
    if item.type is ItemType.NUMBER:
        return str(item.min or 0)
    return PLAIN[item.type]


def _differences(form: FormDefinition, example: Mapping[str, Any]) -> Iterator[str]:
    name, expect = example.get("name", ""), example.get("expect")
    if not isinstance(expect, Mapping) or set(expect) != set(EXPECTED):
        yield f"算例“{name}”的 expect 应写 {'、'.join(EXPECTED)}。"
        return
    cleaned = answers.clean(form, filled(form, example), final=True)
    for item, told in cleaned.errors.items():
        yield f"算例“{name}”的 {item}：{told}"
    for what, value in outcome(form, cleaned.values).items():
        if value != expect[what]:
            yield f"算例“{name}”的 {what} 应为 {expect[what]}，算出来是 {value}。"


def outcome(form: FormDefinition, values: Mapping[str, Any]) -> dict[str, Any]:
    """What clean answers come to, in the words of `expect`."""
    result = scoring.score(form, values)
    vetoes = result.vetoes if result else scoring.vetoes(form, values)
    return {
        "total": None if result is None or result.total is None else f"{result.total:.2f}",
        "passed": scoring.passed(form, values),
        "vetoes": [hit.item for hit in vetoes],
        "problems": [item.id for item in form.items() if values.get(item.id) == "no"],
    }
