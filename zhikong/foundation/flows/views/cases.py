"""One case: its story, where it stands and until when, what one may do and what not, its papers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.queries import account
from zhikong.foundation.files.forms import settle
from zhikong.foundation.flows import actions, kind, queries, sheets
from zhikong.foundation.flows.actions.acting import STALE
from zhikong.foundation.flows.forms import PURPOSE, CommentForm
from zhikong.foundation.flows.views import asking, offers
from zhikong.foundation.forms.actions import Incomplete


def find(pk: int):
    """The case, or 404 when the reader may not see it: whether it exists is confidential as well."""
    found = queries.case(pk)
    if found is None:
        raise Http404(_("没有这个案件，或者您看不到它。"))
    return found


@login_required
@require_GET
def case(request, pk: int):
    return render_case(request, find(pk))


def render_case(request, found, *, bound=None, comment=None, delegating=None, status: int = 200):
    """The page of a case; with the form that had errors in place of its blank one."""
    flow, now = queries.flow_of(found), timezone.now()
    made = offers.offers(request, found, flow, bound=bound) if found.is_open else []
    strands = queries.open_branches(found)
    department = asking.files_department(request, found.department_id)
    context = {
        "case": found,
        "flow": flow,
        "strands": [(b, flow.by_state[b.state], *offers.time_left(b, now)) for b in strands],
        "offers": [offer for offer in made if not offer.why_not],
        "refused": [offer for offer in made if offer.why_not],
        "failed": bound.key if bound is not None else "",
        "delegations": delegating or offers.delegation(request, found, flow),
        "comment": comment or CommentForm(department_id=department),
        "story": queries.told(found),
        "sheets": sheets.of_case(found.pk),
        "files": queries.files(found),
        **kind.picture_context(flow, prefix="case", marked=found.state),
    }
    return render(request, "flows/case.html", context, status=status)


@login_required
@require_POST
def act(request, pk: int, transition: str):
    """Take one step; when the form or a rule refuses it, show the page again with what was typed."""
    found = find(pk)
    if not found.is_open:
        messages.error(request, STALE)
        return redirect("flows:case", pk)
    number = next((int(v) for k, v in request.POST.items() if k.endswith("-branch") and v.isdecimal()), 0)
    offer = offers.one(request, found, queries.flow_of(found), transition, number)
    if offer is None:
        messages.error(request, STALE)
        return redirect("flows:case", pk)
    if asking.REDRAW in request.POST:
        return render_case(request, found, bound=offer)
    if offer.form.is_valid() and offer.asked.is_complete(offer.form):
        try:
            with transaction.atomic():
                _act(request, found, offer)
        except Incomplete as error:
            offer.asked.show_errors(error.errors)
            offer.form.add_error(None, error)
        except (PermissionDenied, ValidationError) as error:
            offer.form.add_error(None, str(error) if isinstance(error, PermissionDenied) else error)
        else:
            messages.success(request, _("已办理：%(step)s。") % {"step": offer.step.title})
            return _onward(found)
    return render_case(request, find(pk), bound=offer)


def _onward(found):
    """Back to the case, or to the register when the act was the person's last look at it."""
    seen = queries.case(found.pk) is not None
    return redirect("flows:case", found.pk) if seen else redirect("flows:register", found.flow_id)


def _act(request, found, offer) -> None:
    values, now = offer.form.cleaned_data, timezone.now()
    actions.act(
        found,
        by=request.user,
        now=now,
        transition=offer.step.id,
        reason=values["reason"],
        sheet=offer.asked.sheet,
        answers=offer.asked.answers,
        files=_files(request, found, values["files"], now),
        branch=values["branch"],
        revision=values["revision"],
    )


def _files(request, found, given, now) -> list:
    if not given:
        return []
    department = asking.files_department(request, found.department_id)
    return settle(given, by=request.user, now=now, department_id=department, purpose=PURPOSE)


@login_required
@require_POST
def begin_sheet(request, pk: int, transition: str):
    """Open the form of a step on its own page; the step is taken afterwards."""
    found = find(pk)
    step = queries.flow_of(found).by_transition.get(transition)
    if step is None or not step.form:
        raise Http404
    sheet = sheets.begun(step.form, user=request.user, case_id=found.pk, source_key="")
    if sheet is None or sheet.state not in sheets.EDITABLE:
        sheet = sheets.begin(
            by=request.user, now=timezone.now(), form_id=step.form, case_id=found.pk, source_key="",
            department_id=asking.files_department(request, found.department_id),
            confidential=found.confidential,
        )  # fmt: skip
    return redirect("forms:fill", sheet.pk)


@login_required
@require_POST
def delegate(request, pk: int):
    """Hand one's part of the case to somebody else."""
    found = find(pk)
    flow = queries.flow_of(found)
    forms = offers.delegation(request, found, flow, request.POST)
    sent = next((form for branch, form in forms if f"to-{branch.number}-branch" in request.POST), None)
    if sent is None:
        raise PermissionDenied(_("只有当前责任人和质控科可以转办。"))
    if sent.is_valid():
        values = sent.cleaned_data
        try:
            actions.delegate(
                found, by=request.user, now=timezone.now(), to=account(pk=values["to"]), reason=values["reason"],
                branch=values["branch"],
            )  # fmt: skip
        except ValidationError as error:
            sent.add_error(None, error)
        else:
            messages.success(request, _("已转办。"))
            return _onward(found)
    return render_case(request, find(pk), delegating=forms)


@login_required
@require_POST
def comment(request, pk: int):
    """Add words or papers to the story; nothing moves."""
    found, now = find(pk), timezone.now()
    form = CommentForm(
        request.POST, request.FILES, department_id=asking.files_department(request, found.department_id)
    )
    if form.is_valid():
        try:
            with transaction.atomic():
                files = _files(request, found, form.cleaned_data["files"], now)
                actions.comment(found, by=request.user, now=now, text=form.cleaned_data["text"], files=files)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("已补充。"))
            return redirect("flows:case", pk)
    return render_case(request, find(pk), comment=form)
