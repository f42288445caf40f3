"""A definition and its history, for everybody who sees indicators; drafts included."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from zhikong.engine.definitions import Definition
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.packstore import actions as drafting
from zhikong.foundation.packstore import queries as packstore
from zhikong.hospital.functions.indicators.catalogue import INDICATOR, definitions
from zhikong.hospital.functions.indicators.copying import copied
from zhikong.hospital.functions.indicators.forms_copying import CopyForm
from zhikong.hospital.functions.indicators.queries.figures import frame
from zhikong.hospital.functions.indicators.queries.library import Entry, entry_of
from zhikong.hospital.functions.indicators.queries.versions import history, used_hashes
from zhikong.hospital.functions.indicators.wording_pages import said


@needs(Permission.VIEW_INDICATORS)
def definition(request: HttpRequest, indicator_id: str) -> HttpResponse:
    """The words of a definition, its place in the library, its versions and what each changed."""
    today = timezone.localdate()
    entry = _entry(indicator_id)
    versions = history(indicator_id, on=today)
    context = {
        "entry": entry,
        "definition": entry.definition,
        "said": said(entry.definition) if entry.definition else None,
        "roles": _roles(entry.definition),
        "versions": versions,
        "used": used_hashes(indicator_id),
        "in_force": indicator_id in definitions(),
        "may_write": can(request.user, Permission.EDIT_DEFINITIONS),
    }
    return render(request, "indicators/definition.html", context)


def _entry(indicator_id: str) -> Entry:
    found = entry_of(frame(), indicator_id, today=timezone.localdate())
    if found is None:
        raise Http404
    return found


def _roles(definition: Definition | None) -> dict[str, str]:
    """Owner and checker as people call them."""
    if definition is None:
        return {}
    named = {"owner": definition.owner, "checker": definition.checker}
    return {part: ROLES[code].title if code in ROLES else code for part, code in named.items()}


@needs(Permission.EDIT_DEFINITIONS)
@require_http_methods(["GET", "POST"])
def copy(request: HttpRequest, indicator_id: str) -> HttpResponse:
    """Begin an indicator of the hospital's own with the text of another one; it goes the usual way to publication."""
    source = packstore.text_in_force(INDICATOR, indicator_id, on=timezone.localdate())
    if source is None:
        raise Http404
    form = CopyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        draft = drafting.start_from(
            by=request.user, now=timezone.now(), kind=INDICATOR, definition_id=said["new_id"],
            source=packstore.Written(copied(source.text, new_id=said["new_id"], name=said["name"])),
        )  # fmt: skip
        return redirect("packstore:edit", draft.pk)
    context = {"form": form, "entry": _entry(indicator_id)}
    return render(request, "indicators/copy.html", context, status=422 if form.errors else 200)
