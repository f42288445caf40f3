"""Bring open cases to the version in force: what would happen first, then the deed with its reason."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.flows import actions
from zhikong.foundation.flows.forms import MigrateForm
from zhikong.foundation.flows.views.lists import find


@login_required
@needs(Permission.EDIT_DEFINITIONS)
@require_http_methods(["GET", "POST"])
def migrate(request, flow_id: str):
    """The dry run as a table; states without a counterpart ask for one; nothing happens before the button."""
    found, now = find(flow_id), timezone.now()
    plan = actions.plan_migration(flow_id=flow_id, now=now)
    states = [(state.id, state.title) for state in found.obj.states if not state.end]
    form = MigrateForm(request.POST or None, missing=plan.missing, states=states)
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.migrate(
                by=request.user,
                now=now,
                flow_id=flow_id,
                reason=form.cleaned_data["reason"],
                mapping=form.mapping(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(n)d 件已改用第 %(v)d 版。") % {"n": done.cases, "v": done.version})
            return redirect("flows:register", flow_id)
    return render(
        request, "flows/migrate.html", {"found": found, "flow": found.obj, "plan": plan, "form": form}
    )
