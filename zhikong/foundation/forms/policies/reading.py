"""From the text of a policy file to a policy, or to the problems that its author should hear."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from zhikong.engine.definitions import located
from zhikong.engine.definitions.fields import ROLES, Field
from zhikong.engine.definitions.model import Mark
from zhikong.engine.definitions.problems import Problem, suggestion
from zhikong.foundation.forms.definition import fields
from zhikong.foundation.forms.definition.building import number
from zhikong.foundation.forms.definition.checks import grades, identity, shape
from zhikong.foundation.forms.definition.draft import Draft, Raw
from zhikong.foundation.forms.definition.model import Grade, Source
from zhikong.foundation.forms.policies.model import GradePolicy, VetoRule

FULL = 100
FIELDS: dict[str, Field] = {
    name: fields.FORM[name]
    for name in ("id", "version", "title", "purpose", "source", "owner", "checker", "next_review")
} | {
    "grades": Field(fields.LIST, "等级，从高到低，按百分制：[{at_least: 90, name: 甲级}, …]"),
    "vetoes": Field(fields.LIST, "单项否决的后果：[{at_least: 1, deduct: 10}, …]", required=False),
    "escalate": Field(fields.LIST, "自动上报的等级，如 [乙级, 丙级]", required=False),
}
VETO: dict[str, Field] = {
    "at_least": Field(fields.WHOLE, "几项起，不写为 1", required=False),
    "list": Field(fields.WORDS, "只算条目上 veto_list 为此值的否决", required=False),
    "deduct": Field(fields.NUMBER, "扣几分（百分制），多项只扣一次", required=False),
    "cap": Field(fields.NUMBER, "总分不超过几分（百分制）", required=False),
    "grade": Field(fields.WORDS, "最高为哪一级", required=False),
}
EFFECTS = ("deduct", "cap", "grade")


def read(text: str, *, file: Path) -> GradePolicy | list[Problem]:
    """The policy that a text defines. file: where the problems are said to be; its name must be the policy's id."""
    found = located.read_text(text, file=file)
    if isinstance(found, Problem):
        return [found]
    draft = Draft(found)
    level: shape.Level = (FIELDS, {"grades": shape.GRADE, "vetoes": (VETO, {})})
    problems = list(shape._level(draft, (), draft.data, level)) or list(_problems(draft))
    return problems or _build(draft.data)


def _problems(draft: Draft) -> Iterator[Problem]:
    data = draft.data
    if data["id"] != draft.id:
        yield draft.problem(("id",), f"id 是 {data['id']}，文件名是 {draft.id}.yaml。", "两者必须相同。")
    yield from identity._plain(draft, ("id",), data["id"])
    if data["source"]["mark"] not in tuple(Mark):
        yield draft.problem(
            ("source", "mark"), f"mark 没有取值 {data['source']['mark']}。", f"应为：{'、'.join(Mark)}。"
        )
    for name in ("owner", "checker"):
        if data[name] not in ROLES:
            yield draft.problem((name,), f"没有岗位 {data[name]}。", suggestion(str(data[name]), ROLES))
    if data["owner"] == data["checker"]:
        yield draft.problem(("checker",), "负责岗位与复核岗位相同。", "复核应由另一个岗位承担。")
    if not data["grades"]:
        yield draft.problem(("grades",), "没有写等级。", "至少写两级，最低一级写 at_least: 0。")
    draft.located.data.setdefault("full_score", FULL)
    yield from grades.check(draft)
    yield from _vetoes(draft)


def _vetoes(draft: Draft) -> Iterator[Problem]:
    names = [grade["name"] for grade in draft.data["grades"]]
    for i, rule in enumerate(draft.data.get("vetoes") or []):
        given = [name for name in EFFECTS if rule.get(name) is not None]
        if len(given) != 1:
            yield draft.problem(
                ("vetoes", i), "一条否决要写且只写一种后果。", "写 deduct、cap 或 grade 之一。"
            )
        elif given == ["grade"] and rule["grade"] not in names:
            yield draft.problem(
                ("vetoes", i, "grade"), f"没有等级 {rule['grade']}。", f"等级有：{'、'.join(names)}。"
            )
        elif given != ["grade"] and not 0 <= rule[given[0]] <= FULL:
            yield draft.problem(("vetoes", i, given[0]), "分数不在 0 和 100 之间。", "按百分制写。")
        if rule.get("at_least", 1) < 1:
            yield draft.problem(("vetoes", i, "at_least"), "at_least 小于 1。", "一项起写 1，可以不写。")
    for i, name in enumerate(draft.data.get("escalate") or []):
        if name not in names:
            yield draft.problem(("escalate", i), f"没有等级 {name}。", f"等级有：{'、'.join(names)}。")


def _build(data: Raw) -> GradePolicy:
    day: date = data["next_review"]
    return GradePolicy(
        id=data["id"],
        version=data["version"],
        titles=dict(data["title"]),
        purpose=data["purpose"].strip(),
        source=Source(**data["source"]),
        owner=data["owner"],
        checker=data["checker"],
        next_review=day,
        grades=tuple(Grade(number(one["at_least"]), one["name"]) for one in data["grades"]),
        vetoes=tuple(_veto(one) for one in data.get("vetoes") or ()),
        escalate=tuple(data.get("escalate") or ()),
    )


def _veto(raw: Raw) -> VetoRule:
    return VetoRule(
        at_least=raw.get("at_least", 1),
        list=raw.get("list", ""),
        deduct=number(raw.get("deduct")),
        cap=number(raw.get("cap")),
        grade=raw.get("grade", ""),
    )
