"""Reads what a brief quotes: the month's lines, their worst departments, analyses, findings, charts."""

from dataclasses import asdict
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.queries import overdue_condition
from zhikong.foundation.findings.rules import State
from zhikong.foundation.organisation.queries import departments, institution
from zhikong.hospital.functions.indicators import charting, rules
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.actions import state_of
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.queries.board import Line, why_not
from zhikong.hospital.functions.indicators.queries.closing import Checklist
from zhikong.hospital.functions.indicators.queries.detail import detail
from zhikong.hospital.functions.indicators.queries.figures import Frame, frame
from zhikong.hospital.functions.indicators.queries.overview import overview
from zhikong.hospital.functions.indicators.queries.targets import TargetBook, target_book

CHARTS = 3
WORST = 3
ORDER = ("missed", "alert", "met", "small", "unknown", "monitor")


class NothingComputed(LookupError):
    """No figures exist for the month, so there is nothing to report."""


def snapshot(*, month: str, now: datetime) -> dict:
    """Everything the brief of a month quotes, as plain JSON. Raises NothingComputed before the first figures."""
    shown = frame()
    run = shown.computation(month)
    if run is None or not run.first_month <= month <= run.last_month:
        raise NothingComputed(
            _("%(month)s 还没有计算结果，无法起草简报。请先导入数据并等待计算完成。") % {"month": month}
        )
    book, checklist = target_book(), state_of(month, shown)
    names = {d.id: d.name for d in departments(on=calendar.first_day(month))}
    lines = sorted(
        overview(shown, book, month=month, place=None, definitions=definitions().values()).lines, key=_rank
    )
    return {
        "month": month,
        "month_words": calendar.spoken(month),
        "institution": institution().name,
        "data_version": run.data_version,
        "data_until": timezone.localtime(run.data_until).strftime("%Y-%m-%d %H:%M"),
        "computed_at": timezone.localtime(run.computed_at).strftime("%Y-%m-%d %H:%M"),
        "closed": month in shown.closed,
        "rows": [_row(number, line, _worst(checklist, line, names)) for number, line in enumerate(lines, 1)],
        "analyses": _analyses(checklist, names),
        "unanalysed": len(checklist.open_items),
        "findings": _findings(month),
        "charts": _charts(shown, book, lines, month),
    }


def _rank(line: Line) -> tuple:
    return (ORDER.index(line.status.value), line.in_force.target.empty)


def _row(number: int, line: Line, worst: list[dict]) -> dict:
    definition, figure = line.definition, line.figure
    return {
        "number": number,
        "id": definition.id,
        "name": line.name,
        "unit": line.unit,
        "target": line.in_force.target.text(line.unit),
        "value": f"{line.shown} {line.unit}".strip() if line.value is not None else "—",
        "bare": line.shown,
        "change": line.change_text,
        "change_unit": f" {rules.change_unit(line.unit)}",
        "favourable": line.favourable,
        "state": line.status.value,
        "word": line.word,
        "owner": ROLES[definition.owner].title if definition.owner in ROLES else definition.owner,
        "numerator": figure.numerator if figure else None,
        "denominator": figure.denominator if figure else None,
        "reason": "" if line.value is not None else why_not(figure),
        "version": definition.version,
        "hash": (figure.definition_hash if figure else definition.hash)[:10],
        "data_version": figure.data_version if figure else "",
        "signal": "".join(f.sentence for f in line.found[:1]),
        "worst": worst,
    }


def _worst(checklist: Checklist, line: Line, names: dict) -> list[dict]:
    rows = [item.line for item in checklist.departments if item.line.definition.id == line.definition.id]
    return [
        {"name": names.get(row.place, f"#{row.place}"), "value": f"{row.shown} {row.unit}"}
        for row in rows[:WORST]
    ]


def _analyses(checklist: Checklist, names: dict) -> list[dict]:
    """One entry per analysis with the misses it covers, hospital misses first."""
    found: dict[int, dict] = {}
    for item in (*checklist.hospital, *checklist.departments):
        for analysis in item.analyses:
            entry = found.setdefault(
                analysis.pk, {"misses": [], "cause": analysis.cause, "measure": analysis.measure}
            )
            where = "" if item.line.place is None else f"（{names.get(item.line.place, '')}）"
            entry["misses"].append(f"{item.line.name}{where}")
    return list(found.values())


def _findings(month: str) -> dict:
    """Counts at the end of the month (or today, when the month is still running) from the findings' own dates."""
    first = calendar.first_day(month)
    end = calendar.first_day(calendar.shifted(month, 1))
    day = min(end - timedelta(days=1), timezone.localdate())
    raised = Finding.objects.filter(raised_at__date__gte=first, raised_at__date__lt=end)
    closed = Finding.objects.filter(closed_at__date__gte=first, closed_at__date__lt=end)
    running = Finding.objects.filter(raised_at__date__lt=end).filter(
        Q(closed_at=None) | Q(closed_at__date__gte=end)
    )
    late = running.filter(overdue_condition(day)).order_by("due_on", "pk")
    return {
        "raised": raised.count(),
        "closed": closed.count(),
        "open": running.count(),
        "overdue": late.count(),
        "observation": running.filter(state=State.OBSERVATION).count(),
        "reopened": running.filter(state=State.REOPENED).count(),
        "late": [f"{f.department_name}“{f.title}”（期限 {f.due_on:%Y-%m-%d}）" for f in late[:WORST]],
    }


def _charts(shown: Frame, book: TargetBook, lines: list[Line], month: str) -> list[dict]:
    """Control charts of the worst hospital lines; without any, of the first line that has a target."""
    wanted = [line for line in lines if line.status.value in ("missed", "alert")] or lines[:1]
    found = []
    for line in wanted[:CHARTS]:
        seen = detail(shown, book, definition=line.definition, place=None, month=month, compared=[])
        chart = charting.chart(seen, place_name=_("全院"))
        if chart.data is not None:
            found.append({"name": line.name, "number": lines.index(line) + 1, "data": asdict(chart.data)})
    return found
