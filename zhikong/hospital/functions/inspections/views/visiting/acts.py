"""What is done on the desktop pages of a visit; what is not taken comes back with the reason and what was typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhikong.hospital.functions.inspections import forms_visiting as forms
from zhikong.hospital.functions.inspections.actions.visiting import (
    blurring,
    deciding,
    ending,
    exchanging,
    proposing,
    signing,
)
from zhikong.hospital.functions.inspections.models.ending import Proposal, VisitSignature
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.models.visiting import Exchange, Media, Op
from zhikong.hospital.functions.inspections.views.visiting import pages

Render = Callable[..., HttpResponse]


def _do(
    request,
    visit: Visit,
    form: Form,
    key: str,
    what: Callable[[dict[str, Any]], Any],
    *,
    page: Render,
    done: str,
):
    """Run an act with a form's clean data; show the page again with the form when it is refused."""
    if form.is_valid():
        try:
            with transaction.atomic():
                what(form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, done)
            name = "visit_exchange" if page is pages.render_exchange else "visit_answers"
            return redirect(f"inspections:{name}", visit.pk)
    visit.refresh_from_db()
    return page(request, visit, bound={key: form}, status=422)


@login_required
@require_POST
def say(request: HttpRequest, pk: int) -> HttpResponse:
    visit = pages.find(pk)
    return _do(
        request,
        visit,
        forms.CommentForm(request.POST),
        "say",
        lambda data: exchanging.say(visit, by=request.user, now=timezone.now(), **data),
        page=pages.render_exchange,
        done=_("意见已提交，检查人已收到。"),
    )


@login_required
@require_POST
def reply(request: HttpRequest, pk: int, target: int) -> HttpResponse:
    visit = pages.find(pk)
    to = get_object_or_404(Exchange, pk=target, visit=visit)
    return _do(
        request,
        visit,
        forms.TextForm(request.POST, prefix=f"r{target}"),
        f"reply{target}",
        lambda data: exchanging.reply(visit, by=request.user, now=timezone.now(), to=to, **data),
        page=pages.render_exchange,
        done=_("答复已提交，被检科室已收到。"),
    )


@login_required
@require_POST
def propose(request: HttpRequest, pk: int, target: int) -> HttpResponse:
    visit = pages.find(pk)
    one = get_object_or_404(Proposal.objects.select_related("visit"), pk=target, visit=visit)
    return _do(
        request,
        visit,
        forms.of_proposal(one, request.POST),
        f"propose{target}",
        lambda data: proposing.decide(one, by=request.user, now=timezone.now(), **data),
        page=pages.render_exchange,
        done=_("已保存。"),
    )


@login_required
@require_POST
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    visit = pages.find(pk)
    return _do(
        request,
        visit,
        forms.FinishForm(request.POST),
        "finish",
        lambda data: ending.finish(visit, by=request.user, now=timezone.now(), note=data["note"]),
        page=pages.render_answers,
        done=_("现场检查已结束，正在听取被检科室的意见。"),
    )


@login_required
@require_POST
def back(request: HttpRequest, pk: int) -> HttpResponse:
    visit = pages.find(pk)
    return _do(
        request,
        visit,
        forms.ReasonForm(request.POST),
        "back",
        lambda data: ending.back_to_the_spot(visit, by=request.user, now=timezone.now(), **data),
        page=pages.render_exchange,
        done=_("已回到现场检查，可以继续填写。"),
    )


@login_required
@require_POST
def conclude(request: HttpRequest, pk: int) -> HttpResponse:
    visit = pages.find(pk)
    return _do(
        request,
        visit,
        forms.ConcludeForm(request.POST),
        "conclude",
        lambda data: ending.conclude(visit, by=request.user, now=timezone.now(), **data),
        page=pages.render_exchange,
        done=_("已下结论，问题已转为整改单。"),
    )


