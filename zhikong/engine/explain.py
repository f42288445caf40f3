"""Where a number comes from: the definition's parts, what was counted for each, from which files of which version.

Pure values; the page “这个数怎么来的” and ``zhikong explain`` show the same ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from zhikong.engine import compute as engine
from zhikong.engine.backends.source import Source
from zhikong.engine.definitions import canonical
from zhikong.engine.definitions.model import Definition
from zhikong.engine.plan.groups import groups_of
from zhikong.engine.plan.needs import needs_of
from zhikong.engine.plan.recipes import Counter, Recipe, recipe_of
from zhikong.engine.results import Result
from zhikong.engine.tables import TABLES

ROLES = {"numerator": "分子", "denominator": "分母", "values": "参与排序的数值", "different": "不同的取值"}
BACKENDS = {"vector": "向量计算", "duckdb": "DuckDB", "partials": "部分结果汇总", "reference": "参照计算"}


@dataclass(frozen=True, slots=True)
class Part:
    """One text of the definition as it is written: 统计范围, 剔除, 分子, 分母; `why` says why it is there."""

    role: str
    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """One counter of the plan. `id` is the condition's hash: who has the same one is counted together with it.

    `condition` is the normal form that was evaluated, `adds` what is added up over its rows ('' counts rows), `number`
    the outcome (None where the backend gives a value and no counter), `shared` the other indicators with this counter.
    """

    role: str
    id: str
    condition: str
    adds: str
    number: int | None
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """One file that was read: its table, its name below the lake, its rows."""

    table: str
    meaning: str
    file: str
    rows: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole trail of one number. `parts_of` are the explanations of what a composite or growth is made of."""

    indicator: str
    title: str
    version: int
    definition_hash: str
    institution: str
    department: str | None
    month: str
    unit: str
    kind: str
    date: str
    place: str
    value: Decimal | None
    reason: str
    numerator: int | None
    denominator: int | None
    backend: str
    data_version: str
    versions: Mapping[str, int]
    said: tuple[Part, ...] = ()
    counters: tuple[Counted, ...] = ()
    files: tuple[Read, ...] = ()
    rows_behind: int | None = None
    source: str = ""

    def plain(self) -> dict[str, Any]:
        """For JSON: numbers as numbers, the value as text with all its digits."""
        found = asdict(self)
        found["value"] = None if self.value is None else str(self.value)
        found["versions"] = dict(self.versions)
        return found

    def lines(self) -> list[str]:
        """In sentences, for a terminal."""
        return list(_lines(self))


def explain(
    definition: Definition,
    *,
    source: Source,
    month: str,
    department: str | None = None,
    now: datetime,
    data_version: str,
    versions: Mapping[str, int] | None = None,
    others: Iterable[Definition] = (),
    backend: str = "fastest",
) -> Explanation:
    """The trail of one indicator's number in a month, of the institution or of one department.

    versions: published version of each table. others: definitions among which those that share a counter are named.
    The number is computed anew on the way. Raises ValueError for a bad month.
    """
    wanted = [*definition.bases(), definition]
    results = engine.compute(
        wanted, source=source, months=(month, month), now=now, data_version=data_version, backend=backend
    )
    found = [r for r in results.of(definition.id, department=department) if r.month == month]
    result = found[0] if found else None
    if result is None:
        whole = results.of(definition.id)[0]
        reason = "本月该科室没有这张表的记录。" if whole.reason is None else whole.reason.sentence
    else:
        reason = result.reason.sentence if result.reason else ""
    used = results.backends.get(definition.id) or results.backends.get("", backend)
    read = {table: set(columns) for table, columns in needs_of(definition).items() if table in source}
    return Explanation(
        indicator=definition.id,
        title=definition.title(),
        version=definition.version,
        definition_hash=definition.hash,
        institution=result.institution if result else "",
        department=department,
        month=month,
        unit=definition.unit,
        kind=str(definition.kind),
        date=canonical.text(definition.date),
        place="" if definition.department is None else canonical.text(definition.department),
        value=result.value if result else None,
        reason=reason,
        numerator=result.numerator if result else None,
        denominator=result.denominator if result else None,
        backend=used,
        data_version=data_version,
        versions={table: (versions or {})[table] for table in sorted(read) if table in (versions or {})},
        said=tuple(_said(definition)),
        counters=tuple(_counters(definition, result, others)),
        files=tuple(_files(definition, source, sorted(read), month)),
        rows_behind=_behind(definition, source, month, department),
        source=f"{definition.source.document} {definition.source.clause}".strip(),
    )


