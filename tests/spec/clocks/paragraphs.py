"""The form of a paragraph: a rule, a drawing of rows, and what every stay of the drawing gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tests.spec.drawn import Row, parse
from zhikong.engine.backends.source import Source
from zhikong.engine.definitions.examples import fill
from zhikong.engine.definitions.located import Located
from zhikong.engine.record_rules import ClockRule, Event
from zhikong.engine.record_rules.clock import reading
from zhikong.engine.record_rules.events.reading import events_of
from zhikong.engine.tables import TABLES

EVENTS = [
    {"id": "admission", "title": "入院", "table": "stays", "at": "admitted_at"},
    {"id": "discharge", "title": "出院", "table": "stays", "at": "discharged_at", "no_time": "undone"},
    {"id": "first_note", "title": "首次病程记录", "table": "documents", "where": "type = '37'", "at": "signed_at", "no_time": "undone"},
    {"id": "note", "title": "日常病程记录", "table": "documents", "where": "type = '38'", "at": "signed_at", "no_time": "undone"},
    {"id": "round", "title": "上级医师查房", "table": "documents", "where": "type = '39'", "at": "signed_at", "no_time": "undone"},
    {"id": "operation_record", "title": "手术记录", "table": "documents", "where": "type = '09'", "at": "signed_at", "no_time": "undone"},
    {"id": "discussion", "title": "术前讨论", "table": "documents", "where": "type = '47'", "at": "signed_at", "no_time": "undone"},
    {"id": "operation_start", "title": "手术开始", "table": "operations", "at": "performed_at"},
    {"id": "operation_end", "title": "手术结束", "table": "operations", "at": "ended_at"},
    {"id": "requested", "title": "会诊申请", "table": "consultations", "at": "requested_at"},
    {"id": "answered", "title": "会诊意见", "table": "consultations", "at": "completed_at", "no_time": "undone"},
    {"id": "transfer", "title": "转科", "table": "transfers", "at": "at"},
    {"id": "refusal", "title": "拒绝诊疗告知", "table": "consents", "where": "kind = 'refusal'", "at": "signed_at", "no_time": "undone"},
    {"id": "critical", "title": "病危", "table": "condition_periods", "where": "kind = 'critical'", "at": "started_at", "until": "ended_at"},
    {"id": "leave", "title": "请假", "table": "condition_periods", "where": "kind = 'leave'", "at": "started_at", "until": "ended_at"},
]  # fmt: skip
"""The vocabulary of all paragraphs, as packs/<pack>/events/*.yaml writes it."""

HEAD = {
    "version": 1, "status": "published", "kind": "clock", "title": "例", "why": "例", "severity": "error", "points": 1,
    "source": {"document": "手册", "mark": "memory"}, "owner": "quality_office", "checker": "medical_affairs",
    "next_review": date(2100, 1, 1), "message": "例",
}  # fmt: skip


@dataclass(frozen=True)
class Paragraph:
    """One statement of the manual.

    rule: the fields that matter, as YAML writes them. drawing: tables as text; the first is `stays`, whose column `=`
    says which verdict each stay gets. tells: stay -> what its row must hold: due_at, at, or a part of `reason`. now: the
    moment of judging; without a word everything is due. missing: tables and columns that were not delivered. limit: the
    hospital's own.
    """

    title: str
    text: str
    rule: dict[str, Any]
    drawing: str
    tells: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    now: str = "2036-01-01 00:00"
    missing: tuple[str, ...] = ()
    shift_hours: tuple[str, ...] | None = None
    limit: str | None = None

    def expected(self) -> dict[str, str]:
        """Stay -> verdict."""
        stays = parse(self.drawing)[0]
        return {row["stay_id"]: said for row, said in zip(stays.rows, stays.expected, strict=True)}

    def source(self) -> Source:
        """The drawn rows; every other table is there and empty."""
        tables: dict[str, list[Row]] = {name: [] for name in TABLES}
        for drawn in parse(self.drawing):
            tables[drawn.name] = drawn.rows
        for row in tables["stays"]:
            usual = {
                "patient_key": row["stay_id"],
                "institution": "H",
                "zone": "Asia/Shanghai",
                "discharged_at": None,
            }
            row.update({"discharge_department": "A"} | usual | row)
        fill({name: rows for name, rows in tables.items() if name != "stays"}, "2026-01")
        return Source.of_rows(tables)


def vocabulary() -> dict[str, Event]:
    """The events by id."""
    found = list(events_of(Located(Path("events/manual.yaml"), EVENTS), {}))
    assert all(isinstance(one, Event) for one in found), [str(one) for one in found]
    return {one.id: one for one in found if isinstance(one, Event)}


def rule_of(paragraph: Paragraph) -> ClockRule:
    """The paragraph's rule with the usual head."""
    located = Located(Path("manual-rule.yaml"), {"id": "manual-rule"} | HEAD | paragraph.rule)
    found = reading.rule_of(located, {}, vocabulary())
    assert isinstance(found, ClockRule), [str(problem) for problem in found]
    return found


def moment(text: str) -> datetime:
    """A drawn time."""
    return datetime.fromisoformat(text)