@login_required
@require_POST
def choose(request: HttpRequest, pk: int, target: int) -> HttpResponse:
    """Which of two answers it is: the one that came later, or the one that stands."""
    visit = pages.find(pk)
    op = get_object_or_404(Op.objects.select_related("sheet", "visit"), pk=target, visit=visit)
    later = request.POST.get("which") == "later"
    return _do(
        request,
        visit,
        Form(request.POST),
        f"choose{target}",
        lambda data: deciding.choose(op, by=request.user, now=timezone.now(), this_one=later),
        page=pages.render_answers,
        done=_("已选定，两个答案都留在记录里。"),
    )


@login_required
@require_POST
def take(request: HttpRequest, pk: int, target: int) -> HttpResponse:
    visit = pages.find(pk)
    op = get_object_or_404(
        Op.objects.select_related("sheet", "visit", "device", "author"), pk=target, visit=visit
    )
    return _do(
        request,
        visit,
        Form(request.POST),
        f"take{target}",
        lambda data: deciding.take(op, by=request.user, now=timezone.now()),
        page=pages.render_answers,
        done=_("已采用。"),
    )


@login_required
@require_POST
def drop(request: HttpRequest, pk: int, target: int) -> HttpResponse:
    visit = pages.find(pk)
    op = get_object_or_404(Op.objects.select_related("visit"), pk=target, visit=visit)
    return _do(
        request,
        visit,
        forms.ReasonForm(request.POST, prefix=f"d{target}"),
        f"drop{target}",
        lambda data: deciding.drop(op, by=request.user, now=timezone.now(), **data),
        page=pages.render_answers,
        done=_("已决定不采用，内容留在记录里。"),
    )


@login_required
@require_POST
def confirm(request: HttpRequest, pk: int, target: int) -> HttpResponse:
    """A drawn signature is confirmed from the person's own account."""
    visit = pages.find(pk)
    drawn = get_object_or_404(VisitSignature.objects.select_related("visit"), pk=target, visit=visit)
    return _do(
        request,
        visit,
        Form(request.POST),
        f"confirm{target}",
        lambda data: signing.confirm(drawn, by=request.user, now=timezone.now()),
        page=pages.render_exchange,
        done=_("已确认是您的签名。"),
    )


@login_required
@require_POST
def blur(request: HttpRequest, pk: int, target: int) -> HttpResponse:
    """Hide what was drawn, all of it, or say that there is nothing to hide."""
    visit = pages.find(pk)
    photo = get_object_or_404(
        Media.objects.select_related("visit", "file", "original"), pk=target, visit=visit
    )
    return _on_photo(
        request,
        visit,
        target,
        lambda: blurring.blur(photo, by=request.user, now=timezone.now(), wish=_wish(request)),
        done=_("已保存。"),
    )


def _wish(request: HttpRequest) -> Any:
    how = request.POST.get("how", "")
    if how in ("whole", "none"):
        return {how: True}
    try:
        return {"regions": json.loads(request.POST.get("regions", "")[:8000] or "[]")}
    except ValueError:
        raise ValidationError(_("遮挡的位置不对，请重新画。")) from None


@login_required
@require_POST
def delete_original(request: HttpRequest, pk: int, target: int) -> HttpResponse:
    visit = pages.find(pk)
    photo = get_object_or_404(
        Media.objects.select_related("visit", "file", "original"), pk=target, visit=visit
    )
    reason = request.POST.get("reason", "")
    return _on_photo(
        request,
        visit,
        target,
        lambda: blurring.delete_original(photo, by=request.user, now=timezone.now(), reason=reason),
        done=_("未遮挡的原图已删除，记录保留。"),
    )


def _on_photo(request, visit: Visit, target: int, what: Callable[[], Any], *, done: str) -> HttpResponse:
    try:
        with transaction.atomic():
            what()
    except ValidationError as refused:
        return pages.render_photo(request, visit, target, errors=refused.messages, status=422)
    messages.success(request, done)
    return redirect("inspections:visit_photo", visit.pk, target)
