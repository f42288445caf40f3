"""Which of two counts of the same thing counts."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.indicators import actions
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.forms import CountedSourceForm


@require_POST
@needs(Permission.MANAGE_TARGETS)
def counted_source(request: HttpRequest, indicator_id: str) -> HttpResponse:
    """Set it, with the reason, and go back to the indicator."""
    if indicator_id not in definitions():
        raise Http404
    form = CountedSourceForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        year, month = said["valid_from"].split("-")
        try:
            actions.set_counted_source(
                by=request.user,
                now=timezone.now(),
                indicator_id=indicator_id,
                source=said["source"],
                valid_from=date(int(year), int(month), 1),
                reason=said["reason"],
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("已记录；从下一次计算起按这个来源考核。"))
    else:
        messages.error(request, _("请选择来源、起始月份，并写明理由。"))
    return redirect(reverse("indicators:detail", args=[indicator_id]) + "#pair")
