"""The board as a workbook: the breakdowns, how long each step took, and every finding behind them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from io import BytesIO

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.queries.board import Board, Line
from zhikong.foundation.findings.rules.board import Tally

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def of_board(
    made: Board,
    findings: Iterable[Finding],
    *,
    names: dict[str, str],
    steps: dict[str, str],
    by,
    now: datetime,
) -> bytes:
    """names: source kinds in words; steps: the steps in words. Texts stay texts, none becomes a formula."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "default_date_format": "yyyy-mm-dd"},
    )  # fmt: skip
    bold = book.add_format({"bold": True, "bg_color": "#EEF2F7", "border": 1})
    _summary(book.add_worksheet(_("概况")), made, steps, bold, by, now)
    sources = [Line(line.key, names.get(line.key, line.key), line.tally) for line in made.sources]
    for title, lines in (
        (_("按科室"), made.departments),
        (_("按来源"), sources),
        (_("按程度"), made.severities),
        (_("按月"), made.months),
    ):
        _breakdown(book.add_worksheet(title), title, lines, bold)
    _findings(book.add_worksheet(_("明细")), findings, names, bold)
    book.close()
    return buffer.getvalue()


def _summary(page, made: Board, steps: dict[str, str], bold, by, now: datetime) -> None:
    page.set_column(0, 0, 26)
    page.set_column(1, 3, 14)
    moment = timezone.localtime(now).strftime("%Y-%m-%d %H:%M")
    page.write_string(
        0,
        0,
        _("整改看板，自 %(since)s 起；%(who)s 于 %(at)s 导出")
        % {"since": made.since, "who": by, "at": moment},
    )
    for row, (label, value) in enumerate(zip(_heads()[1:], _values(made.total), strict=True), 2):
        page.write_string(row, 0, label)
        _write(page, row, 1, value)
    start = 2 + len(_heads())
    for column, word in enumerate((_("步骤"), _("件数"), _("中位数（工作日）"), _("90 百分位（工作日）"))):
        page.write_string(start, column, word, bold)
    for row, (step, name) in enumerate(steps.items(), start + 1):
        found = made.times[step]
        page.write_string(row, 0, name)
        for column, value in enumerate((found.count, found.median, found.p90), 1):
            _write(page, row, column, value)
    start += len(steps) + 3
    for column, word in enumerate((_("未关闭的天数"), _("件数"), _("其中逾期"))):
        page.write_string(start, column, word, bold)
    for row, age in enumerate(made.ages, start + 1):
        page.write_string(row, 0, f"{age.least}～{age.most}" if age.most is not None else f"{age.least}～")
        page.write_number(row, 1, age.open)
        page.write_number(row, 2, age.overdue)


def _heads() -> list[str]:
    return [
        _("名称"), _("提出"), _("未关闭"), _("逾期"), _("关闭"), _("有效率（%）"), _("例外关闭"), _("重复发生"),
        _("重复率（%）"), _("重新打开"), _("延过期"),
    ]  # fmt: skip


def _values(tally: Tally) -> list[float | None]:
    return [
        tally.raised, tally.open, tally.overdue, tally.closed, tally.effective, tally.overridden, tally.recurrent,
        tally.recurring, tally.reopened, tally.extended,
    ]  # fmt: skip


def _breakdown(page, title: str, lines: Iterable[Line], bold) -> None:
    page.set_column(0, 0, 24)
    page.set_column(1, 10, 12)
    for column, word in enumerate([title, *_heads()[1:]]):
        page.write_string(0, column, word, bold)
    for row, line in enumerate(lines, 1):
        page.write_string(row, 0, line.title)
        for column, value in enumerate(_values(line.tally), 1):
            _write(page, row, column, value)
    page.freeze_panes(1, 1)


def _write(page, row: int, column: int, value) -> None:
    if value is not None:
        page.write_number(row, column, round(value, 1))


def _findings(page, findings: Iterable[Finding], names: dict[str, str], bold) -> None:
    heads = (
        _("编号"), _("问题"), _("科室"), _("来源"), _("程度"), _("状态"), _("责任人"), _("提出日期"), _("期限"),
        _("期限的依据"), _("条款"), _("重复发生"), _("延期次数"), _("关闭日期"),
    )  # fmt: skip
    widths = (16, 40, 16, 12, 8, 12, 12, 12, 12, 40, 40, 10, 10, 12)
    for column, (word, width) in enumerate(zip(heads, widths, strict=True)):
        page.set_column(column, column, width)
        page.write_string(0, column, word, bold)
    for row, one in enumerate(findings, 1):
        cells = (
            one.number, one.title, one.department_name, names.get(one.source_kind, one.source_kind),
            str(one.get_severity_display()), str(one.get_state_display()), str(one.owner or ""),
            timezone.localdate(one.raised_at), one.due_on, one.due_reason, one.clause_text or one.clause_key,
            _("是") if one.recurrent else "", one.extended_times or "",
            timezone.localdate(one.closed_at) if one.closed_at else "",
        )  # fmt: skip
        for column, value in enumerate(cells):
            if isinstance(value, date):
                page.write_datetime(row, column, datetime(value.year, value.month, value.day))  # noqa: DTZ001  a day of the hospital
            elif isinstance(value, int):
                page.write_number(row, column, value)
            else:
                page.write_string(row, column, value)
    page.freeze_panes(1, 1)
