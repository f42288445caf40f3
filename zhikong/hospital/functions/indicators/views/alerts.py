"""The page of alerts, answering and judging them, and the settings by which they reach people."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation.queries import names
from zhikong.hospital.functions.indicators import actions, alert_rules
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.forms import AlertForm
from zhikong.hospital.functions.indicators.forms_alerts import AlertPolicyForm, OutcomeForm
from zhikong.hospital.functions.indicators.models import Alert
from zhikong.hospital.functions.indicators.queries import alert_list
from zhikong.hospital.functions.indicators.queries.alert_policy import alert_policy, policies
from zhikong.hospital.functions.indicators.queries.figures import frame
from zhikong.hospital.functions.indicators.selection import selection


@needs(Permission.ANALYSE_MONTH)
def alerts(request: HttpRequest) -> HttpResponse:
    """Open alerts by tier, how many of them are chance, and what came of the closed ones."""
    now = timezone.now()
    told = {
        "names": names(on=timezone.localdate(now)),
        "roles": {code: role.title for code, role in ROLES.items()},
    }
    groups = alert_list.groups(**told)
    everything = [row for group in groups for row in group.rows]
    tested = sum(group.tested for group in groups)
    context = {
        "groups": groups,
        "total": len(everything),
        "tested": tested,
        "false": alert_rules.in_words(alert_list.false_among(everything), tested),
        "silence": alert_list.silence(),
        "precision": alert_list.precision(),
        "closed": alert_list.closed_rows(now=now, **told),
        "outcome_form": OutcomeForm(),
        "policy": alert_policy(),
        "may_raise": can(request.user, Permission.RAISE_FINDING),
        "may_set": can(request.user, Permission.MANAGE_TARGETS),
        "whole_hospital": current_scope().whole_hospital,
    }
    return render(request, "indicators/alerts.html", context)


@needs(Permission.ANALYSE_MONTH)
def silence(request: HttpRequest) -> HttpResponse:
    """The charts of one place without an alert, with the change that would have been seen."""
    chosen = selection(request, frame())
    context = {"chosen": chosen, "charts": alert_list.quiet_charts(place=chosen.place)}
    return render(request, "indicators/alert_silence.html", context)


@require_POST
@needs(Permission.ANALYSE_MONTH)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that the alert was seen, or why it arose; back to the indicator's page."""
    alert = get_object_or_404(Alert, pk=pk)
    form = AlertForm(request.POST)
    if form.is_valid():
        _record(request, alert, form.cleaned_data)
    else:
        messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
    return redirect(_page(alert))


def _record(request: HttpRequest, alert: Alert, said: dict) -> None:
    try:
        actions.answer_alert(by=request.user, now=timezone.now(), alert=alert, **said)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已记录。连续几个月没有信号后，预警会自动关闭。"))


@require_POST
@needs(Permission.ANALYSE_MONTH)
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what an alert turned out to be; back to the list."""
    alert = get_object_or_404(Alert, pk=pk)
    form = OutcomeForm(request.POST)
    if form.is_valid():
        actions.judge_alert(
            by=request.user, now=timezone.now(), alert=alert, outcome=form.cleaned_data["outcome"]
        )
        messages.success(request, _("结论已记录，计入预警的准确率。"))
    else:
        messages.error(request, _("请选择这条预警的结论。"))
    return redirect("indicators:alerts")


@needs(Permission.MANAGE_TARGETS)
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """The budget, levels, hours and lists that hold, their history, and setting new ones."""
    form = AlertPolicyForm(request.POST or None, initial=AlertPolicyForm.of(alert_policy()))
    if request.method == "POST" and form.is_valid() and _set(request, form):
        return redirect("indicators:alert_settings")
    titles = {name: definition.title() for name, definition in definitions().items()}
    context = {"form": form, "history": policies(), "titles": titles}
    return render(request, "indicators/alert_settings.html", context, status=422 if form.errors else 200)


def _set(request: HttpRequest, form: AlertPolicyForm) -> bool:
    try:
        actions.set_alert_policy(by=request.user, now=timezone.now(), **form.said())
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("已保存，从下一次计算起生效；已有的预警不变。"))
    return True


def _page(alert: Alert) -> str:
    query = QueryDict(mutable=True)
    query["month"] = alert.last_month
    if alert.department_id:
        query["department"] = str(alert.department_id)
    return f"{reverse('indicators:detail', args=[alert.indicator_id])}?{query.urlencode()}#alert"
