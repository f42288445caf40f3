"""What a notice tells: scores, problems with clause, department and responsible person, gathered from visits and findings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from zhikong.foundation.findings.models import Finding
from zhikong.foundation.forms.models import Sheet
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.models.results import InspectionAnswer
from zhikong.hospital.functions.inspections.models.visiting import Correction, Media
from zhikong.hospital.functions.inspections.queries.results.choosing import place_names
from zhikong.hospital.functions.inspections.queries.results.comparing import compared
from zhikong.hospital.functions.inspections.rules_planning import SOURCE
from zhikong.hospital.functions.inspections.rules_results import Answer

MOST_PHOTOS = 4  # of one problem


def findings_of(visits: Iterable[Visit]) -> list[Finding]:
    """Findings that were raised at these visits, in their order; merged ones stand in the one that they went into."""
    ids = [visit.pk for visit in visits]
    wanted = Q(pk__in=[])
    for pk in ids:
        wanted |= Q(source_key=str(pk)) | Q(source_key__startswith=f"{pk}:")
    found = Finding.objects.filter(wanted, source_kind=SOURCE).exclude(state="merged")
    return list(found.select_related("owner", "responsible").order_by("department_id", "number"))


def figures(visits: Sequence[Visit]) -> dict[str, Any]:
    """Everything that a notice counts, as plain values with the ids they came from; kept with the notice."""
    names = place_names()
    problems = [_problem(one, names) for one in findings_of(visits)]
    scores = [line for visit in visits for line in _scores(visit, names)]
    days = [line["day"] for line in scores] or [f"{visit.planned_on}" for visit in visits]
    return {
        "visits": [visit.pk for visit in visits],
        "departments": sorted({line["department"] for line in scores if line["department"]}),
        "inspectors": _inspectors(visits),
        "forms": _forms(scores),
        "first": min(days),
        "last": max(days),
        "scores": scores,
        "counted": _counted(visits),
        "problems": problems,
        "frequent": _frequent(problems),
    }


def _scores(visit: Visit, names) -> Iterable[dict[str, Any]]:
    """A line for each checklist and department of the visit; sampled sheets of one checklist stand together."""
    totals: dict[tuple, list] = defaultdict(list)
    for sheet in Sheet.objects.filter(visit_sheet__visit=visit, total__isnull=False):
        totals[sheet.definition_id, sheet.department_id or visit.department_id].append(sheet)
    for one in compared(visit):
        sheets = totals.get((one.form_id, one.department_id), [])
        total = sum(sheet.total for sheet in sheets) / len(sheets) if sheets else None
        yield {
            "visit": visit.pk, "number": visit.number, "department": one.department_id,
            "name": names.get(one.department_id, visit.department_name), "form": one.form_id, "title": one.title,
            "total": None if total is None else f"{total:.1f}",
            "grade": sheets[0].grade if len(sheets) == 1 else "",
            "failed": any(sheet.passed is False for sheet in sheets), "conforming": one.now.conforming,
            "applicable": one.now.applicable, "before": one.before and one.before.rate, "new": len(one.new),
            "still": [item.clause.text for item in one.still], "mended": [item.clause.text for item in one.mended],
            "day": f"{_day(visit)}",
        }  # fmt: skip


def _day(visit: Visit) -> date:
    row = InspectionAnswer.objects.filter(visit=visit).order_by("inspected_on").first()
    return row.inspected_on if row else visit.planned_on


def _inspectors(visits: Sequence[Visit]) -> list[str]:
    people = [
        one.user for visit in visits for one in visit.inspectors.select_related("user").filter(left_at=None)
    ]
    return list(dict.fromkeys(str(user) for user in people))


def _forms(scores: Sequence[dict]) -> list[str]:
    return list(dict.fromkeys(line["title"] for line in scores))


def _counted(visits: Sequence[Visit]) -> dict[str, int]:
    """How many clauses were looked at, and what they came to; observed moments apart."""
    rows = InspectionAnswer.objects.filter(visit__in=visits).values_list("answer", "conforming", "applicable")
    made: Counter[str] = Counter()
    for answer, right, asked in rows:
        made[answer] += 1
        if answer == Answer.COUNTED:
            made["moments"] += asked
            made["performed"] += right
    return dict(made)


def _problem(finding: Finding, names) -> dict[str, Any]:
    person = finding.responsible or finding.owner
    return {
        "finding": finding.pk, "number": finding.number, "department": finding.department_id,
        "name": names.get(finding.department_id, finding.department_name), "clause": finding.clause_key,
        "title": finding.title, "detail": finding.detail.split("\n")[0], "place": finding.place,
        "severity": finding.severity, "severity_name": str(finding.get_severity_display()),
        "recurrent": finding.recurrent, "on_the_spot": finding.on_the_spot, "person": str(person or ""),
        "due_on": f"{finding.due_on}", "opinion": finding.opinion, "state": finding.state, "photos": _photos(finding),
    }  # fmt: skip


def _photos(finding: Finding) -> list[int]:
    """Pictures that may be shown: what the inspectors took at the clause, blurred where somebody had to be hidden."""
    parts = finding.source_key.split(":")
    if len(parts) != 3 or not parts[1].isdigit():
        return []
    sheet = Sheet.objects.filter(pk=int(parts[1])).first()
    if sheet is None:
        return []
    ids = list(sheet.answers.get(f"{parts[2]}__files") or [])
    media = Media.objects.filter(file_id__in=ids, kind=Media.Kind.PHOTO).exclude(looked_at=None)
    after = Correction.objects.filter(sheet=sheet, item=parts[2]).values_list("media_ids", flat=True)
    later = Media.objects.filter(pk__in=[pk for own in after for pk in own], kind=Media.Kind.PHOTO)
    files = [
        *media.values_list("file_id", flat=True),
        *later.exclude(looked_at=None).values_list("file_id", flat=True),
    ]
    return [pk for pk in dict.fromkeys(files) if pk][:MOST_PHOTOS]


def _frequent(problems: Sequence[dict]) -> list[dict[str, Any]]:
    """Clauses by the number of departments that missed them."""
    places: dict[tuple[str, str], set[int]] = defaultdict(set)
    for one in problems:
        places[one["clause"], one["title"]].add(one["department"])
    found = [{"clause": key, "title": title, "departments": len(own)} for (key, title), own in places.items()]
    return sorted(found, key=lambda one: (-one["departments"], one["title"]))[:10]
