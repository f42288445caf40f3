"""The QR codes that hang in the wards: make, print, end."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.complaints import forms_intake as forms
from zhikong.hospital.functions.complaints.actions.intake import arranging
from zhikong.hospital.functions.complaints.models.intake import VoicePoint
from zhikong.hospital.functions.complaints.queries.intake import complaints, people, rules
from zhikong.hospital.functions.complaints.views.intake.common import attempt, found_or_404
from zhikong.hospital.functions.complaints.views.intake.papers import public_url


@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """All codes; whoever handles complaints makes one, or one for each department that has none."""
    handles = complaints.handles(request.user)
    form = forms.PointForm(
        request.POST if request.POST.get("act") == "one" else None, departments=people.departments()
    )
    if request.method == "POST" and _made(request, form):
        return redirect("complaints:points")
    rows = complaints.points()
    context = {
        "points": [(one, public_url(request, reverse("voice:place", args=[one.token]))) for one in rows], "form": form,
        "handles": handles, "sees_figures": complaints.sees_figures(request.user), "setting": rules.setting(), "tab": "points",
        "missing": len({pk for pk, _name in people.departments()} - {one.department_id for one in rows}),
    }  # fmt: skip
    return render(request, "complaints/intake/points.html", context)


def _made(request: HttpRequest, form) -> bool:
    now = timezone.now()
    if request.POST.get("act") == "all":
        wanted = [pk for pk, _name in people.departments()]
        count = arranging.make_points(by=request.user, now=now, departments=wanted)
        messages.success(request, _("已生成 %(n)d 个二维码。") % {"n": count})
        return True
    if not form.is_valid():
        return False
    return bool(
        attempt(
            request,
            lambda: arranging.make_point(by=request.user, now=now, **form.cleaned_data),
            _("已生成，请打印张贴。"),
        )
    )


@require_POST
@needs(Permission.HANDLE_COMPLAINTS)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    point = found_or_404(VoicePoint.objects.filter(pk=pk, ended_at=None).first())
    attempt(
        request,
        lambda: arranging.end_point(point, by=request.user, now=timezone.now()),
        _("已停用，请取下海报。"),
    )
    return redirect("complaints:points")
