"""Raise a finding, and take a step on one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.findings import actions, policy, rules, sources
from zhikong.foundation.findings.forms import RaiseForm
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.views.offers import TELLING, Step, offered
from zhikong.foundation.findings.views.pages import blank_form, find, render_detail
from zhikong.foundation.organisation.queries import departments

KINDS = ("clinical", "medtech", "functional")


@login_required
@needs(Permission.RAISE_FINDING)
@require_http_methods(["GET", "POST"])
def raise_finding(request):
    """The raise form; from a signal it starts with ?indicator=…&month=…&department=…

    From anything else that registered as a source with ?source=…&key=…
    """
    source = _source(request)
    form = RaiseForm(
        request.POST or None,
        departments=_departments_in_scope(request),
        proposals=_proposals(),
        levels=policy.in_force().levels,
        initial=_initial(request, source),
    )
    if request.method == "POST" and form.is_valid():
        try:
            found = _raise(request, source, form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _after_raising(request, found)
    context = {"form": form, "source": source, "may_see_cases": can(request.user, Permission.VIEW_CASES)}
    return render(request, "findings/raise.html", context)


def _source(request) -> sources.Source:
    query = request.GET
    if query.get("source"):
        return sources.describe(query["source"], query.get("key", "")[:120])
    if not query.get("indicator"):
        return sources.Source()
    return sources.describe_several("indicator", sources.indicator_key(query), _chosen(query))


def _chosen(query) -> list[int]:
    return [int(value) for value in query.getlist("department") if value.isdigit()]


def _initial(request, source: sources.Source) -> dict:
    query = request.GET
    chosen = _chosen(query)
    kind = "indicator" if query.get("indicator") else query.get("source", "")[:32] if source.title else ""
    key = sources.indicator_key(query) if kind == "indicator" else query.get("key", "")[:120]
    return {
        "departments": chosen or list(source.departments),
        "title": source.title,
        "detail": source.detail,
        "severity": policy.in_force().level("", source.severity).id,
        "clause_key": source.clause_key,
        "clause_text": source.clause_text,
        "source_kind": kind or "manual",
        "source_key": key if kind else "",
        "indicator_id": query.get("indicator", ""),
        "month": query.get("month", ""),
    }


def _departments_in_scope(request) -> list[tuple[int, str]]:
    known = departments(on=timezone.localdate(), kinds=KINDS)
    return [(d.id, d.name) for d in known if request.scope.covers(d.id)]


def _proposals() -> list[rules.Due]:
    calendar, today = working_calendar(), timezone.localdate()
    return [
        rules.default_due(level.severity, start=today, calendar=calendar, level=level)
        for level in policy.in_force().levels
    ]


def _raise(request, source: sources.Source, values: dict) -> list:
    values["source_kind"] = values["source_kind"] or "manual"
    level = policy.in_force().level(values["severity"])
    values["level"], values["severity"] = level.id, level.severity
    details = sources.own_details(
        values["source_kind"],
        values["source_key"],
        values["departments"],
        proposed=source,
        detail=values["detail"],
    )
    return actions.raise_findings(by=request.user, now=timezone.now(), details=details, **values)


def _after_raising(request, found: list):
    names = "、".join(finding.department_name for finding in found)
    messages.success(request, _("已向%(names)s发出整改通知。") % {"names": names})
    if len(found) == 1:
        return redirect("findings:detail", found[0].pk)
    return redirect(reverse("findings:list") + "?show=answer")


def refuse_stale(finding: Finding, step: Step, seen: str) -> None:
    """Two people answered at once: the second is told what the first did, and keeps what was typed.

    seen: the last line of the story when the form was shown; without it nothing is compared.
    """
    if not seen.isdigit() or step.act in TELLING:
        return
    Finding.objects.select_for_update(of=("self",)).filter(pk=finding.pk).count()
    newer = finding.steps.filter(pk__gt=int(seen)).exclude(act__in=TELLING).select_related("by")
    last = newer.order_by("-pk").first()
    if last is not None:
        raise ValidationError(
            _("您填写的时候，%(who)s 已经“%(act)s”。页面已更新，您填写的内容还在，请核对后再提交。")
            % {"who": last.by or _("系统"), "act": last.get_act_display()}
        )


@login_required
@require_POST
def take_step(request, pk: int, key: str):
    """Take one step; when the form or a rule refuses it, show the page again with what was typed."""
    finding = find(pk)
    step = next((step for step in offered(request.user, finding) if step.key == key), None)
    if step is None:
        raise PermissionDenied(_("这一步现在不能由您来做：可能已经有人做过，或者您的角色没有这项权限。"))
    form = blank_form(step, finding, request.user, data=request.POST, files=request.FILES)
    if form.is_valid():
        try:
            with transaction.atomic():
                refuse_stale(finding, step, request.POST.get("seen", ""))
                step.run(finding, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("已保存：%(step)s。") % {"step": step.title})
            return redirect("findings:detail", pk)
    return render_detail(request, find(pk), key=key, bound=form)
