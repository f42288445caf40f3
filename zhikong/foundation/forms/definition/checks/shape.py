"""Every field must be known, present when required, and of the shape that is documented, at every level."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zhikong.engine.definitions.fields import Field, Shape
from zhikong.engine.definitions.problems import Problem, suggestion
from zhikong.foundation.forms.definition import fields
from zhikong.foundation.forms.definition.draft import Draft, Path

Level = tuple[dict[str, Field], dict[str, Any]]

# which list fields hold mappings, and of what fields
FORM: Level = (fields.FORM, {})
OPTION: Level = (fields.OPTION, {})
GRADE: Level = (fields.GRADE, {})
COLUMN: Level = (fields.ITEM, {"options": OPTION})
ITEM: Level = (fields.ITEM, {"options": OPTION, "columns": COLUMN})
SECTION: Level = (fields.SECTION, {"items": ITEM})
FORM[1].update(sections=SECTION, grades=GRADE)


def check(draft: Draft) -> Iterator[Problem]:
    yield from _level(draft, (), draft.located.data, FORM)


def _level(draft: Draft, path: Path, data: Any, level: Level) -> Iterator[Problem]:
    known, lists = level
    if not isinstance(data, dict):
        yield draft.problem(path, "这里应为“字段: 值”的形式。", f"可写的字段：{'、'.join(known)}。")
        return
    for name in data:
        if name not in known:
            yield draft.problem((*path, name), f"没有字段 {name}。", suggestion(name, known))
    for name, field in known.items():
        yield from _field(draft, path, data, name, field)
        if name in lists and isinstance(data.get(name), list):
            for i, entry in enumerate(data[name]):
                yield from _level(draft, (*path, name, i), entry, lists[name])


def _field(draft: Draft, path: Path, data: dict[str, Any], name: str, field: Field) -> Iterator[Problem]:
    if name not in data:
        if field.required:
            yield draft.problem(
                path, f"缺少字段 {name}（{field.meaning}）。", f"请补写 {name}: {field.shape.words}。"
            )
        return
    value = data[name]
    if not field.shape.fits(value):
        yield draft.problem((*path, name), f"{name} 的值不对。", f"应为{field.shape.words}。")
    elif isinstance(value, dict):
        yield from _keys(draft, (*path, name), value, field.shape)


def _keys(draft: Draft, path: Path, value: dict[str, Any], shape: Shape) -> Iterator[Problem]:
    for key in value:
        if shape.keys and key not in shape.keys:
            yield draft.problem((*path, key), f"{path[-1]} 里没有字段 {key}。", suggestion(key, shape.keys))
    for key in shape.required_keys:
        if key not in value:
            yield draft.problem(path, f"{path[-1]} 缺少 {key}。", f"应写成 {shape.words}。")
    words = fields.WORDS if path[-1] in ("title", "source") else fields.NUMBER
    for key, entry in value.items():
        if not words.fits(entry):
            yield draft.problem((*path, key), f"{key} 的值不对。", f"应为{words.words}。")
