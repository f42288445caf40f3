"""The marks of a review to take away."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.audit.actions import log_read
from zhikong.hospital.functions.record_reviews import documents_reviewing as documents
from zhikong.hospital.functions.record_reviews.queries.reviewing import queue
from zhikong.web.paper import WORD

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """Excel of the marks."""
    return _file(request, pk, documents.workbook, XLSX, "xlsx")


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def word(request: HttpRequest, pk: int) -> HttpResponse:
    """Word of the marks."""
    return _file(request, pk, documents.word, WORD, "docx")


def _file(request: HttpRequest, pk: int, make, content_type: str, ending: str) -> HttpResponse:
    review = queue.review(pk)
    if (
        review is None
        or review.sheet_id is None
        or review not in queue.visible_stages(review.case, request.user)
    ):
        raise Http404
    log_read(
        by=request.user,
        subject="record_reviews.marks",
        purpose=f"导出评审扣分（住院 {review.case.stay_id}）",
        count=1,
    )
    answer = HttpResponse(make(review, by=request.user, now=timezone.now()), content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="review-{review.pk}.{ending}"'
    return answer
