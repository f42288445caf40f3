"""The one door for judging encounters by rules of all kinds, and for what is due in those still open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhikong.engine import months as calendar_months
from zhikong.engine.backends.source import Source
from zhikong.engine.backends.vector.columns import Array, plain
from zhikong.engine.record_rules import row_verdicts, soundness
from zhikong.engine.record_rules.clock.context import Calendar, Context, Weekdays
from zhikong.engine.record_rules.clock.model import ClockRule
from zhikong.engine.record_rules.clock.plain.checking import PlainClocks
from zhikong.engine.record_rules.clock.vector.checking import VectorClocks
from zhikong.engine.record_rules.clock.vector.prepared import Prepared
from zhikong.engine.record_rules.loaded import Loaded
from zhikong.engine.record_rules.model import Head, RecordRule, Verdict
from zhikong.engine.record_rules.texts.judging import Contents
from zhikong.engine.record_rules.texts.model import ContentRule
from zhikong.engine.record_rules.verdicts import OBLIGATION_SCHEMA, VERDICT_SCHEMA, Override

WORDS = frozenset(verdict.word for verdict in Verdict)
NO_LIMIT = "时限尚未设定，请在规则设置里填写。"
NOTHING = VERDICT_SCHEMA.empty_table()
Rows = Iterable[Mapping[str, Any]] | pa.Table
Tallies = dict[str, Counter[str]]


@dataclass(frozen=True, slots=True)
class Request:
    """What is judged and how. months: stays discharged from the first to the last, 'YYYY-MM'; None means all, open
    ones too. undelivered: "table" or "table.column" that were never delivered although the source has them. calendar,
    shift_hours: see `Context`. settings: what the hospital set for a rule."""

    source: Source
    now: datetime
    months: tuple[str, str] | None = None
    settings: Mapping[str, Override] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Weekdays)
    shift_hours: Sequence[str] | None = None
    undelivered: frozenset[str] = frozenset()
    backend: str = "vector"

    @property
    def context(self) -> Context:
        """What the clocks are read with."""
        return Context(self.now, self.calendar, self.shift_hours, self.settings)


def check(
    rules: Sequence[Head], source: Source, *, keep: Iterable[str] | None = None, **how: Any
) -> pa.Table:
    """The verdict of every rule on every encounter: one row for each, by encounter and rule, as VERDICT_SCHEMA.

    keep: only rows with these verdicts, such as {"fail", "error"}; None means all. The other keywords are the fields
    of `Request`; `now` must be given. backend: "vector", or "reference", which is plain Python and judges the other.
    A rule whose tables or columns are missing gives "not_assessable" with a sentence that names them; one that crashes
    gives "error" with its message, and the others are judged. Raises ValueError for an unknown backend or a bad range.
    """
    return screen(rules, source, keep=keep, **how)[0]


def tally(rules: Sequence[Head], source: Source, **how: Any) -> Tallies:
    """Rule -> how many encounters got which verdict; nothing else is made."""
    return screen(rules, source, keep=(), **how)[1]


def screen(
    rules: Sequence[Head], source: Source, *, keep: Iterable[str] | None = None, **how: Any
) -> tuple[pa.Table, Tallies]:
    """Both in one pass: the kept rows, and the counts of all."""
    run = Run(Request(source, **how))
    kept = WORDS if keep is None else frozenset(keep)
    active = _active(rules, run.request.settings)
    run.broken = dict(soundness.broken(active))
    sound = [
        rule for rule in active if rule.id not in run.broken
    ]  # rules share passes: one must not spoil the others
    run.content_rules = [rule for rule in sound if isinstance(rule, ContentRule)]
    run.clock_rules = [rule for rule in sound if isinstance(rule, ClockRule)]
    run.row_rules = [rule for rule in sound if isinstance(rule, RecordRule)]
    months = run.apart()
    found = []
    for rule in active:
        if not (months and isinstance(rule, ClockRule)):
            found.append((rule.id, *run.judged(rule, kept)))
    for (
        month
    ) in months:  # what one month holds stays small, and a stay's rows lie in the month of its discharge
        part = Run(replace(run.request, months=(month, month)))
        part.clock_rules, part._prepared = run.clock_rules, run.prepared
        found += [(rule.id, *part.judged(rule, kept)) for rule in run.clock_rules]
    tables = [table for _, table, _ in found]
    whole = pa.concat_tables(tables) if tables else VERDICT_SCHEMA.empty_table()
    order = [("encounter", "ascending"), ("rule", "ascending")]
    tallies: Tallies = {rule.id: Counter() for rule in active}
    for name, _, counts in found:
        tallies[name] += counts
    return whole.sort_by(order).combine_chunks(), tallies


def obligations(
    rules: Sequence[Head],
    source: Source,
    *,
    encounters: Iterable[str] | None = None,
    errors: dict[str, str] | None = None,
    **how: Any,
) -> pa.Table:
    """What clock rules demand, one row for each obligation by encounter, rule and time, as OBLIGATION_SCHEMA.

    encounters: only these stays. Rules of other kinds, and clock rules that crash or lack data, give none; errors: is
    filled with rule -> message of those that crash, which otherwise is raised.
    """
    run = Run(Request(source, **how), encounters)
    active = _active(rules, run.request.settings)
    run.clock_rules = [rule for rule in active if isinstance(rule, ClockRule)]
    parts = [run.due(rule, errors) for rule in run.clock_rules]
    whole = pa.concat_tables(parts) if parts else OBLIGATION_SCHEMA.empty_table()
    order = [(name, "ascending") for name in ("encounter", "rule", "anchor_at", "anchor")]
    return whole.sort_by(order).combine_chunks()


def _active(rules: Sequence[Head], settings: Mapping[str, Override]) -> list[Head]:
    own = {name for name, one in settings.items() if one.active is False}
    return sorted((rule for rule in rules if rule.id not in own), key=lambda rule: rule.id)


class Run:
    """One pass over a source."""

    def __init__(self, request: Request, encounters: Iterable[str] | None = None) -> None:
        if request.backend not in ("vector", "reference"):
            raise ValueError(f"no backend {request.backend!r}")
        self.request = request
        span = None if request.months is None else calendar_months.span(*request.months)
        self.loaded = Loaded(request.source, months=span, undelivered=request.undelivered)
        self.wanted = _wanted(self.loaded, span, encounters)
        self.context = request.context
        self._prepared: Prepared | None = None
        self._clocks: PlainClocks | VectorClocks | None = None
        self.clock_rules: list[ClockRule] = []
        self._rows: row_verdicts.Passes | None = None
        self.row_rules: list[RecordRule] = []
        self.content_rules: list[ContentRule] = []
        self.broken: dict[str, Exception] = {}
        self._contents: Contents | None = None

    def apart(self) -> list[str]:
        """The months that can be judged one by one, because the files of the stays say which month they hold."""
        months, files = self.request.months, self.request.source.files.get("stays")
        if months is None or months[0] == months[1] or files is None or not files.labelled:
            return []
        return calendar_months.span(*months)

    def judged(self, rule: Head, keep: frozenset[str]) -> tuple[pa.Table, Counter[str]]:
        """The kept rows of one rule, and how many encounters got which verdict."""
        try:
            if rule.id in self.broken:
                raise self.broken[rule.id]
            return self._judged(rule, keep)
        except Exception as error:  # noqa: BLE001  a rule that broke must be seen as broken, whatever broke it
            return _same(self, rule, Verdict.ERROR, f"规则出错：{type(error).__name__}: {error}", keep)

    def _judged(self, rule: Head, keep: frozenset[str]) -> tuple[pa.Table, Counter[str]]:
        if isinstance(rule, ClockRule):
            if self.context.limit(rule) is None and rule.needs_limit:
                return _same(self, rule, Verdict.NOT_ASSESSABLE, NO_LIMIT, keep)
            return self._of_clock(rule, keep)
        if isinstance(rule, RecordRule):
            return _kept(row_verdicts.verdicts(rule, self), keep)
        return self.contents(keep).of(rule)

    def contents(self, keep: frozenset[str]) -> Contents:
        """Who judges rules of content; all of them in one pass."""
        if self._contents is None:
            how = self.request
            self._contents = Contents(
                self.content_rules,
                how.source,
                now=how.now,
                months=how.months,
                undelivered=how.undelivered,
                keep=keep,
            )
        return self._contents

    def due(self, rule: ClockRule, errors: dict[str, str] | None) -> pa.Table:
        """The obligations of one clock rule; none when it cannot be judged. See `obligations`."""
        try:
            if self.context.limit(rule) is None and rule.needs_limit:
                return OBLIGATION_SCHEMA.empty_table()
            return _table(self.clocks.obligations(rule), OBLIGATION_SCHEMA)
        except Exception as error:
            if errors is None:
                raise
            errors[rule.id] = f"{type(error).__name__}: {error}"
            return OBLIGATION_SCHEMA.empty_table()

    def _of_clock(self, rule: ClockRule, keep: frozenset[str]) -> tuple[pa.Table, Counter[str]]:
        if isinstance(self.clocks, PlainClocks):
            return _kept(self.clocks.verdicts(rule), keep)
        rows, counts = self.clocks.judged(rule, keep)
        return (_table(rows, VERDICT_SCHEMA) if rows else NOTHING), counts

    @property
    def prepared(self) -> Prepared:
        """What the clock rules are prepared with; months of one source share it."""
        if self._prepared is None:
            self._prepared = Prepared(self.clock_rules, self.request.source, self.request.undelivered)
        return self._prepared

    @property
    def clocks(self) -> PlainClocks | VectorClocks:
        """Who judges clock rules; made when the first one comes."""
        if self._clocks is None:
            own = self.request
            self._clocks = (
                PlainClocks(own.source, self.context, own.undelivered, self.wanted)
                if own.backend == "reference"
                else VectorClocks(self.loaded, self.context, self.clock_rules, self.wanted, self.prepared)
            )
        return self._clocks

    def row_verdicts(self, rule: RecordRule) -> dict[str, Verdict]:
        """The verdicts of a row rule by stay, of one pass for all row rules. Raises what the rule's own pass raises."""
        if self._rows is None:
            self._rows = row_verdicts.Passes(self)
        return self._rows.of(rule)

    def visits(self) -> pa.Table:
        """The visits whose records are judged, with the columns of `stays`."""
        names = {"stay_id": "visit_id", "institution": "institution", "discharge_department": "department"}
        found = pa.table({to: _text(self.loaded.column("visit_records", name)) for to, name in names.items()})
        if self.request.months is None:
            return found
        month = pc.strftime(self.loaded.column("visit_records", "registered_at"), "%Y-%m")
        first, last = self.request.months
        return found.filter(pc.and_(pc.greater_equal(month, first), pc.less_equal(month, last)))

    def stays(self) -> pa.Table:
        """The encounters judged: id, institution and department of discharge."""
        names = ("stay_id", "institution", "discharge_department")
        columns = {name: _text(self.loaded.column("stays", name)) for name in names}
        table = pa.table(columns)
        return table if self.wanted is None else table.take(pa.array(self.wanted, pa.int64()))


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def _wanted(loaded: Loaded, span: Sequence[str] | None, encounters: Iterable[str] | None) -> Array | None:
    """The numbers of the rows of `stays` that are judged; None for all."""
    if "stays" not in loaded or (span is None and encounters is None):
        return None
    if encounters is not None:
        ids = _text(loaded.column("stays", "stay_id"))
        flags = pc.is_in(ids, value_set=pa.array(list(encounters), pa.string()))
    else:
        first = datetime.fromisoformat(calendar_months.first_day(span[0]))
        end = datetime.fromisoformat(
            calendar_months.first_day(calendar_months.named(calendar_months.number(span[-1]) + 1))
        )
        at = loaded.column("stays", "discharged_at")
        kind = pa.timestamp("us")
        within = pc.and_(pc.greater_equal(at, pa.scalar(first, kind)), pc.less(at, pa.scalar(end, kind)))
        flags = pc.fill_null(within, False)
    return np.flatnonzero(np.concatenate([plain(chunk) for chunk in flags.chunks] or [[]]))


