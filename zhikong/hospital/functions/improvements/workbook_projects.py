"""The register of projects as a workbook (改进项目登记册)."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import xlsxwriter

from zhikong.hospital.functions.improvements.models.projects import Project
from zhikong.hospital.functions.improvements.queries.projects import kinds
from zhikong.hospital.functions.improvements.rules_projects import achievement

HEADS = (
    ("编号", 14), ("主题", 40), ("类型", 12), ("科室", 16), ("圈名", 12), ("负责人", 10), ("来源", 16), ("衡量的指标", 24),
    ("现况", 10), ("目标", 10), ("改善后", 10), ("单位", 8), ("达成率（%）", 12), ("状态", 10), ("成效", 16), ("开始", 12),
    ("计划完成", 12), ("结题", 12), ("逾期", 8),
)  # fmt: skip


def workbook(found: Iterable[Project], *, today: date) -> bytes:
    """One row a project; numbers as numbers, unknown ones empty."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("改进项目登记册")
        head, day = (
            book.add_format({"bold": True, "bottom": 1}),
            book.add_format({"num_format": "yyyy-mm-dd"}),
        )
        for column, (word, width) in enumerate(HEADS):
            sheet.write_string(0, column, word, head)
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 2)
        last = 0
        for last, one in enumerate(found, 1):
            for column, value in enumerate(_row(one, today)):
                _write(sheet, last, column, value, day)
        sheet.autofilter(0, 0, last, len(HEADS) - 1)
    return stream.getvalue()


def _row(one: Project, today: date) -> tuple:
    rate = achievement(one.baseline, one.result, one.target)
    return (
        one.number, one.title, kinds.title_of(one), one.department_name, one.circle_name, str(one.leader or ""),
        one.get_origin_display(), one.measured, one.baseline, one.target, one.result, one.unit, rate,
        one.get_state_display(), one.get_success_display() if one.success else "", one.starts_on, one.ends_on,
        one.closed_at.date() if one.closed_at else None, "是" if one.is_overdue(today) else "",
    )  # fmt: skip


def _write(sheet, row: int, column: int, value: object, day) -> None:
    if isinstance(value, Decimal):
        sheet.write_number(row, column, float(round(value, 2)))
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, day)
    elif value:
        sheet.write_string(row, column, str(value))
