"""Every field that must be there is there, none is unknown, and each holds what it should."""

from collections.abc import Iterator

from zhikong.engine.definitions.fields import Shape
from zhikong.engine.definitions.problems import Problem, suggestion
from zhikong.foundation.duties.definition.draft import Draft
from zhikong.foundation.duties.definition.fields import FIELDS


def check(draft: Draft) -> Iterator[Problem]:
    if not isinstance(draft.located.data, dict):
        yield draft.problem((), "文件应写成“字段: 值”的形式。", "请照着 packs/national/duties 里的一份写。")
        return
    for name in draft.data:
        if name not in FIELDS:
            yield draft.problem((name,), f"没有字段 {name}。", suggestion(name, FIELDS))
    for name, field in FIELDS.items():
        if name in draft.data:
            yield from _value(draft, name, field.shape)
        elif field.required:
            yield draft.problem((), f"缺少字段 {name}（{field.meaning}）。", f"请加上 {name}: …")


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