def _kept(rows: Rows, keep: frozenset[str]) -> tuple[pa.Table, Counter[str]]:
    table = _table(rows, VERDICT_SCHEMA)
    counts = Counter({one["values"]: one["counts"] for one in pc.value_counts(table["verdict"]).to_pylist()})
    if keep >= WORDS:
        return table, counts
    return table.filter(pc.is_in(table["verdict"], value_set=pa.array(sorted(keep), pa.string()))), counts


def _table(rows: Rows, schema: pa.Schema) -> pa.Table:
    if isinstance(rows, pa.Table):
        return rows.cast(schema)
    return pa.Table.from_pylist(list(rows), schema=schema)


def _same(
    run: Run, rule: Head, verdict: Verdict, reason: str, keep: frozenset[str]
) -> tuple[pa.Table, Counter[str]]:
    """The same verdict for every encounter."""
    table = getattr(rule, "table", "stays")
    if table not in run.loaded:
        return VERDICT_SCHEMA.empty_table(), Counter()
    stays = run.stays() if table == "stays" else run.visits()
    counts = Counter({verdict.word: stays.num_rows}) if stays.num_rows else Counter()
    if verdict.word not in keep:
        return VERDICT_SCHEMA.empty_table(), counts
    return repeated(stays, rule, verdict, reason), counts


def repeated(stays: pa.Table, rule: Head, verdict: Verdict, reason: str) -> pa.Table:
    """Rows for stays (as `Run.stays`) that all say the same."""
    size = stays.num_rows
    given: dict[str, Any] = {
        "encounter": stays["stay_id"],
        "rule": pa.array([rule.id] * size, pa.string()),
        "version": pa.array([rule.version] * size, pa.int64()),
        "verdict": pa.array([verdict.word] * size, pa.string()),
        "reason": pa.array([reason] * size, pa.string()),
        "institution": stays["institution"],
        "department": stays["discharge_department"],
    }
    columns = [given.get(f.name) for f in VERDICT_SCHEMA]
    filled = [
        pa.nulls(size, f.type) if column is None else column
        for column, f in zip(columns, VERDICT_SCHEMA, strict=True)
    ]
    return pa.table(filled, schema=VERDICT_SCHEMA)


def iterate(table: pa.Table) -> Iterator[dict[str, Any]]:
    """The rows as dicts, batch by batch."""
    for batch in table.to_batches(max_chunksize=10_000):
        yield from batch.to_pylist()
