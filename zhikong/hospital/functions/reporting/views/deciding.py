"""Accept, return, remind, extend, correct: one door for the steps with their small forms."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from zhikong.hospital.functions.reporting import actions
from zhikong.hospital.functions.reporting.models import FigureSheet
from zhikong.hospital.functions.reporting.views.filling import find, show
from zhikong.hospital.functions.reporting.views.offers import step_named

DONE = {
    "accept": _("已接收并锁定，数值随后计入指标。"),
    "return": _("已退回科室。"),
    "remind": _("已催报。"),
    "extend": _("已延期。"),
    "correct": _("可以更正了；改好后重新提交，接收以前仍以原来的数为准。"),
}


@require_POST
def take(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    offered = step_named(step)
    if offered is None:
        raise Http404
    sheet = find(request, pk)
    form = offered.form(request.POST, prefix=step)
    if form.is_valid():
        try:
            _act(step, sheet, by=request.user, now=timezone.now(), said=form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, DONE[step])
            return redirect("reporting:sheet", pk=pk)
    return show(request, sheet, step=step, form=form, status=422)


def _act(step: str, sheet: FigureSheet, *, by, now, said: dict) -> None:
    if step == "remind":
        actions.remind([sheet], by=by, now=now, **said)
        return
    act = {"accept": actions.accept, "return": actions.return_sheet, "extend": actions.extend,
           "correct": actions.correct}[step]  # fmt: skip
    act(sheet, by=by, now=now, **said)
