"""A clause through all versions with what rests on it, and two versions side by side."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.forms import queries as checklists
from zhikong.hospital.functions.policies import actions, forms, queries, rules
from zhikong.hospital.functions.policies.views import policy_of


@login_required
@require_GET
def clause(request, code: str, key: int):
    """A clause through all versions, and what rests on it."""
    of = policy_of(request, code)
    found = [
        (one, part) for one in queries.versions(request.user, of) for part in one.clauses.filter(key=key)
    ]
    if not found:
        raise Http404
    links = of.links.filter(key=key).select_related("finding", "made_by")
    known = {one.id: one.title for one in checklists.forms(on=timezone.localdate())}
    context = {
        "policy": of, "key": key, "history": found, "latest": found[0][1],
        "links": [(one, known.get(one.form, one.form)) for one in links],
        "form": forms.LinkForm(forms_known=known.items()) if can(request.user, Permission.KEEP_POLICIES) else None,
    }  # fmt: skip
    return render(request, "policies/clause.html", context)


@login_required
@require_POST
@needs(Permission.KEEP_POLICIES)
def link(request, code: str, key: int):
    """Let a finding or a checklist rest on a clause."""
    of = policy_of(request, code)
    known = [(one.id, one.title) for one in checklists.forms(on=timezone.localdate())]
    form = forms.LinkForm(request.POST, forms_known=known)
    if form.is_valid():
        values = form.cleaned_data
        finding = Finding.objects.filter(number=values["finding"]).first() if values["finding"] else None
        if (finding is None) == (not values["form"]):
            messages.error(request, _("请填一个存在的问题编号，或选一份检查表。"))
        else:
            item = values["item"] if finding is None else ""
            actions.link(
                of, by=request.user, now=timezone.now(), key=key, finding=finding, form="" if finding else values["form"],
                item=item,
            )  # fmt: skip
            messages.success(request, _("引用已登记。"))
    return redirect("policies:clause", code, key)


@login_required
@require_GET
def compare(request, code: str):
    """Two versions side by side in one text: ?from=1&to=2."""
    of = policy_of(request, code)
    known = {one.number: one for one in queries.versions(request.user, of)}
    numbers = sorted(known)
    before = known.get(_whole(request.GET.get("from")), known[numbers[max(0, len(numbers) - 2)]])
    after = known.get(_whole(request.GET.get("to")), known[numbers[-1]])
    changes = rules.compared(queries.parts_of(before), queries.parts_of(after))
    context = {
        "policy": of, "before": before, "after": after, "numbers": numbers,
        "changes": [one for one in changes if one.kind != "same"], "same": sum(one.kind == "same" for one in changes),
    }  # fmt: skip
    return render(request, "policies/compare.html", context)


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else 0
