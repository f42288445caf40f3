"""What a new version of a definition changes, before it is published: figures, departments, cases."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.facts import gateway
from zhikong.foundation.organisation.queries import departments
from zhikong.foundation.packstore.models import Version
from zhikong.foundation.packstore.rules import FROZEN
from zhikong.foundation.patients.queries import names_for
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators import previewing
from zhikong.hospital.functions.indicators.actions.previewing import confirm_preview, preview_change
from zhikong.hospital.functions.indicators.catalogue import INDICATOR
from zhikong.hospital.functions.indicators.preview_lines import shown_lines
from zhikong.hospital.functions.indicators.queries.previews import Texts, preview_of, seen_by, texts
from zhikong.hospital.functions.indicators.queries.small_cells import restriction
from zhikong.hospital.functions.indicators.sides import SIDE_WORDS, Move, Side
from zhikong.hospital.functions.indicators.views.cases import PAGE, case_of


@needs(Permission.EDIT_DEFINITIONS)
@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The stored preview of the version as it stands; POST computes it."""
    version = _version(pk)
    if request.method == "POST":
        return _compute(request, version)
    said = texts(version)
    found = preview_of(said)
    rule = restriction()
    hidden = rule is not None and rule.covers(version.definition_id)
    context = {
        "version": version,
        "said": said,
        "preview": found,
        "hidden": hidden,
        "lines": shown_lines(found.result, said.new, _names()) if found and said.new and not hidden else None,
        "seen": seen_by(said, request.user),
        "past": version.state in FROZEN,
        "same": said.old is not None and said.new is not None and said.old.hash == said.new.hash,
    }
    return render(request, "indicators/preview.html", context)


def _compute(request: HttpRequest, version: Version) -> HttpResponse:
    try:
        preview_change(version, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("indicators:preview", version.pk)


@require_POST
@needs(Permission.EDIT_DEFINITIONS)
def seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the preview was seen; back to the version, where it can be published."""
    version = _version(pk)
    try:
        confirm_preview(version, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("indicators:preview", pk)
    messages.success(request, _("已记录您看过这次变化。"))
    return redirect("packstore:version", pk)


@needs(Permission.EDIT_DEFINITIONS)
def moved(request: HttpRequest, pk: int) -> HttpResponse:
    """The cases of a month that change sides, with identities as the reader may see them; the look is logged."""
    require(request.user, Permission.VIEW_CASES)
    said, month, side = _asked(request, pk)
    found = previewing.moved_cases(
        said.old, said.new, month=month, snapshot=gateway.published(), by=request.user
    )
    chosen = [move for move in found or () if side in ("", move.side.value)]
    page = Paginator(chosen, PAGE).get_page(request.GET.get("page"))
    context = {
        "version": said.version,
        "definition": said.new,
        "month": month,
        "side": side,
        "sides": [(s.value, words) for s, words in SIDE_WORDS.items()],
        "page": page,
        "rows": _rows(request, page.object_list, said),
        "stays": said.new.table == "stays",
    }
    return render(request, "indicators/preview_cases.html", context)


def _version(pk: int) -> Version:
    return get_object_or_404(Version.objects.select_related("author"), pk=pk, kind=INDICATOR)


def _asked(request: HttpRequest, pk: int) -> tuple[Texts, str, str]:
    """The texts, month and side; 404 where there is nothing to compare or the reader may not see small numbers."""
    said, rule = texts(_version(pk)), restriction()
    month, side = request.GET.get("month", ""), request.GET.get("side", "")
    hidden = rule is not None and rule.covers(said.version.definition_id)
    if hidden or said.new is None or not calendar.is_month(month) or side not in ("", *Side):
        raise Http404
    if previewing.why_no_cases(said.old, said.new):
        raise Http404
    return said, month, side


def _names() -> dict[str, str]:
    return {d.code: d.name for d in departments(on=timezone.localdate())}


def _rows(request: HttpRequest, found: list[Move], said: Texts) -> list[tuple]:
    """(the case as the reader may see it, the move, its words)."""
    purpose = _("核对口径变化 %(name)s") % {"name": said.new.title()}
    keys = [move.row["patient_key"] for move in found if move.row.get("patient_key")]
    people = (
        names_for(by=request.user, patient_keys=keys, purpose=purpose, now=timezone.now()) if keys else {}
    )
    names = _names()
    return [
        (case_of(move.row, people.get(move.row.get("patient_key")), names), move, SIDE_WORDS[move.side])
        for move in found
    ]
