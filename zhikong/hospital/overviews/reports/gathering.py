"""Reads what a brief quotes: the month's lines, their worst departments, analyses, findings, charts."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.queries import overdue_condition
from zhikong.foundation.findings.rules import State
from zhikong.foundation.organisation.queries import departments, institution
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators import rules
from zhikong.hospital.functions.indicators.actions import state_of
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.queries.board import Line, why_not
from zhikong.hospital.functions.indicators.queries.closing import Checklist
from zhikong.hospital.functions.indicators.queries.figures import frame
from zhikong.hospital.functions.indicators.queries.overview import overview
from zhikong.hospital.functions.indicators.queries.targets import target_book
from zhikong.hospital.overviews.reports import pictures
from zhikong.hospital.overviews.reports import rules as text_rules

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
    made = {
        "month": month,
        "month_words": calendar.spoken(month),
        "institution": institution().name,
        "data_version": run.data_version,
        "data_until": _moment(run.data_until),
        "computed_at": _moment(run.computed_at),
        "read_at": _moment(now),
        "closed": month in shown.closed,
        "rows": [_row(number, line, _worst(checklist, line, names)) for number, line in enumerate(lines, 1)],
        "analyses": _analyses(checklist, names),
        "unanalysed": len(checklist.open_items),
        "unanalysed_hospital": sum(item.line.place is None for item in checklist.open_items),
        "findings": _findings(month),
        "charts": pictures.charts(shown, book, lines, month=month, names=names),
    }
    return made | {"sources": text_rules.sources(made)}


def _moment(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")


def _rank(line: Line) -> tuple:
    return (ORDER.index(line.status.value), line.in_force.target.empty)


def _row(number: int, line: Line, worst: list[dict]) -> dict:
    definition, figure = line.definition, line.figure
    return {
        "number": number,
        "id": definition.id,
        "name": line.labelled,
        "origin": line.origin,
        "unit": line.unit,
        "target": line.in_force.target.text(line.unit),
        "value": f"{line.shown} {line.unit}".strip() if line.value is not None else "—",
        "bare": line.shown,
        "change": line.change_text,
        "change_unit": f" {rules.change_unit(line.unit)}",
        "favourable": line.favourable,
        "moved": _moved(line),
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


def _moved(line: Line) -> float:
    """The movement as a share of the month before, so that days and percentages can be ranked together."""
    if line.change is None or line.before is None:
        return 0.0
    return float(abs(line.change) / (abs(line.before) or 1))


def _worst(checklist: Checklist, line: Line, names: dict) -> list[dict]:
    rows = [item.line for item in checklist.departments if item.line.definition.id == line.definition.id]
    return [
        {"name": names.get(row.place, f"#{row.place}"), "value": f"{row.shown} {row.unit}"}
        for row in rows[:WORST]
    ]


def _analyses(checklist: Checklist, names: dict) -> list[dict]:
    """One entry per analysis with the misses it covers: indicator -> places, the hospital first."""
    found: dict[int, dict] = {}
    for item in (*checklist.hospital, *checklist.departments):
        for analysis in item.analyses:
            entry = found.setdefault(
                analysis.pk, {"misses": {}, "cause": analysis.cause, "measure": analysis.measure}
            )
            place = (
                _("全院") if item.line.place is None else names.get(item.line.place, f"#{item.line.place}")
            )
            entry["misses"].setdefault(item.line.name, []).append(place)
    return list(found.values())


def _findings(month: str) -> dict:
    """Counts at the end of the month (or today, when the month is still running) from the findings' own dates."""
    first = calendar.first_day(month)
    end = calendar.first_day(calendar.shifted(month, 1))
    day = min(end - timedelta(days=1), timezone.localdate())
    raised = Finding.objects.filter(raised_at__date__gte=first, raised_at__date__lt=end)
    closed = Finding.objects.filter(closed_at__date__gte=first, closed_at__date__lt=end)
    running = (
        Finding.objects.exclude(state=State.MERGED)
        .filter(raised_at__date__lt=end)
        .filter(Q(closed_at=None) | Q(closed_at__date__gte=end))
    )
    late = running.filter(overdue_condition(day)).order_by("due_on", "pk")
    return {
        "until": f"{day:%Y-%m-%d}",
        "raised": raised.count(),
        "closed": closed.count(),
        "open": running.count(),
        "overdue": late.count(),
        "observation": running.filter(state=State.OBSERVATION).count(),
        "reopened": running.filter(state=State.REOPENED).count(),
        "late": [f"{f.department_name}“{f.title}”（期限 {f.due_on:%Y-%m-%d}）" for f in late[:WORST]],
    }
