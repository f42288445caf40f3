"""Papers to download: letter of answer, QR poster, public notice."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.complaints import papers_intake as papers
from zhikong.hospital.functions.complaints.models.intake import VoicePoint
from zhikong.hospital.functions.complaints.queries.intake import people, persons, rules
from zhikong.hospital.functions.complaints.views.intake.common import found_or_404, readable
from zhikong.web.paper import WORD

PDF = "application/pdf"


def public_url(request: HttpRequest, path: str) -> str:
    """An address that a patient's telephone can open: the hospital's own, else the one that is open now."""
    own = rules.setting().public_address.rstrip("/")
    return f"{own}{path}" if own else request.build_absolute_uri(path)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_GET
@needs(Permission.HANDLE_COMPLAINTS)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter; who it goes to is read from the sealed identity, and logged."""
    complaint = readable(request, pk)
    if complaint.answered_at is None:
        raise Http404
    person = persons.complainant_of(by=request.user, complaint=complaint, purpose=_("打印答复函"))
    content = papers.letter(
        complaint, institution=institution().name, addressee=person.name or _("投诉人"), setting=rules.setting(),
        answered_on=timezone.localdate(complaint.answered_at), received_on=timezone.localdate(complaint.received_at),
    )  # fmt: skip
    return _file(content, WORD, f"answer-{complaint.number}.docx")


@require_GET
def poster(request: HttpRequest, pk: int) -> HttpResponse:
    """Anybody may print what hangs on the wall anyway."""
    point = found_or_404(next(iter(people.named(VoicePoint.objects.filter(pk=pk, ended_at=None))), None))
    address = public_url(request, reverse("voice:place", args=[point.token]))
    content = papers.poster(
        point,
        address=address,
        institution=institution().name,
        setting=rules.setting(),
        rules=rules.in_force(),
    )
    return _file(content, PDF, f"poster-{point.pk}.pdf")


@require_GET
def notice(request: HttpRequest) -> HttpResponse:
    content = papers.notice(
        address=public_url(request, reverse("voice:start")), institution=institution().name, setting=rules.setting(),
        rules=rules.in_force(),
    )  # fmt: skip
    return _file(content, PDF, "notice.pdf")
