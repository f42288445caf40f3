"""Judges charts by rules of content: one verdict for each encounter and rule, and every place that a rule objects to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from zhikong.engine.backends.reference_eval import Env, evaluate
from zhikong.engine.backends.source import Source
from zhikong.engine.definitions import nodes as n
from zhikong.engine.plan.needs import Needs, collect, walk
from zhikong.engine.record_rules.model import Verdict
from zhikong.engine.record_rules.refs import BESIDE
from zhikong.engine.record_rules.texts.charts import VISITS, Chart, Document
from zhikong.engine.record_rules.texts.model import ContentRule, Finding, Hit, Looked, Unknown
from zhikong.engine.record_rules.texts.rows import charts_of
from zhikong.engine.record_rules.verdicts import VERDICT_SCHEMA
from zhikong.engine.results import missing_columns, missing_table
from zhikong.engine.tables import TABLES

_CRASHES = (
    ArithmeticError,
    AttributeError,
    IndexError,
    KeyError,
    LookupError,
    TypeError,
    ValueError,
    RecursionError,
)
_OF_DOCUMENTS = frozenset({"stay_id", "document_id", "type", "written_at", "signed_at"})
_OF_SECTIONS = frozenset({"stay_id", "document_id", "seq", "section", "text"})


@dataclass(slots=True)
class Judged:
    """What a rule says of one chart."""

    verdict: Verdict
    reason: str = ""
    hits: list[Hit] = field(default_factory=list)


def needs_of(rule: ContentRule) -> Needs:
    """Supplied tables and columns that the rule reads."""
    needs: Needs = {}
    if rule.table == VISITS:
        needs[VISITS] = {"visit_id", "institution", "registered_at"}
    else:
        needs["stays"] = {"stay_id", "institution", "admitted_at", "discharged_at", "discharge_department"}
        if rule.selection.rows:
            needs[rule.selection.rows] = {"stay_id"}
        elif rule.check.reads_documents:
            needs["documents"] = set(_OF_DOCUMENTS)
            needs["document_sections"] = set(_OF_SECTIONS)
    nodes = [*rule.expressions(), *([rule.selection.where] if rule.selection.where else []), *_nodes(rule)]
    for node in nodes:
        collect(node, needs)
    for table, columns in rule.check.tables.items():
        needs.setdefault(table, set()).update(columns)
    for table in needs:
        if TABLES[table].child_of:
            needs[table].add("stay_id")
    return needs


def _nodes(rule: ContentRule) -> Iterator[n.Node]:
    """Conditions within the check itself."""
    check: Any = rule.check
    for one in getattr(check, "required", ()):
        yield from (
            node for node in (one.condition, getattr(one.what, "condition", None)) if node is not None
        )
    yield from (
        node
        for node in (getattr(check, "where", None), getattr(check, "condition", None))
        if node is not None
    )


def missing(rule: ContentRule, source: Source, undelivered: frozenset[str] = frozenset()) -> str:
    """Why no encounter can be judged: the first table or column that was not delivered; empty when all were."""
    for table, columns in sorted(needs_of(rule).items()):
        if table not in source or table in undelivered:
            return missing_table(table).sentence
        absent = sorted(c for c in columns if c not in source.columns(table) or f"{table}.{c}" in undelivered)
        if absent:
            return missing_columns(table, absent).sentence
    return ""


def judge_encounters(
    rules: Sequence[ContentRule],
    source: Source,
    *,
    now: datetime,
    months: tuple[str, str] | None = None,
    undelivered: frozenset[str] = frozenset(),
) -> pa.Table:
    """One row for each encounter and rule, as VERDICT_SCHEMA says, in the order of encounters and rules.

    months: encounters of these months only, first and last ('YYYY-MM'): by discharge, of visits by registration; open
    stays belong to every range. A rule whose tables or columns are not there gives not_assessable and names them; a
    rule that crashes gives error for every encounter, and no other rule is touched.
    """
    rows: list[dict[str, Any]] = []
    for table in ("stays", VISITS):
        own = [rule for rule in rules if rule.table == table]
        if own and table in source:
            rows += _of_table(own, source, table, now, months, undelivered)
    return pa.Table.from_pylist(rows, schema=VERDICT_SCHEMA).sort_by(
        [("encounter", "ascending"), ("rule", "ascending")]
    )


def _of_table(rules, source: Source, table: str, now, months, undelivered) -> Iterator[dict[str, Any]]:
    lacking = {rule.id: missing(rule, source, undelivered) for rule in rules}
    ready = [rule for rule in rules if not lacking[rule.id]]
    needs: Needs = {table: set(TABLES[table].column_names) & source.columns(table)}
    for rule in ready:
        for name, columns in needs_of(rule).items():
            needs.setdefault(name, set()).update(columns)
    for name in needs:
        needs[name] |= {c for c in TABLES[name].column_names if c in source.columns(name)}
    charts = charts_of(source, needs, table=table, now=now, months=months)
    for rule in rules:
        if lacking[rule.id]:
            judged: Iterable[Judged] = [Judged(Verdict.NOT_ASSESSABLE, lacking[rule.id])] * len(charts)
        else:
            judged = judged_all(rule, charts)
        yield from (_row(rule, chart, one) for chart, one in zip(charts, judged, strict=True))


def judged_all(rule: ContentRule, charts: Sequence[Chart]) -> list[Judged]:
    """The verdict on each chart; a crash anywhere is an error everywhere, for half a result would look like a whole."""
    try:
        known = rule.check.prepare(rule.selection, [c for c in charts if rule.holds_on(c)])
        return [judged(rule, chart, known) for chart in charts]
    except _CRASHES as error:
        return [Judged(Verdict.ERROR, f"规则出错：{type(error).__name__}: {error}")] * len(charts)


def judged(rule: ContentRule, chart: Chart, known: Any = None) -> Judged:
    """The verdict on one chart. Raises what the check raises."""
    if not rule.holds_on(chart):
        return Judged(Verdict.NOT_APPLICABLE, "不在规则的有效期内。")
    applies = (
        True if rule.applies is None else evaluate(rule.applies, Env(chart.whole, children=chart.children))
    )
    if applies is None:
        return Judged(Verdict.NOT_ASSESSABLE, _unknown(rule, chart))
    if not applies:
        return Judged(Verdict.NOT_APPLICABLE)
    documents = rule.selection.documents(chart)
    if not documents and not rule.check.asks_of_rows:
        absent = rule.selection.absent
        reason = "没有这类文书。" if absent is not Verdict.NOT_APPLICABLE else ""
        return Judged(absent, reason, [Hit(reason)] if absent is Verdict.FAIL else [])
    return _looked(rule, chart, documents, known)


def _looked(rule: ContentRule, chart: Chart, documents: Sequence[Document], known: Any) -> Judged:
    try:
        looked: Looked = rule.check.look(chart, documents, known)
    except Unknown as error:
        return Judged(Verdict.NOT_ASSESSABLE, str(error))
    if looked.hits:
        return Judged(Verdict.FAIL, _told(looked.hits), looked.hits)
    return Judged(Verdict.PASS if looked.seen else Verdict.NOT_APPLICABLE)


def _unknown(rule: ContentRule, chart: Chart) -> str:
    """Which columns of the condition are empty."""
    refs = {x.column for one in rule.expressions() for x in walk(one) if isinstance(x, n.Ref)}
    empty = sorted(c for c in refs if chart.whole.get(c) is None)
    named = [TABLES[t].column(c) for c in empty for t in (rule.table, BESIDE) if TABLES[t].column(c)]
    told = "、".join(column.meaning for column in named if column) or rule.applies_text
    return f"缺少判断是否适用所需的数据：{told}。"


def _told(hits: Sequence[Hit]) -> str:
    first = hits[0]
    place = f"《{first.document.name}》" if first.document is not None and first.document.type else ""
    section = f"{first.section}：" if first.section and first.start is not None else ""
    more = f"，共 {len(hits)} 处" if len(hits) > 1 else ""
    return f"{place}{section}{first.reason}{more}。" if first.reason else ""


def _row(rule: ContentRule, chart: Chart, one: Judged) -> dict[str, Any]:
    first = one.hits[0] if one.hits else Hit("")
    document = first.document
    row = document.row if document is not None else {}
    return {
        "encounter": chart.key,
        "rule": rule.id,
        "version": rule.version,
        "verdict": one.verdict.word,
        "reason": one.reason or (rule.message if one.verdict is Verdict.FAIL else ""),
        "at": row.get("written_at") or row.get("signed_at"),
        "subject": subject(rule, first),
        "responsible": row.get("author") or row.get("doctor"),
        "institution": chart.institution,
        "department": row.get("department") or chart.department,
        "span_document": document.id if document is not None else None,
        "span_section": first.section,
        "span_start": first.start,
        "span_end": first.end,
    }


def subject(rule: ContentRule, hit: Hit) -> str | None:
    """The row that a place belongs to, as table:key."""
    if hit.subject is not None or hit.document is None:
        return hit.subject
    if hit.document.id is not None:
        return f"documents:{hit.document.id}"
    row, table = hit.document.row, rule.selection.rows or rule.table
    return f"{table}:{'@'.join(str(row.get(column)) for column in TABLES[table].key if column != 'stay_id')}"


def findings(rules: Sequence[ContentRule], chart: Chart, *, now: datetime) -> list[Finding]:
    """Every place of one chart that a rule objects to, and each rule that cannot say or is broken."""
    chart.now = chart.now or now
    found: list[Finding] = []
    for rule in rules:
        if rule.table == chart.table:
            (one,) = judged_all(rule, [chart])
            found += finding_list(rule, one)
    return found


def finding_list(rule: ContentRule, one: Judged) -> list[Finding]:
    """What a page shows of a verdict that is not good."""
    if one.verdict in (Verdict.NOT_ASSESSABLE, Verdict.ERROR):
        return [_finding(rule, one.verdict, Hit(one.reason))]
    return [_finding(rule, Verdict.FAIL, hit) for hit in one.hits]


def _finding(rule: ContentRule, verdict: Verdict, hit: Hit) -> Finding:
    document = hit.document
    said = ""
    if document is not None and hit.start is not None:
        text = next((p.text for p in document.pieces if p.section == hit.section and p.start == 0), "")
        said = text[hit.start : hit.end]
    return Finding(
        rule.id, rule.version, verdict, hit.reason or rule.message, document.id if document is not None else None,
        hit.section, hit.start, hit.end, said, rule.severity, rule.points,
        document.at if document is not None else None, subject(rule, hit),
    )  # fmt: skip
