"""The rule on small numbers: what holds, its history, and setting a new one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.indicators import actions
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.forms_settings import SmallCellForm
from zhikong.hospital.functions.indicators.queries.small_cells import rule_history


@needs(Permission.MANAGE_TARGETS)
@require_http_methods(["GET", "POST"])
def small_cells(request: HttpRequest) -> HttpResponse:
    history = rule_history()
    form = SmallCellForm(request.POST or None, initial=_initial(history))
    if request.method == "POST" and form.is_valid() and _set(request, form):
        return redirect("indicators:small_cells")
    context = {
        "form": form,
        "rule": history[0] if history else None,
        "history": history,
        "roles": {code: role.title for code, role in ROLES.items()},
        "titles": {name: definition.title() for name, definition in definitions().items()},
    }
    return render(request, "indicators/small_cells.html", context, status=422 if form.errors else 200)


def _initial(history: list) -> dict:
    if not history:
        return {"smallest": 5, "roles": ["hospital_leader"]}
    return {"smallest": history[0].smallest, "roles": history[0].roles, "indicators": history[0].indicators}


def _set(request: HttpRequest, form: SmallCellForm) -> bool:
    try:
        actions.set_small_cell_rule(by=request.user, now=timezone.now(), **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("已记录，立即生效。"))
    return True
