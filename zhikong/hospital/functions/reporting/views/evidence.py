"""Files beside the figures: what shows where a number comes from."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhikong.foundation.files.forms import settle
from zhikong.hospital.functions.reporting import actions
from zhikong.hospital.functions.reporting.forms import FILE_PURPOSE, FILE_RETENTION, EvidenceForm
from zhikong.hospital.functions.reporting.library import set_of
from zhikong.hospital.functions.reporting.views.filling import find, show


@require_POST
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Files for one item; they and their row stand or fall together."""
    sheet, now = find(request, pk), timezone.now()
    form = EvidenceForm(
        request.POST,
        request.FILES,
        items=set_of(sheet).items,
        department_id=sheet.department_id,
        prefix="evidence",
    )
    if form.is_valid():
        try:
            with transaction.atomic():
                found = settle(
                    form.cleaned_data["files"], by=request.user, now=now, department_id=sheet.department_id,
                    purpose=FILE_PURPOSE, retention=FILE_RETENTION,
                )  # fmt: skip
                actions.attach(sheet, by=request.user, now=now, item=form.cleaned_data["item"], files=found)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("已附上 %(n)d 个文件。") % {"n": len(found)})
            return redirect(reverse("reporting:sheet", args=[pk]) + "#evidence")
    return show(request, sheet, evidence=form, status=422)


@require_POST
def detach(request: HttpRequest, pk: int, attached: int) -> HttpResponse:
    sheet = find(request, pk)
    row = get_object_or_404(sheet.files.filter(removed_at=None), pk=attached)
    try:
        actions.detach(row, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(reverse("reporting:sheet", args=[pk]) + "#evidence")
