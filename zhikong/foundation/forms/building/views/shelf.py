"""The forms there are, and how a new one begins: blank, as a copy, or from a file."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.forms.building import beginning, shelves
from zhikong.foundation.forms.building.start_forms import BlankForm, CopyForm, FileForm
from zhikong.foundation.forms.exchange.arriving import Refused


@login_required
@needs(Permission.EDIT_DEFINITIONS)
@require_GET
def shelf(request):
    today = timezone.localdate()
    text = request.GET.get("q", "").strip()
    lines = shelves.lines(on=today, text=text)
    return render(request, "forms/building/shelf.html", {"lines": lines, "q": text})


@login_required
@needs(Permission.EDIT_DEFINITIONS)
@require_http_methods(["GET", "POST"])
def new(request):
    """Three ways to begin on one page; each has its own form."""
    way = request.POST.get("way", "") if request.method == "POST" else ""
    choices = shelves.copies(on=timezone.localdate())
    forms = {
        "blank": BlankForm(request.POST if way == "blank" else None, prefix="blank"),
        "copy": CopyForm(
            request.POST if way == "copy" else None,
            choices=choices,
            initial=request.GET.dict(),
            prefix="copy",
        ),
        "file": FileForm(*((request.POST, request.FILES) if way == "file" else ()), prefix="file"),
    }
    problems = []
    if way in forms and forms[way].is_valid():
        try:
            version = WAYS[way](request, forms[way].cleaned_data)
        except Refused as refusal:
            forms[way].add_error("file", refusal.sentence)
            problems = refusal.problems
        else:
            return redirect(
                f"{reverse('forms:build', args=[version.pk])}{'?at=s.section_1' if way == 'blank' else ''}"
            )
    return render(request, "forms/building/new.html", {"forms": forms, "problems": problems})


def _blank(request, values):
    return beginning.blank(by=request.user, now=timezone.now(), **values)


def _copy(request, values):
    return beginning.copy(by=request.user, now=timezone.now(), **values)


def _file(request, values):
    version = beginning.from_file(by=request.user, now=timezone.now(), **values)
    messages.success(request, _("文件已导入为草稿，请核对后送审。"))
    return version


WAYS = {"blank": _blank, "copy": _copy, "file": _file}
