"""Rows of the export for the authority's event system, as text."""

from __future__ import annotations

import io
from datetime import date, datetime

import xlsxwriter
from django.utils import timezone

from zhikong.foundation.organisation import queries as organisation
from zhikong.hospital.functions.incidents.models.handling_work import IncidentMeasure
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries import reporting
from zhikong.hospital.functions.incidents.queries.handling import running, scope
from zhikong.hospital.functions.incidents.queries.reporting import categories
from zhikong.hospital.functions.incidents.rules_handling_layout import COLUMNS
from zhikong.hospital.functions.incidents.rules_reporting import State

LEFT_OUT = (State.REPORTED, State.RETURNED, State.MERGED)


def chosen(user, *, since: date, until: date, statutory: bool) -> list[Incident]:
    """Accepted cases that occurred in a period; statutory: only those that the law wants to be told."""
    found = [
        one
        for one in scope.visible(user)
        .filter(occurred_on__gte=since, occurred_on__lte=until, handling__isnull=False)
        .exclude(state__in=LEFT_OUT)
        .order_by("occurred_on", "code")
    ]
    if not statutory:
        return found
    return [one for one in found if any(run.clock.statutory for run in running.clocks_of(one))]


def row_of(one: Incident) -> dict[str, str]:
    """One case in the columns of the layout; '' where nothing is known."""
    handling, told = one.handling, reporting.told(one)
    institution = organisation.institution()
    proof = one.submissions.order_by("-submitted_at").first()
    analysis = one.departmentanalysiss.order_by("-at", "-pk").first()
    measures = one.incidentmeasures.exclude(state=IncidentMeasure.State.DROPPED).order_by("pk")
    return {
        "hospital_code": institution.code,
        "hospital_name": institution.name,
        "number": one.code,
        "category_code": one.category,
        "category": categories.title(one.category),
        "level": one.level if handling.level_at else "",
        "harm": one.harm,
        "dispute": handling.dispute,
        "department": organisation.names(on=one.occurred_on).get(one.department_id, ""),
        "occurred_on": one.occurred_on.isoformat(),
        "shift": one.shift,
        "known_at": _minute(handling.known_at),
        "accepted_at": _minute(handling.accepted_at),
        "what": told.what,
        "done": told.done,
        "cause": analysis.causes if analysis else "",
        "measures": "；".join(measure.text for measure in measures),
        "outcome": handling.outcome,
        "submission_to": proof.to if proof else "",
        "submission_number": proof.number if proof else "",
        "submitted_at": _minute(proof.submitted_at) if proof else "",
    }


def _minute(moment: datetime | None) -> str:
    return "" if moment is None else timezone.localtime(moment, running.zone()).strftime("%Y-%m-%d %H:%M")


def workbook(rows: list[dict[str, str]]) -> bytes:
    """The rows as a workbook: heads, then a sheet that explains each column."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold, wrap = (
            book.add_format({"bold": True, "bottom": 1}),
            book.add_format({"text_wrap": True, "valign": "top"}),
        )
        sheet, notes = book.add_worksheet("事件"), book.add_worksheet("字段说明")
        for column, one in enumerate(COLUMNS):
            sheet.write_string(0, column, one.title, bold)
            sheet.set_column(column, column, 40 if one.id in ("what", "cause", "measures", "outcome") else 16)
            for line, row in enumerate(rows, 1):
                sheet.write_string(line, column, row[one.id], wrap)
            for place, value in enumerate((one.title, one.id, one.kind, one.meaning)):
                notes.write_string(column, place, value)
        sheet.freeze_panes(1, 0)
        notes.set_column(0, 2, 18)
        notes.set_column(3, 3, 60)
    return stream.getvalue()
