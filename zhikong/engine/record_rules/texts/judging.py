"""Judges charts by rules of content: one verdict for each encounter and rule, and every place that a rule objects to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from zhikong.engine.backends.reference_eval import Env, evaluate
from zhikong.engine.backends.source import Source
from zhikong.engine.definitions import nodes as n
from zhikong.engine.plan.needs import Needs, collect, walk
from zhikong.engine.record_rules.model import RuleKind, Verdict
from zhikong.engine.record_rules.refs import BESIDE
from zhikong.engine.record_rules.texts.charts import VISITS, Chart, Document
from zhikong.engine.record_rules.texts.model import ContentRule, Finding, Hit, Looked, Unknown
from zhikong.engine.record_rules.texts.rows import Shelf
from zhikong.engine.record_rules.verdicts import VERDICT_SCHEMA
from zhikong.engine.results import missing_columns, missing_table
from zhikong.engine.tables import TABLES

CRASHES = (
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
    """One row for each encounter and rule, as VERDICT_SCHEMA says, in the order of encounters and rules; see `Contents`."""
    run = Contents(rules, source, now=now, months=months, undelivered=undelivered)
    tables = [run.of(rule)[0] for rule in rules]
    whole = pa.concat_tables(tables) if tables else VERDICT_SCHEMA.empty_table()
    return whole.sort_by([("encounter", "ascending"), ("rule", "ascending")])


class Contents:
    """The verdicts of many rules of content over a source, made in one pass when the first is asked for.

    months: encounters of these months only, first and last ('YYYY-MM'): by discharge, of visits by registration; None
    means all, open stays too. undelivered: "table" or "table.column" that were never delivered although the source has
    them. keep: rows with these verdicts only; the counts are of all. A rule whose tables or columns are not there gives
    not_assessable and names them; a rule that crashes gives error for every encounter, and no other rule is touched.
    """

    def __init__(
        self,
        rules: Sequence[ContentRule],
        source: Source,
        *,
        now: datetime,
        months: tuple[str, str] | None = None,
        undelivered: frozenset[str] = frozenset(),
        keep: frozenset[str] = frozenset(verdict.word for verdict in Verdict),
    ) -> None:
        self.rules, self.source, self.now, self.months, self.keep = rules, source, now, months, keep
        self.lacking = {rule.id: missing(rule, source, undelivered) for rule in rules}
        self._rows: dict[str, list[dict[str, Any]]] = {rule.id: [] for rule in rules}
        self._counts: dict[str, Counter[str]] = {rule.id: Counter() for rule in rules}
        self._done: dict[str, Exception | None] = {}

    def of(self, rule: ContentRule) -> tuple[pa.Table, Counter[str]]:
        """The kept rows of a rule in the order of encounters, and how many encounters got which verdict. Raises what
        reading the tables raised."""
        if rule.table not in self._done:
            self._done[rule.table] = self._tried(rule.table)
        if (failed := self._done[rule.table]) is not None:
            raise failed
        return pa.Table.from_pylist(self._rows[rule.id], schema=VERDICT_SCHEMA), self._counts[rule.id]

    def _tried(self, table: str) -> Exception | None:
        try:
            if table in self.source:
                self._run(table)
        except Exception as error:  # noqa: BLE001  whatever it was, every rule on the table must say it
            return error
        return None

    def _run(self, table: str) -> None:
        rules = [rule for rule in self.rules if rule.table == table]
        shelf = Shelf(self.source, self._needs(table, rules), table=table, now=self.now, months=self.months)
        known, broken = self._prepared(rules, shelf)
        for portion in shelf.portions():
            for rule in rules:
                if rule.id not in broken:
                    told = self._judge(rule, portion, known.get(rule.id))
                    broken |= {rule.id: told} if told else {}
        for rule in (rule for rule in rules if rule.id in broken):
            self._rows[rule.id], self._counts[rule.id] = [], Counter()
            for chart in shelf.everyone():
                self._add(rule, chart, Judged(Verdict.ERROR, broken[rule.id]))

    def _prepared(self, rules: Sequence[ContentRule], shelf: Shelf) -> tuple[dict[str, Any], dict[str, str]]:
        """What rules that compare charts know of all of them, and why rules broke over it."""
        known: dict[str, Any] = {}
        broken: dict[str, str] = {}
        for rule in rules:
            if rule.check.compares_charts and not self.lacking[rule.id]:
                try:
                    meant = (chart for chart in shelf.everyone() if rule.holds_on(chart))
                    known[rule.id] = rule.check.prepare(rule.selection, meant)
                except CRASHES as error:
                    broken[rule.id] = crash(error)
        return known, broken

    def _judge(self, rule: ContentRule, portion: Sequence[Chart], known: Any) -> str:
        """The sentence of a crash, or nothing."""
        lacking = self.lacking[rule.id]
        try:
            for chart in portion:
                one = Judged(Verdict.NOT_ASSESSABLE, lacking) if lacking else judged(rule, chart, known)
                self._add(rule, chart, one)
        except CRASHES as error:
            return crash(error)
        return ""

    def _add(self, rule: ContentRule, chart: Chart, one: Judged) -> None:
        self._counts[rule.id][one.verdict.word] += 1
        if one.verdict.word in self.keep:
            self._rows[rule.id].append(_row(rule, chart, one))

    def _needs(self, table: str, rules: Sequence[ContentRule]) -> Needs:
        """Every column that the source has of the tables that rules read: about, titles and staff are told too."""
        names = {table, *(n for rule in rules if not self.lacking[rule.id] for n in needs_of(rule))}
        return {name: set(TABLES[name].column_names) & self.source.columns(name) for name in names}


def crash(error: Exception) -> str:
    """What is told of a rule that broke."""
    return f"规则出错：{type(error).__name__}: {error}"


def judged_alone(rule: ContentRule, chart: Chart) -> Judged:
    """The verdict on one chart by itself; a crash is an error. Comparisons with other charts need all of them."""
    try:
        known = rule.check.prepare(rule.selection, [chart]) if rule.check.compares_charts else None
        return judged(rule, chart, known)
    except CRASHES as error:
        return Judged(Verdict.ERROR, crash(error))


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
    """Documents of types of which no text at all was delivered are left aside by rules on texts; when no others are
    there, nothing can be said."""
    try:
        if rule.kind == RuleKind.TEXT and rule.check.reads_words and documents:
            documents = _with_texts(chart, documents)
        looked: Looked = rule.check.look(chart, documents, known)
    except Unknown as error:
        return Judged(Verdict.NOT_ASSESSABLE, str(error))
    if looked.hits:
        return Judged(Verdict.FAIL, _told(looked.hits), looked.hits)
    return Judged(Verdict.PASS if looked.seen else Verdict.NOT_APPLICABLE)


def _with_texts(chart: Chart, documents: Sequence[Document]) -> list[Document]:
    kept = [document for document in documents if chart.texts_known(document)]
    if not kept:
        raise Unknown(f"{documents[0].name}的文字内容没有上传。")
    return kept


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
            found += finding_list(rule, judged_alone(rule, chart))
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
