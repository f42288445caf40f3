"""What happened in a stay, as lines of a timeline: each moment of each row with its words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhikong.engine.tables import TABLES

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """How a moment of a table reads. words: columns whose values follow; only: a column that must be true."""

    column: str
    title: str
    words: tuple[str, ...] = ()
    only: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One moment. table, key: the row it comes from, as `table:key` in verdicts. at: local wall time."""

    at: datetime
    table: str
    key: str
    title: str
    detail: str
    row: Row

    def key_of(self, column: str) -> Any:
        """A value of the row behind the moment, or None."""
        return self.row.get(column)


LINES: dict[str, tuple[Line, ...]] = {
    "stays": (
        Line("admitted_at", "入院", ("admission_route",)),
        Line("discharged_at", "出院", ("discharge_way",)),
    ),
    "documents": (Line("signed_at", "文书签名", ("type",)), Line("written_at", "文书完成", ("type",))),
    "operations": (
        Line("performed_at", "手术操作开始", ("name", "grade")),
        Line("ended_at", "手术操作结束", ("name",)),
    ),
    "transfers": (Line("at", "转科", ("from_department", "to_department")),),
    "icu_stays": (Line("entered_at", "入重症监护"), Line("left_at", "出重症监护")),
    "results": (
        Line("notified_at", "危急值通报", ("name", "value", "unit", "text"), only="critical"),
        Line("handled_at", "危急值处置", ("name",), only="critical"),
        Line("at", "检验检查报告", ("name", "value", "unit", "abnormal", "text")),
    ),
    "consents": (
        Line("talked_at", "谈话", ("kind",)),
        Line("signed_at", "患方签字", ("kind", "signer")),
    ),
    "consultations": (
        Line("requested_at", "申请会诊", ("urgency", "to_department")),
        Line("arrived_at", "会诊医师到达", ("doctor_level",)),
        Line("completed_at", "会诊完成", ("doctor_level",)),
    ),
    "transfusions": (
        Line("requested_at", "申请用血", ("component",)),
        Line("started_at", "输血开始", ("component",)),
        Line("ended_at", "输血结束"),
        Line("evaluated_at", "输血评价"),
    ),
    "condition_periods": (
        Line("started_at", "开始", ("kind",)),
        Line("ended_at", "结束", ("kind",)),
    ),
    "rescues": (Line("started_at", "抢救开始"), Line("ended_at", "抢救结束")),
    "infections": (
        Line("onset_at", "医院感染发生", ("site",)),
        Line("reported_at", "医院感染报告", ("site",)),
    ),
    "devices": (Line("placed_at", "置管", ("kind",)), Line("removed_at", "拔管", ("kind",))),
    "assessments": (Line("at", "评估", ("kind",)),),
    "orders": (Line("ordered_at", "医嘱", ("kind", "name")),),
    "medications": (Line("given_at", "用药", ("name",)),),
    "pathways": (Line("entered_at", "入临床路径"), Line("left_at", "出临床路径")),
}


def events_of(rows: Mapping[str, Sequence[Row]]) -> tuple[Event, ...]:
    """All moments of a chart's rows, in the order of time; at the same minute in the order of the tables here."""
    found = [
        event
        for table, lines in LINES.items()
        for row in rows.get(table, ())
        for event in _of(table, row, lines)
    ]
    return tuple(sorted(found, key=lambda event: event.at))


def _of(table: str, row: Row, lines: Sequence[Line]) -> Iterator[Event]:
    for line in lines:
        at = row.get(line.column)
        if at is not None and (not line.only or row.get(line.only)):
            said = "，".join(word for name in line.words if (word := _word(table, name, row.get(name))))
            yield Event(at, table, key_of(table, row), line.title, said, row)


def key_of(table: str, row: Row) -> str:
    """The row's key as verdicts write it, without the stay's own number."""
    names = [name for name in TABLES[table].key if name != "stay_id"] or ["stay_id"]
    return ":".join(str(row.get(name)) for name in names)


def _word(table: str, name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    column = TABLES[table].column(name)
    label = column.domain.label(str(value)) if column.domain else None
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return label or text
