"""The rectification sheet as PDF and Word."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from zhikong.foundation.findings import papers, queries
from zhikong.foundation.findings.views.pages import find
from zhikong.foundation.findings.views.parts import sheet_parts
from zhikong.foundation.organisation.queries import institution
from zhikong.web.paper import WORD


def _content(request, pk: int):
    finding = find(pk)
    data = papers.content(
        finding, sheet_parts(finding), evidence=queries.evidence(finding),
        verifications=finding.verifications.select_related("by").order_by("at"),
        hospital=institution().name, by=request.user, now=timezone.now(),
    )  # fmt: skip
    return finding, data


def _sent(data: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@login_required
@require_GET
def pdf(request, pk: int):
    finding, data = _content(request, pk)
    return _sent(papers.pdf(data), "application/pdf", f"{finding.number}.pdf")


@login_required
@require_GET
def word(request, pk: int):
    finding, data = _content(request, pk)
    return _sent(papers.word(data), WORD, f"{finding.number}.docx")
