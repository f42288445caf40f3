"""What reporting adds to a department's month: its own reported figures, and the checks that were scored."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.foundation.forms.models import Sheet
from zhikong.foundation.forms.rules import HANDED_IN
from zhikong.foundation.organisation.month_facts import Line, Section
from zhikong.hospital.functions.reporting import queries

MOST = 12


def figures(*, department_id: int, month: str, now: datetime) -> Section | None:
    """The department's reported figures of the month with the state of their sheet."""
    found = list(queries.sheets(month=month, department_id=department_id))
    if not found:
        return None
    lines = [_line(row, sheet) for sheet in found for row in queries.grid(sheet).rows]
    told = "；".join(f"{queries.set_of(s).title}{s.get_state_display()}" for s in found)
    return Section("figures", _("科室填报数"), f"{told}。", tuple(lines), source=_("填报"), order=30)


def _line(row, sheet) -> Line:
    state = {"bad": "bad", "warn": "warn"}.get(row.tone, "")
    return Line(
        text=row.item.title,
        value=_("%(now)s（上月 %(last)s）")
        % {"now": _("未填") if row.cell.empty else row.shown, "last": row.last},
        state=state,
        word=_("待核对") if state else "",
        url=reverse("reporting:sheet", args=[sheet.pk]),
    )


def checks(*, department_id: int, month: str, now: datetime) -> Section | None:
    """Checklists and score sheets about the department that were handed in for the month."""
    year, number = int(month[:4]), int(month[5:])
    rows = Sheet.objects.filter(
        department_id=department_id, state__in=list(HANDED_IN), total__isnull=False,
        submitted_at__year=year, submitted_at__month=number,
    ).order_by("submitted_at")  # fmt: skip
    found = list(rows[:MOST])
    if not found:
        return None
    failed = sum(sheet.passed is False for sheet in found)
    summary = _("检查与评分 %(n)d 份，其中不合格 %(bad)d 份。") % {"n": len(found), "bad": failed}
    return Section("checks", _("检查结果"), summary, tuple(_check(sheet) for sheet in found), order=25)


def _check(sheet: Sheet) -> Line:
    return Line(
        text=f"{sheet.title} {sheet.number}",
        value=_("%(n)s 分") % {"n": f"{sheet.total:f}".rstrip("0").rstrip(".")},
        note=sheet.grade,
        state="bad" if sheet.passed is False else "ok",
        word=_("不合格") if sheet.passed is False else _("合格"),
        url=reverse("forms:view", args=[sheet.pk]),
    )
