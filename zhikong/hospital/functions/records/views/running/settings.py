"""Settings of the running check: interruption budget, least precision, tokens of the check API, rules that are muted."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.records.actions.running import stopping, watching
from zhikong.hospital.functions.records.forms_running import PolicyForm, TokenForm
from zhikong.hospital.functions.records.models import CheckToken
from zhikong.hospital.functions.records.queries.results.in_force import all_rules
from zhikong.hospital.functions.records.queries.running.policy import policy, precisions
from zhikong.hospital.functions.records.views.running.support import attempt


@needs(Permission.MANAGE_RECORD_RULES)
@require_http_methods(["GET", "POST"])
def running_settings(request: HttpRequest) -> HttpResponse:
    """Show and change what holds for the whole hospital."""
    form = PolicyForm(request.POST or None, initial=_initial())
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data | {"shift_starts": form.cleaned_data["shift_starts"].split()}
        if attempt(
            request,
            lambda: watching.set_policy(by=request.user, now=timezone.now(), **values),
            done=_("设置已保存，下一次检查起生效。"),
        ):
            return redirect("records:running_settings")
    return _page(request, form)


def _initial() -> dict:
    rule = policy()
    return {
        "interruptions": rule.interruptions,
        "shift_starts": " ".join(rule.shift_starts),
        "least_precision": rule.least_precision,
        "least_judged": rule.least_judged,
    }


def _page(request: HttpRequest, form: PolicyForm, *, made=None, token_form=None) -> HttpResponse:
    rules, limits = all_rules(on=timezone.localdate()), policy()
    judged = [
        {
            "id": rule,
            "title": getattr(rules.get(rule), "title", rule),
            "precision": one,
            "muted": one.below(least=limits.least_judged, floor=limits.least_precision),
        }
        for rule, one in sorted(precisions().items(), key=lambda pair: (pair[1].percent or 0, pair[0]))
    ]
    context = {
        "tab": "settings",
        "form": form,
        "token_form": token_form or TokenForm(),
        "tokens": CheckToken.objects.select_related("created_by"),
        "made": made,
        "judged": judged,
        "address": request.build_absolute_uri("/records/api/check"),
    }
    return render(request, "records/running/settings.html", context)


@require_POST
@needs(Permission.MANAGE_RECORD_RULES)
def make_token(request: HttpRequest) -> HttpResponse:
    """The text of the token is shown on this one page and never again."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, PolicyForm(initial=_initial()), token_form=form)
    made = stopping.make_token(by=request.user, now=timezone.now(), **form.cleaned_data)
    return _page(request, PolicyForm(initial=_initial()), made=made)


@require_POST
@needs(Permission.MANAGE_RECORD_RULES)
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(CheckToken, pk=pk)
    attempt(
        request,
        lambda: stopping.revoke_token(token, by=request.user, now=timezone.now()),
        done=_("令牌已吊销。"),
    )
    return redirect("records:running_settings")
