"""Obligations and defects of open stays as workbooks. Cells stay text, so that none becomes a formula."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.hospital.functions.records.models import Defect, Obligation
from zhikong.hospital.functions.records.queries.running.lists import Line
from zhikong.hospital.functions.records.sheets_results import book


def obligation_book(lines: Iterable[Line], *, now: datetime) -> bytes:
    """One sheet, a row for each obligation."""
    heads = [
        _("科室"), _("床号"), _("患者"), _("病案号"), _("事项"), _("状态"), _("应完成时间"), _("完成时间"), _("责任医师"), _("工号"),
        _("起算时间"), _("说明"), _("规则编号"), _("版本"), _("提醒次数"), _("不适用的理由"), _("重点病历"),
    ]  # fmt: skip
    rows = (
        (
            line.department, line.bed, line.patient.name, line.patient.record_number, line.row.title,
            str(Obligation.State(line.state).label), _moment(line.row.due_at), _moment(line.row.done_at), line.writer,
            line.row.responsible, _moment(line.row.anchor_at), line.row.explanation, line.row.rule, line.row.version,
            line.row.reminders, line.row.excused_reason, _("是") if line.key_record else "",
        )
        for line in lines
    )  # fmt: skip
    title = _("运行病历清单 %(at)s") % {"at": timezone.localtime(now).strftime("%Y-%m-%d %H:%M")}
    return book(title, heads, rows)


def defect_book(lines: Iterable[Line]) -> bytes:
    """One sheet, a row for each defect."""
    heads = [
        _("科室"), _("床号"), _("患者"), _("病案号"), _("缺陷"), _("状态"), _("来源"), _("责任医师"), _("工号"), _("发现时间"),
        _("修改时间"), _("修改说明"), _("复核时间"), _("申诉编号"), _("规则编号"), _("版本"),
    ]  # fmt: skip
    rows = (
        (
            line.department, line.bed, line.patient.name, line.patient.record_number, line.row.text,
            str(Defect.State(line.state).label), line.row.get_source_display(), line.writer, line.row.responsible,
            _moment(line.row.first_seen_at), _moment(line.row.mended_at), line.row.note, _moment(line.row.checked_at),
            line.row.case.number if line.row.case_id else "", line.row.rule, line.row.version,
        )
        for line in lines
    )  # fmt: skip
    return book(_("运行病历缺陷"), heads, rows)


def _moment(at) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""
