"""The figures of complaints as a workbook: one sheet a table, numbers as numbers, unknown ones empty."""

from __future__ import annotations

import io

import xlsxwriter

from zhikong.hospital.functions.complaints.queries.intake.figures import Report
from zhikong.hospital.functions.complaints.rules_intake_figures import Figures

HEADS = (
    ("", 18), ("投诉件数", 10), ("已答复", 9), ("已办结", 9), ("结案率（%）", 12), ("按期答复（%）", 13), ("答复用时中位数（天）", 20),
    ("沟通不良件数", 13), ("沟通不良占比（%）", 16), ("处理满意率（%）", 15), ("平均分", 9), ("重复投诉", 10), ("退费（元）", 12),
    ("出院人次", 11), ("门诊加出院人次", 15), ("每千出院", 10), ("每万人次", 10),
)  # fmt: skip


def workbook(report: Report) -> bytes:
    stream = io.BytesIO()
    sheets = (
        ("按月", "月份", [*report.by_month, report.whole]), ("按科室", "科室", report.by_department),
        ("按类别", "类别", report.by_category), ("按途径", "途径", report.by_channel),
    )  # fmt: skip
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        for name, first, rows in sheets:
            _fill(book.add_worksheet(name), first, rows, head)
    return stream.getvalue()


def _fill(sheet, first: str, rows: list[Figures], head) -> None:
    for column, (word, width) in enumerate(HEADS):
        sheet.write_string(0, column, word or first, head)
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 1)
    for line, row in enumerate(rows, 1):
        for column, value in enumerate(_cells(row)):
            if isinstance(value, str):
                sheet.write_string(line, column, value)
            elif value is not None:
                sheet.write_number(line, column, round(value, 2))


def _cells(one: Figures) -> tuple:
    return (
        one.title, one.count, one.answered, one.closed, one.closed_share, one.in_time_share, one.median_days, one.communication,
        one.communication_share, one.satisfied_share, one.mean_score, one.repeats, one.refunded_fen / 100, one.discharges,
        one.persons, one.per_1000_discharges, one.per_10000_persons,
    )  # fmt: skip