def _said(definition: Definition) -> Iterable[Part]:
    if definition.population_text:
        yield Part("统计范围", definition.population_text)
    for exclusion in definition.exclusions:
        yield Part("剔除", exclusion.text, exclusion.why)
    for exception in definition.exceptions:
        yield Part("例外", exception.text, exception.why)
    for role, measure in (("分子", definition.numerator), ("分母", definition.denominator)):
        if measure is not None:
            yield Part(role, measure.text or str(measure.how))


def _counters(
    definition: Definition, result: Result | None, others: Iterable[Definition]
) -> Iterable[Counted]:
    if not _on_one_table(definition):
        return
    (group,) = groups_of([definition])
    recipe = recipe_of(definition)
    shared = _sharing(definition, others)
    roles = _roles(definition, recipe, additive=definition.id in group.recipes)
    numbers = {"numerator": result and result.numerator, "denominator": result and result.denominator}
    for role, counter in roles:
        yield Counted(
            role=ROLES[role],
            id=canonical.digest(counter.key),
            condition=canonical.text(counter.condition),
            adds="" if counter.expression is None else canonical.text(counter.expression),
            number=numbers.get(role),
            shared=shared.get(counter.key, ()),
        )


def _on_one_table(definition: Definition) -> bool:
    return not definition.bases() and definition.per is None and definition.rule is None


def _roles(definition: Definition, recipe: Recipe, *, additive: bool) -> list[tuple[str, Counter]]:
    above = "numerator" if additive else "different" if definition.kind == "distinct" else "values"
    below = [] if recipe.denominator is None else [("denominator", recipe.denominator)]
    return [(above, recipe.numerator), *below]


def _sharing(definition: Definition, others: Iterable[Definition]) -> dict[str, tuple[str, ...]]:
    """Counter -> titles of the other indicators of the same pass that have it too."""
    found: dict[str, list[str]] = {}
    alike = [d for d in others if d.id != definition.id and _on_one_table(d)]
    for group in groups_of([definition, *alike]):
        if definition.id in group.recipes:
            titles = {d.id: d.title() for d in alike}
            for key, recipe in group.recipes.items():
                for counter in (recipe.numerator, recipe.denominator):
                    if (
                        counter is not None
                        and key in titles
                        and titles[key] not in found.get(counter.key, [])
                    ):
                        found.setdefault(counter.key, []).append(titles[key])
    return {key: tuple(sorted(names)) for key, names in found.items()}


def _files(definition: Definition, source: Source, tables: Sequence[str], month: str) -> Iterable[Read]:
    within = None
    if _on_one_table(definition):
        (group,) = groups_of([definition])
        within = group.partitions([month])
    for table in tables:
        meaning = TABLES[table].meaning.split("：")[0]
        if table in source.memory:
            yield Read(table, meaning, "（内存中的行）", source.memory[table].num_rows)
            continue
        for path in source.files[table].within(within):
            yield Read(table, meaning, "/".join(Path(path).parts[-3:]), source.length(path))


def _behind(definition: Definition, source: Source, month: str, department: str | None) -> int | None:
    """How many rows the number rests on; None where rows cannot be listed."""
    if definition.bases():
        return None
    try:
        found = engine.cases(
            definition, source=source, month=month, department=department, part="denominator", limit=0
        )
    except engine.NotDelivered:
        return None
    return found.total


def _lines(told: Explanation) -> Iterable[str]:
    place = told.department or "全院"
    value = told.reason if told.value is None else f"{told.value.normalize():f} {told.unit}"
    yield f"{told.title}（{told.indicator} 第 {told.version} 版，指纹 {told.definition_hash}）"
    yield f"{told.institution} {place} {told.month}：{value}"
    yield f"来源：{told.source}"
    for part in told.said:
        yield f"{part.role}：{part.text}" + (f"（{part.why}）" if part.why else "")
    for counter in told.counters:
        added = f"，累加 {counter.adds}" if counter.adds else ""
        number = "" if counter.number is None else f" = {counter.number}"
        yield f"计数 {counter.role}{number}：条件 {counter.id}{added}"
        yield f"    {counter.condition}"
        if counter.shared:
            yield f"    与它同一个计数：{'、'.join(counter.shared)}"
    if told.rows_behind is not None:
        yield f"背后的记录：{told.rows_behind} 条"
    yield f"由{BACKENDS.get(told.backend, told.backend)}得出；数据版本 {told.data_version}"
    for read in told.files:
        version = f"，第 {told.versions[read.table]} 版" if read.table in told.versions else ""
        yield f"    {read.meaning}（{read.table}{version}）：{read.file}，{read.rows} 行"
