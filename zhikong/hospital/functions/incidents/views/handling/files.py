"""Pictures of a report and proofs of submission: served by the case's own pages, to whoever sees the case."""

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.models.handling import Submission
from zhikong.hospital.functions.incidents.queries import reporting
from zhikong.hospital.functions.incidents.views.handling.common import case_or_404

SANDBOX = "default-src 'none'; sandbox"


@require_GET
def photo(request: HttpRequest, code: str, pk: int) -> StreamingHttpResponse:
    """A picture of the report, small with ?small=1."""
    incident = case_or_404(request, code, timezone.now())
    found = next((one for one in reporting.photos(incident) if one.pk == pk), None)
    if found is None:
        raise Http404
    return _served(request, found.file, small=bool(request.GET.get("small")), image=True)


@require_GET
def proof(request: HttpRequest, code: str, pk: int) -> StreamingHttpResponse:
    """The receipt of a statutory report, as a download."""
    incident = case_or_404(request, code, timezone.now())
    found = Submission.objects.filter(incident=incident, pk=pk).exclude(file_id=None).first()
    if found is None:
        raise Http404
    return _served(request, found.file_id, small=False, image=False)


def _served(request: HttpRequest, file_id: int, *, small: bool, image: bool) -> StreamingHttpResponse:
    content = neutral.file_content(by=request.user, now=timezone.now(), file_id=file_id, small=small)
    if content is None:
        raise Http404
    answer = StreamingHttpResponse(
        content, content_type="image/jpeg" if image else "application/octet-stream"
    )
    answer["Content-Disposition"] = "inline" if image else 'attachment; filename="receipt"'
    answer["Content-Security-Policy"] = SANDBOX
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
