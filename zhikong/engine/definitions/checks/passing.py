"""A compliance rate names a record rule that exists; what the rule applies to is the rule's own matter."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.problems import Problem, suggestion

GRAIN = {"table": "stays", "date": "discharged_at"}
DEPARTMENTS = ("discharge_department", None)
NOT_BESIDE = ("population", "exclusions", "exceptions", "numerator_of", "strata")


def check(draft: Draft) -> Iterator[Problem]:
    if draft.derived or draft.passes is None:
        return
    path = ("numerator", "passes")
    if draft.passes not in draft.rules:
        remedy = suggestion(draft.passes, draft.rules) or "请在 record_rules/ 里建立它。"
        yield draft.problem(path, f"没有质控规则 {draft.passes}，或它的文件有误。", remedy)
    elif getattr(draft.rules[draft.passes], "table", "stays") != "stays":
        message = f"质控规则 {draft.passes} 判断的是门急诊病历，这里只能用判断住院病历的规则。"
        yield draft.problem(path, message, "请换一条规则；门急诊规则的符合率见病历缺陷。")
    for name, right in GRAIN.items():
        if draft.data[name] != right:
            yield draft.problem(
                (name,), f"质控规则按出院病案判断，{name} 应为 {right}。", f"请写 {name}: {right}。"
            )
    if draft.data["department"] not in DEPARTMENTS:
        yield draft.problem(
            ("department",), "质控规则按出院科室统计。", "请写 department: discharge_department 或 null。"
        )
    for name in NOT_BESIDE:
        if draft.data.get(name):
            message = f"有 passes 时不写 {name}：适用范围由规则自己的 applies 决定。"
            yield draft.problem((name,), message, "请删除，或修改规则。")
