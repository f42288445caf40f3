"""Two years of front pages: several files at once, the months that are there, names that nobody has assigned."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation.queries import departments
from zhikong.hospital.overviews.starting.actions import history as actions
from zhikong.hospital.overviews.starting.forms import HistoryForm
from zhikong.hospital.overviews.starting.queries import history

SHOWN = 30


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_DATA)
def files(request: HttpRequest) -> HttpResponse:
    """Sends files, assigns names (act=assign), has set-aside rows read again (act=again)."""
    act = request.POST.get("act", "")
    if act == "assign":
        return _assign(request)
    if act == "again":
        return _again(request)
    sent = request.method == "POST"
    form = HistoryForm(request.POST if sent else None, request.FILES if sent else None)
    if sent and form.is_valid():
        return _take_in(request, form.cleaned_data["files"])
    today = timezone.localdate()
    loads, names = history.deliveries(), history.names(today=today)
    context = {
        "form": form,
        "loads": loads[:SHOWN],
        "in_progress": any(load.state in history.GOING for load in loads),
        "grid": history.grid(today=today),
        "unknown": [one for one in names if not one.known],
        "known": [one for one in names if one.known],
        "again": history.waiting_again(names),
        "departments": [d for d in departments(on=today) if d.kind != "ward"],
        "may_assign": can(request.user, Permission.MANAGE_ORGANISATION),
    }
    return render(request, "starting/history.html", context, status=422 if form.errors else 200)


def _take_in(request: HttpRequest, given: list[UploadedFile]) -> HttpResponse:
    with tempfile.TemporaryDirectory(prefix="starting-") as folder:
        paths = _written(given, Path(folder))
        taken = actions.take_in(by=request.user, now=timezone.now(), files=paths)
    if taken.loads:
        messages.success(request, _("已收到 %(n)d 份首页，正在导入。") % {"n": len(taken.loads)})
    for name, reason in taken.refused:
        messages.error(request, f"{name}：{reason}")
    return redirect("starting:history")


def _written(given: list[UploadedFile], folder: Path) -> dict[str, Path]:
    """Each upload as a file whose name is ours; a name that comes twice gets its number."""
    found: dict[str, Path] = {}
    for number, upload in enumerate(given):
        name = Path(upload.name or "").name[:120] or f"{number}"
        path = folder / f"{number}.upload"
        with path.open("wb") as file:
            for chunk in upload.chunks():
                file.write(chunk)
        found[name if name not in found else f"{number}-{name}"] = path
    return found


def _assign(request: HttpRequest) -> HttpResponse:
    names, places = request.POST.getlist("name"), request.POST.getlist("department")
    chosen = {name: int(pk) for name, pk in zip(names, places, strict=False) if pk.isdecimal()}
    try:
        count = actions.assign(by=request.user, now=timezone.now(), chosen=chosen)
        again = actions.read_again(by=request.user, now=timezone.now()) if count else 0
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        words = _("已认领 %(n)d 个名称，%(again)d 份文件将重新读入。") % {"n": count, "again": again}
        messages.success(request, words) if count else messages.warning(request, _("还没有选择科室。"))
    return redirect("starting:history")


def _again(request: HttpRequest) -> HttpResponse:
    try:
        count = actions.read_again(by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(n)d 份文件将重新读入。") % {"n": count})
    return redirect("starting:history")
