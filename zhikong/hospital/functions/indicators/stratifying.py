"""A month's result split by a coded column, with the words of the codes; small groups hidden as the rule says (F-14)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.engine.definitions import Definition, nodes
from zhikong.engine.results import Result
from zhikong.engine.tables import TABLES
from zhikong.engine.tables.model import Column
from zhikong.hospital.functions.indicators.catalogue import minimum_denominator
from zhikong.hospital.functions.indicators.queries.small_cells import Restriction, counts_of
from zhikong.hospital.functions.indicators.small_cells import Hidden, hidden_cells

YES_NO = {"1": gettext_lazy("是"), "0": gettext_lazy("否")}


@dataclass(frozen=True)
class Stratum:
    """One group of the split."""

    name: str
    result: Result
    small: bool
    hidden: str = ""

    @property
    def parts(self) -> str:
        if self.hidden:
            return self.hidden
        known = (self.result.numerator, self.result.denominator)
        return " / ".join("—" if part is None else f"{part:,}" for part in known)


def labels(definition: Definition) -> dict[str, str]:
    """Declared strata by name, in words: the column's meaning."""
    return {one.name: _meaning(one.column) or one.name for one in definition.strata_of}


def _meaning(node: nodes.Node) -> str:
    column = _column(node)
    return column.meaning.split("：")[0].split("（")[0] if column else ""


def _column(node: nodes.Node) -> Column | None:
    """The column behind a stratum; a yes-no column stands in a condition."""
    ref = node if isinstance(node, nodes.Ref) else getattr(node, "condition", None)
    return (
        TABLES[ref.table].column(ref.column) if isinstance(ref, nodes.Ref) and ref.table in TABLES else None
    )


def strata(
    definition: Definition, stratum: str, rows: Sequence[Result], rule: Restriction | None
) -> list[Stratum]:
    """The groups, the largest first; what the rule hides is taken out, and what would give it away."""
    found = [row for row in rows if row.stratum is not None]
    hidden = _hidden(definition, found, rule)
    node = next(one.column for one in definition.strata_of if one.name == stratum)
    least = minimum_denominator(definition)
    made = [
        Stratum(
            _label(node, row.stratum),
            row,
            row.denominator is not None and row.denominator < least,
            _mark(hidden.get(row.stratum), rule),
        )
        for row in sorted(found, key=lambda row: -(row.denominator or row.numerator or 0))
    ]
    return made


def _hidden(definition: Definition, rows: Sequence[Result], rule: Restriction | None) -> Mapping[str, Hidden]:
    """The groups of a month add up to the place's figure, which the reader may see: so it counts as a total."""
    if rule is None or not rule.covers(definition.id):
        return {}
    cells = {row.stratum: counts_of(definition, row) for row in rows}
    total = counts_of(definition, _Sum(rows))
    return hidden_cells(cells, total, smallest=rule.smallest)


class _Sum:
    """Numerators and denominators of all groups."""

    def __init__(self, rows: Sequence[Result]):
        self.numerator = sum(row.numerator or 0 for row in rows)
        self.denominator = sum(row.denominator or 0 for row in rows)


def _mark(why: Hidden | None, rule: Restriction | None) -> str:
    if why is None or rule is None:
        return ""
    return rule.mark if why is Hidden.SMALL else _("隐藏")


def _label(node: nodes.Node, code: str) -> str:
    if not code:
        return _("未填")
    column = _column(node)
    if not isinstance(node, nodes.Ref):
        return str(YES_NO.get(code, code))
    known = column.domain.label(code) if column is not None and column.domain else None
    return f"{known}（{code}）" if known else code
