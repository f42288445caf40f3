"""Whether packs may be published: every definition well formed, reviewed in date, its examples holding on both backends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from zhikong.engine.definitions.examples import examples_file, load_examples
from zhikong.engine.definitions.model import Catalogue, Definition, Status
from zhikong.engine.definitions.problems import Problem
from zhikong.engine.definitions.sameness import equal
from zhikong.engine.examples import failure
from zhikong.engine.record_rules import RecordRule, examples, load_rules
from zhikong.engine.record_rules.events import load_events
from zhikong.engine.record_rules.lists import load_lists, unknown_choices
from zhikong.engine.record_rules.systems import load_sets, unknown

BACKENDS = ("duckdb", "reference")
SOON = 60
"""Days before its review date from which a definition is announced."""


def inspect(catalogue: Catalogue, *, today: date, lent: Sequence[Path] = ()) -> list[Problem]:
    """Everything that speaks against the catalogue, its own problems first.

    lent: packs whose events the rules of this catalogue may name, as a hospital's rules name those of the product.
    """
    found = list(catalogue.problems)
    for definition in catalogue.indicators.values():
        found += review_problems(definition, today=today)
        found += example_problems(definition)
    found += equal_problems(catalogue)
    codes = {name: one.ranges for name, one in catalogue.codes.items()}
    known: dict[str, RecordRule] = {}
    events = load_events([*lent, *(pack.folder for pack in catalogue.packs)], codes)[0] if lent else None
    for pack in catalogue.packs:  # rules that cannot be read are told where their kind is checked
        rules, _ = load_rules(pack.folder, codes, events)
        known |= {rule.id: rule for rule in rules}
        found += [problem for rule in rules for problem in examples.example_problems(rule)]
    sets, _ = load_sets([pack.folder for pack in catalogue.packs])
    lists, _ = load_lists([pack.folder for pack in catalogue.packs])
    found += unknown(sets.values(), rules=known, indicators=catalogue.indicators.keys())
    return [*found, *unknown_choices(lists, rules=known.values())]


def review_problems(definition: Definition, *, today: date) -> Iterator[Problem]:
    """A definition whose review is overdue."""
    if definition.next_review < today:
        message = f"复审日期 {definition.next_review} 已过。"
        yield Problem(definition.file, 1, message, "请由复核岗位核对来源文件后更新 next_review。")


def reviews_due(catalogue: Catalogue, *, today: date) -> list[Definition]:
    """Published definitions whose review date comes within SOON days, the earliest first; overdue ones are problems."""
    near = [
        d
        for d in catalogue.indicators.values()
        if d.status is Status.PUBLISHED and 0 <= (d.next_review - today).days <= SOON
    ]
    return sorted(near, key=lambda d: (d.next_review, d.id))


def equal_problems(catalogue: Catalogue) -> Iterator[Problem]:
    """Published definitions that count the same thing under two names: the later id is told."""
    for first, *others in equal(catalogue.indicators.values()):
        for other in others:
            message = f"指标 {other.id} 与 {first.id} 的统计条件完全相同，只是名称或单位不同。"
            yield Problem(
                other.file, 1, message, "请合并成一个，或写清两者口径上的差别；不要的改为 deprecated。"
            )


def example_problems(definition: Definition) -> Iterator[Problem]:
    """Missing or broken examples, and those that do not hold on a backend."""
    file = examples_file(definition.file)
    if not file.is_file():
        yield Problem(
            definition.file, 1, f"指标 {definition.id} 没有算例。", f"请在 {file.name} 里写至少一例。"
        )
        return
    for example in load_examples(file):
        if isinstance(example, Problem):
            yield example
            continue
        for backend in BACKENDS:
            wrong = failure(definition, example, backend)
            if wrong is not None:
                message = f"算例“{example.name}”不成立（{backend}）：{wrong}。"
                yield Problem(file, example.line, message, "请改正口径或算例。")
