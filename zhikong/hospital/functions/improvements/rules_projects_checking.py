"""How the steps of a project are checked for substance: each check says what is missing and why it matters. No ORM."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from zhikong.hospital.functions.improvements.rules_projects_contents import (
    CATALOGUE,
    Contents,
    Field,
    Table,
    rows,
)
from zhikong.hospital.functions.improvements.rules_projects_facts import Facts, StepFacts

Params = Mapping[str, Any]
Rule = Callable[[Facts, StepFacts, Params], Iterable[str]]
QUORUM = 0.8


@dataclass(frozen=True)
class Check:
    """One check: its name on the page, why it matters, and the rule that gives what is missing."""

    id: str
    title: str
    why: str
    rule: Rule


@dataclass(frozen=True)
class Outcome:
    """What one check found. missing: sentences; empty when it holds."""

    id: str
    title: str
    why: str
    missing: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.missing


CHECKS: dict[str, Check] = {}


def check(name: str, title: str, why: str) -> Callable[[Rule], Rule]:
    """Make a rule known under the name by which a kind's file asks for it."""

    def known(rule: Rule) -> Rule:
        CHECKS[name] = Check(name, title, why, rule)
        return rule

    return known


def outcomes(
    facts: Facts, step: StepFacts, asked: Iterable[str], contents: Contents, params: Params
) -> list[Outcome]:
    """All checks of one step: what its own description requires, then the named ones."""
    found = [_required(step, contents)] if _demands(contents) else []
    for name in asked:
        one = CHECKS[name]
        found.append(Outcome(one.id, one.title, one.why, tuple(one.rule(facts, step, params))))
    return found


def _demands(contents: Contents) -> bool:
    return any(one.required for one in contents.fields) or any(one.least for one in contents.tables)


def _required(step: StepFacts, contents: Contents) -> Outcome:
    """Required fields and the least rows of tables."""
    missing = [_lack(one) for one in contents.fields if one.required and blank(step.content.get(one.id))]
    missing += [text for one in contents.tables if (text := _few(step, one))]
    whys = [one.why for one in (*contents.fields, *contents.tables) if one.why]
    return Outcome("required", "内容填写", whys[0] if whys else "空着的内容别人无法核对。", tuple(missing))


def _lack(field: Field) -> str:
    return f"还没有填写“{field.label}”。"


def _few(step: StepFacts, table: Table) -> str:
    n = sum(1 for one in rows(step.content, table.id) if not blank(one.get(table.columns[0].id)))
    return f"“{table.label}”至少要 {table.least} 行，现在 {n} 行。" if n < table.least else ""


def blank(value: object) -> bool:
    return value is None or value is False or not str(value).strip()


def lacking(content: Mapping[str, Any], pairs: Iterable[tuple[str, str]]) -> list[str]:
    """The labels of what is blank."""
    return [label for key, label in pairs if blank(content.get(key))]


def unless(problem: bool, sentence: str) -> list[str]:
    return [sentence] if problem else []


def voted_enough(
    facts: Facts, step: StepFacts, params: Params, moment: str = "", label: str = ""
) -> list[str]:
    """Every item must be scored by four fifths of the voting members (params: quorum)."""
    votes, need = facts.votes(step, moment), -(-facts.voters * float(params.get("quorum", QUORUM)) // 1)
    if not votes:
        return [f"还没有可评分的项目{label}。"]
    if facts.voters == 0:
        return ["还没有登记参加评分的成员。"]
    short = [one for one in votes.values() if one.voters < need]
    least = min((one.voters for one in votes.values()), default=0)
    return unless(
        bool(short),
        f"{label}评分还不够：{len(short)} 项不足 {int(need)} 人（最少的只有 {least} 人；共 {facts.voters} 名成员）。",
    )


def top(step: StepFacts) -> int:
    """The greatest points of the step's votes."""
    asked = CATALOGUE[step.contents].votes
    return max(asked.points) if asked else 0
