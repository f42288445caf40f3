"""Export of the hospital's versions as a pack, and import of such a pack as drafts."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.packstore import actions, queries, rules
from zhikong.foundation.packstore.forms import ImportForm


@login_required
@needs(Permission.EDIT_DEFINITIONS)
@require_GET
def export(request):
    raw = actions.export_pack(by=request.user)
    code, _name = queries.hospital_code_and_name()
    answer = HttpResponse(raw, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{rules.pack_id(code)}.zip"'
    return answer


@login_required
@needs(Permission.EDIT_DEFINITIONS)
@require_http_methods(["GET", "POST"])
def take_in(request):
    form, done = ImportForm(request.POST or None, request.FILES or None), None
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                done = actions.import_pack(
                    by=request.user, now=timezone.now(), raw=form.cleaned_data["file"].read()
                )
        except ValidationError as error:
            form.add_error("file", error)
    return render(request, "packstore/import.html", {"form": form, "done": done})
