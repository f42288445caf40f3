"""charged: what was charged must be recorded, and what was recorded must be charged (requirement REC-36)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from zhikong.engine.record_rules.texts.charts import Chart, Document, Row
from zhikong.engine.record_rules.texts.checks.alone import Alone
from zhikong.engine.record_rules.texts.checks.value import reference
from zhikong.engine.record_rules.texts.model import Hit, Looked
from zhikong.engine.record_rules.texts.params import Params


@dataclass(frozen=True, slots=True)
class Charged(Alone):
    """words: parts of the names of charges; codes: their codes or beginnings of codes. The record of it: documents that
    the rule selects, or rows of `rows` (with `kinds`). reverse: a record without a charge is at fault, instead of a
    charge without a record. times: so many charged, so many records at least."""

    words: tuple[str, ...]
    codes: tuple[str, ...]
    fees: tuple[str, ...]
    excepted: tuple[str, ...]
    table: str
    kinds: tuple[str, ...]
    reverse: bool
    times: bool

    @property
    def asks_of_rows(self) -> bool:
        return True

    @property
    def reads_documents(self) -> bool:
        return not self.table

    @property
    def reads_words(self) -> bool:
        return False

    @classmethod
    def read(cls, p: Params) -> Charged:
        made = cls(
            p.words("words", ()), p.words("codes", ()), p.words("fee_kinds", ()), p.words("except", ()),
            p.child("rows") if p.has("rows") else "", p.words("kinds", ()), p.flag("reverse"), p.flag("times"),
        )  # fmt: skip
        if not (made.words or made.codes or made.fees):
            raise p.wrong((), "charged 没有写收费项目。", "写 words、codes 或 fee_kinds。")
        return made

    @property
    def tables(self) -> Mapping[str, frozenset[str]]:
        found = {"charges": frozenset({"name", "code", "fee_kind", "quantity"})}
        return found | ({self.table: frozenset({"stay_id"})} if self.table else {})

    def look(self, chart: Chart, documents: Sequence[Document], known: None) -> Looked:
        looked = Looked()
        charges = [row for row in chart.children.get("charges", ()) if self._meant(row)]
        if sum(row.get("quantity") or 0 for row in charges) <= 0:  # what was refunded was not charged
            charges = []
        records = self._records(chart, documents)
        if self.reverse and records:
            looked.add(*([] if charges else [self._uncharged(chart, records[0])]))
        elif charges and not self.reverse:
            looked.add(*self._unrecorded(charges, records))
        return looked

    def _meant(self, row: Row) -> bool:
        name, code = str(row.get("name") or ""), str(row.get("code") or "")
        if any(word in name for word in self.excepted):
            return False
        return (
            any(word in name for word in self.words)
            or any(code.startswith(start) for start in self.codes)
            or row.get("fee_kind") in self.fees
        )

    def _records(self, chart: Chart, documents: Sequence[Document]) -> list[str]:
        if not self.table:
            return [f"documents:{one.id}" for one in documents]
        rows = chart.children.get(self.table, ())
        kept = [row for row in rows if not self.kinds or row.get("kind") in self.kinds]
        return [f"{self.table}:{reference(self.table, row)}" for row in kept]

    def _unrecorded(self, charges: Sequence[Row], records: Sequence[str]) -> Iterator[Hit]:
        count = int(sum(row.get("quantity") or 0 for row in charges))
        if records and (not self.times or len(records) >= count):
            return
        first = charges[0]
        told = f"收取“{first.get('name') or first.get('code')}”等 {count} 次，病历中有 {len(records)} 份记录"
        yield Hit(told, subject=f"charges:{first['charge_id']}")

    def _uncharged(self, chart: Chart, record: str) -> Hit:
        return Hit("病历中有记录，没有相应的收费", subject=record)
