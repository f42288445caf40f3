"""FROM-clauses for contract tables: the files or rows, cleaned, with only the columns that are needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from zhikong.engine import months as calendar
from zhikong.engine.backends.source import Source
from zhikong.engine.backends.sql.lower import floor_division
from zhikong.engine.backends.sql.session import memory_name
from zhikong.engine.backends.sql.text import clause, listed, literal, name
from zhikong.engine.plan.needs import MINUTES_TO_NEXT as NEXT
from zhikong.engine.tables import MONTH, TABLES, Type
from zhikong.engine.tables.views import EARLIER, SAME_MONTH, TELLS_APART, VIEWS

Months = frozenset[str] | None  # None: no file can be left out
_STAYED = '(epoch_us("discharged_at") - epoch_us("admitted_at"))'
_MINUTE, _DAY = 60_000_000, 86_400_000_000
_SIMPLE_DERIVED = {
    "stay_minutes": floor_division(_STAYED, _MINUTE),
    "stay_days_elapsed": floor_division(_STAYED, _DAY),
}
_AFTER = "other.admitted_at >= own.discharged_at"
NEXT_TABLE = "next_admission"
_ARROW_TYPES = {
    Type.TEXT: "VARCHAR",
    Type.INT: "BIGINT",
    Type.FLOAT: "DOUBLE",
    Type.BOOL: "BOOLEAN",
    Type.DATE: "DATE",
    Type.TIMESTAMP: "TIMESTAMP",
}


@dataclass(frozen=True, slots=True)
class Relations:
    """How the tables of one source are spelled in FROM-clauses."""

    source: Source

    def scan(self, table: str, columns: Iterable[str], months: Months = None) -> str:
        """A subquery with the given columns, supplied or derived, of the rows that can lie in `months`."""
        wanted = sorted(set(columns))
        if table in VIEWS:
            return self._other_stays(table, wanted, months)
        if table == "stays" and NEXT in wanted:
            return self._with_next([c for c in wanted if c != NEXT], months)
        chosen = listed(_column(table, c) for c in wanted)
        return clause("(SELECT", chosen, "FROM", self._raw(table, months), ")")

    def _other_stays(self, view: str, columns: list[str], months: Months) -> str:
        """The patient's other stays, each under the `stay_id` of the stay that looks; they may lie in any month."""
        looking = clause(self.scan("stays", TELLS_APART, months), "AS own")
        others = clause(self.scan("stays", {*columns, *TELLS_APART} - {SAME_MONTH}), "AS other")
        shown = [f"other.{name(c)}" for c in columns if c not in ("stay_id", SAME_MONTH)]
        if SAME_MONTH in columns:
            shown.append(f"{_month('own')} = {_month('other')} AS {SAME_MONTH}")
        placed = "other.discharged_at <= own.admitted_at" if view == EARLIER else _AFTER
        same = "other.patient_key = own.patient_key AND other.institution = own.institution"
        return clause(
            "(SELECT", listed(["own.stay_id AS stay_id", *shown]), "FROM", looking, "JOIN", others,
            "ON", same, "AND other.stay_id <> own.stay_id AND", placed, ")",
        )  # fmt: skip

    def labelled(self, table: str) -> bool:
        """True when the files of the table say which month they hold, so months can be read apart."""
        files = self.source.files.get(table)
        return files is not None and files.labelled

    def _raw(self, table: str, months: Months) -> str:
        if table in self.source.memory:
            return memory_name(table)
        paths = self.source.files[table].within(months)
        if not paths:
            return _empty(table)
        files = listed(literal(path) for path in paths)
        # the partition's folder name is not data here; months follow from the date columns
        by_name = "false" if self.source.shape(table).uniform else "true"
        return f"read_parquet([{files}], hive_partitioning = false, union_by_name = {by_name})"

    def _with_next(self, columns: list[str], months: Months) -> str:
        """Adds the minutes to the next admission from the table that `next_admission` made."""
        own = self.scan("stays", {*columns, "stay_id"}, months)
        shown = listed([*(f"own.{name(c)}" for c in columns), f"later.minutes AS {name(NEXT)}"])
        later = self.next_minutes(months)
        return clause("(SELECT", shown, "FROM", own, "AS own LEFT JOIN", later, "AS later USING (stay_id))")

    def next_minutes(self, months: Months) -> str:
        """stay_id and minutes of the stays that have a next admission; `next_admission` made the table."""
        within = ""
        if months is not None:
            within = clause("AND month IN (", listed(str(calendar.number(m)) for m in sorted(months)), ")")
        return clause("(SELECT stay_id, minutes FROM", NEXT_TABLE, "WHERE minutes IS NOT NULL", within, ")")


def _month(alias: str) -> str:
    return f"(year({alias}.discharged_at) * 12 + month({alias}.discharged_at))"


def _column(table: str, column: str) -> str:
    if table == "stays" and column in _SIMPLE_DERIVED:
        return f"{_SIMPLE_DERIVED[column]} AS {name(column)}"
    known = TABLES[table].column(column)
    if known is not None and known.type is Type.FLOAT:
        return f"nullif({name(column)}, CAST('nan' AS DOUBLE)) AS {name(column)}"
    return name(column)


def _empty(table: str) -> str:
    columns = [f"CAST(NULL AS {_ARROW_TYPES[c.type]}) AS {name(c.name)}" for c in TABLES[table].columns]
    return clause("(SELECT", listed([*columns, f"CAST(NULL AS VARCHAR) AS {MONTH}"]), "WHERE FALSE)")
