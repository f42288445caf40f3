"""How the hospital reviews records: stages, limits, the sheet and its grade policy."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.forms import queries as sheets
from zhikong.hospital.functions.record_reviews.actions.reviewing.common import setting
from zhikong.hospital.functions.record_reviews.actions.reviewing.settings import change_setting
from zhikong.hospital.functions.record_reviews.forms_reviewing import SettingForm


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_RECORD_RULES)
def page(request: HttpRequest) -> HttpResponse:
    """The settings, and what each grade policy says, so that the choice can be understood."""
    today, found = timezone.localdate(), setting()
    policies = sheets.policies(on=today)
    form = SettingForm(request.POST or None, setting=found, on=today, policies=policies)
    if request.method == "POST" and form.is_valid():
        try:
            change_setting(by=request.user, now=timezone.now(), **form.chosen())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("评审设置已保存，从现在起打开的评审按新设置。"))
            return redirect("record_reviews:review_settings")
    context = {"form": form, "policies": [one.obj for one in policies]}
    return render(
        request, "record_reviews/reviewing/settings.html", context, status=422 if form.errors else 200
    )
