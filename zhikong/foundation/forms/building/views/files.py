"""Files of definitions: the draft as Excel, YAML or XLSForm, and an empty template."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.forms.building import documents
from zhikong.foundation.forms.building.documents import NotADefinition
from zhikong.foundation.forms.building.views.editor import find
from zhikong.foundation.forms.exchange import excel_out, samples, workbooks, xlsform_out

YAML_MIME = "application/yaml; charset=utf-8"


@login_required
@needs(Permission.EDIT_DEFINITIONS)
@require_GET
def export(request, pk: int, kind: str):
    """A version as a file: xlsx, yaml or xlsform."""
    version = find(pk)
    if kind == "yaml":
        return attachment(version.text.encode(), f"{version.definition_id}.yaml", YAML_MIME)
    if kind not in ("xlsx", "xlsform"):
        raise Http404
    try:
        data = documents.read(version.text)
        content = excel_out.definition(data) if kind == "xlsx" else xlsform_out.definition(data)
    except (NotADefinition, xlsform_out.CannotSay) as problem:
        messages.error(request, str(problem))
        return redirect("forms:build", pk)
    mark = "" if kind == "xlsx" else ".xlsform"
    return attachment(
        content, f"{documents.chinese(data.get('title')) or data['id']}{mark}.xlsx", workbooks.MIME
    )


@login_required
@needs(Permission.EDIT_DEFINITIONS)
@require_GET
def template(request):
    """The Excel layout with a few lines that show how it is meant."""
    return attachment(excel_out.definition(samples.FORM), "表单模板.xlsx", workbooks.MIME)


def attachment(content: bytes, name: str, mime: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=mime)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer
