"""Every field that must be there is there, none is unknown, and each holds what it should."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.fields import EVERY, FIELDS, Field, Shape
from zhikong.engine.definitions.kinds import Kind
from zhikong.engine.definitions.problems import Problem, suggestion


def check(draft: Draft) -> Iterator[Problem]:
    if not isinstance(draft.located.data, dict):
        yield draft.problem((), "文件应写成“字段: 值”的形式。", "请按 packs/README.md 的样例填写。")
        return
    for name in draft.data:
        if name not in FIELDS:
            yield draft.problem((name,), f"没有字段 {name}。", suggestion(name, FIELDS))
    kind = _kind(draft.data.get("kind"))
    for name, field in FIELDS.items():
        if name in draft.data:
            yield from _given(draft, name, field, kind)
        elif field.required and (kind in field.kinds or field.kinds == EVERY):
            yield draft.problem((), f"缺少字段 {name}（{field.meaning}）。", f"请加上 {name}: …")


def _kind(said: Any) -> Kind | None:
    return Kind(said) if said in tuple(Kind) else None


def _given(draft: Draft, name: str, field: Field, kind: Kind | None) -> Iterator[Problem]:
    if kind is not None and kind not in field.kinds:
        usual = "、".join(sorted(field.kinds))
        yield draft.problem((name,), f"{kind} 指标没有字段 {name}。", f"它只用于 {usual}，请删除。")
        return
    yield from _value(draft, name, field.shape)


def _value(draft: Draft, name: str, shape: Shape) -> Iterator[Problem]:
    value = draft.data[name]
    if not shape.fits(value):
        yield draft.problem((name,), f"字段 {name} 的值 {value!r} 不对。", f"应为{shape.words}。")
        return
    if isinstance(value, dict) and shape.keys:
        for key in value:
            if key not in shape.keys:
                yield draft.problem((name, key), f"{name} 里没有 {key}。", suggestion(key, shape.keys))
        for key in shape.required_keys:
            if not isinstance(value.get(key), str) or not value[key].strip():
                yield draft.problem((name,), f"{name} 里缺少 {key}。", f"写法：{shape.words}。")
