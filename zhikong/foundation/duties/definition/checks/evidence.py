"""There is exactly one kind of evidence, and it names what it means."""

from collections.abc import Iterator

from zhikong.engine.definitions.problems import Problem, suggestion
from zhikong.foundation.duties.definition.draft import Draft
from zhikong.foundation.duties.definition.fields import HANDS

USAGE = "写法：{form: 表单 id}、{flow: 流程 id}、{fact: 事实名} 或 {hand: [meeting, decision]}。"


def check(draft: Draft) -> Iterator[Problem]:
    evidence = draft.data["evidence"]
    if len(evidence) != 1:
        yield draft.problem(("evidence",), "证据要写且只写一种。", USAGE)
        return
    (kind, value), *_rest = evidence.items()
    if kind == "hand":
        yield from _hands(draft, value)
    elif not isinstance(value, str) or not value.strip():
        yield draft.problem(("evidence", kind), f"{kind} 的值 {value!r} 不对。", USAGE)


def _hands(draft: Draft, value: object) -> Iterator[Problem]:
    if not isinstance(value, list) or not value:
        yield draft.problem(
            ("evidence", "hand"), "没有写哪些材料可作证据。", f"应为以下的列表：{'、'.join(HANDS)}。"
        )
        return
    for index, word in enumerate(value):
        if word not in HANDS:
            yield draft.problem(
                ("evidence", "hand", index), f"没有材料类别 {word}。", suggestion(str(word), HANDS)
            )
