"""The cases behind a number: which stays count, with masked identity; each look is logged (IND-53, F-32)."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.engine.compute import Cases, NotDelivered
from zhikong.engine.definitions import Definition, Kind
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.facts import gateway
from zhikong.foundation.patients.queries import names_for
from zhikong.hospital.functions.indicators import sheets
from zhikong.hospital.functions.indicators.catalogue import definition_with_hash, definitions
from zhikong.hospital.functions.indicators.queries.figures import Frame, figures, frame
from zhikong.hospital.functions.indicators.queries.small_cells import restriction
from zhikong.hospital.functions.indicators.selection import Selection, selection

PAGE = 50
MOST_EXPORTED = 5000
PARTS = {
    "missed": gettext_lazy("未进入分子"),
    "numerator": gettext_lazy("进入分子"),
    "denominator": gettext_lazy("全部分母"),
}


@dataclass(frozen=True)
class Case:
    """One row of the list, for the reader's eyes: the patient as this reader may see them."""

    row: dict
    name: str
    record_number: str
    department: str
    counted: bool


class _Window:
    """Lets the paginator count rows that were fetched a page at a time."""

    def __init__(self, total: int):
        self.total = total

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, _part) -> tuple:
        return ()


@needs(Permission.VIEW_CASES)
def cases(request: HttpRequest, indicator_id: str) -> HttpResponse:
    definition, shown, chosen, part = _asked(request, indicator_id)
    if _hidden(definition, shown, chosen):
        return _not_listed(request, definition, chosen)
    number = _page_number(request)
    try:
        found, why = (
            _fetch(request, definition, shown, chosen, part, limit=PAGE, offset=(number - 1) * PAGE),
            "",
        )
    except NotDelivered as error:
        found, why = Cases([], 0), str(error)
    page = Paginator(_Window(found.total), PAGE).get_page(number)
    context = {
        "definition": definition,
        "chosen": chosen,
        "shown": shown,
        "part": part,
        "parts": [(code, label, chosen.query(status="", q="", part=code)) for code, label in PARTS.items()],
        "here": chosen.query(status="", q="", part=part),
        "rows": _cases(request, found, chosen, definition),
        "page": page,
        "why_none": why,
        "stays": definition.table == "stays",
        "may_raise": can(request.user, Permission.RAISE_FINDING, chosen.place),
    }
    return render(request, "indicators/cases.html", context)


@needs(Permission.VIEW_CASES)
def export(request: HttpRequest, indicator_id: str) -> HttpResponse:
    """The list as a workbook, at most MOST_EXPORTED rows; names as on the screen. Without data: the page, which says why."""
    definition, shown, chosen, part = _asked(request, indicator_id)
    if _hidden(definition, shown, chosen):
        return _not_listed(request, definition, chosen)
    try:
        found = _fetch(request, definition, shown, chosen, part, limit=MOST_EXPORTED, offset=0)
    except NotDelivered:
        here = chosen.query(status="", q="", part=part)
        return redirect(f"{reverse('indicators:cases', args=[indicator_id])}?{here}")
    rows = _cases(request, found, chosen, definition)
    name = f"{definition.title()}-{chosen.place_name}-{chosen.month}-{PARTS[part]}.xlsx"
    return sheets.response(sheets.cases(rows, definition, chosen, shown, str(PARTS[part])), name)


def _asked(request: HttpRequest, indicator_id: str) -> tuple[Definition, Frame, Selection, str]:
    definition = definitions().get(indicator_id)
    part = request.GET.get("part", default_part(definition) if definition else "")
    if definition is None or part not in PARTS:
        raise Http404
    shown = frame()
    return definition, shown, selection(request, shown), part


def _hidden(definition: Definition, shown: Frame, chosen: Selection) -> bool:
    """Whether the list would tell a number that is hidden from the reader: the place's, or a department's in it."""
    rule = restriction()
    if rule is None or not rule.covers(definition.id):
        return False
    places = None if chosen.place is None else [chosen.place]
    found = figures(shown, months=[chosen.month], indicators=[definition.id], places=places)
    return any(figure.hidden for figure in found.values())


def _not_listed(request: HttpRequest, definition: Definition, chosen: Selection) -> HttpResponse:
    context = {"definition": definition, "chosen": chosen, "rule": restriction()}
    return render(request, "indicators/cases_hidden.html", context)


def default_part(definition: Definition) -> str:
    """The cases that somebody has to look at: those that missed where more is better, else those that count."""
    upward = definition.direction == "up" and definition.kind == Kind.RATIO
    return "missed" if upward else "numerator"


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return max(int(text), 1) if text.isdigit() else 1


def _fetch(
    request: HttpRequest, definition: Definition, shown: Frame, chosen: Selection, part: str, **window: int
) -> Cases:
    """The rows of the data version that the month shows, so that the list adds up to the number."""
    run = shown.computation(chosen.month)
    if run is None:
        return Cases([], 0)
    code = next((d.code for d in chosen.places if d.id == chosen.place), None)
    if chosen.place is not None and code is None:
        return Cases([], 0)
    return gateway.cases(
        definition_with_hash(definition.id, run.definitions.get(definition.id)) or definition,
        month=chosen.month,
        department=code,
        part=part,
        snapshot=gateway.published(data_version=run.data_version),
        by=request.user,
        purpose=_("查看 %(name)s %(month)s %(place)s 的病例（%(part)s）")
        % {
            "name": definition.title(),
            "month": chosen.month,
            "place": chosen.place_name,
            "part": PARTS[part],
        },
        **window,
    )


def _cases(request: HttpRequest, found: Cases, chosen: Selection, definition: Definition) -> list[Case]:
    purpose = _("核对指标 %(name)s %(month)s") % {"name": definition.title(), "month": chosen.month}
    keys = [row["patient_key"] for row in found.rows if row.get("patient_key")]
    people = (
        names_for(by=request.user, patient_keys=keys, purpose=purpose, now=timezone.now()) if keys else {}
    )
    departments = {d.code: d.name for d in chosen.places}
    return [case_of(row, people.get(row.get("patient_key")), departments) for row in found.rows]


def case_of(row: dict, person, departments: dict[str, str]) -> Case:
    """A row as the reader may see it. person: what names_for gave; None hides it behind a dash."""
    return Case(
        row=row,
        name=person.name if person else "—",
        record_number=person.record_number if person else "—",
        department=departments.get(row.get("department"), row.get("department") or "—"),
        counted=bool(row.get("numerator")),
    )
