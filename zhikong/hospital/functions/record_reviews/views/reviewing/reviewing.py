"""One review: documents, machine findings and the sheet side by side; every act is stored at once."""

from decimal import Decimal, InvalidOperation

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.facts.chart_findings import ChartFinding, of_stay
from zhikong.foundation.facts.charts import NoSuchChart, chart_of
from zhikong.foundation.patients.queries import names_for
from zhikong.hospital.functions.record_reviews.actions.reviewing import finishing, marking
from zhikong.hospital.functions.record_reviews.actions.reviewing.common import wide
from zhikong.hospital.functions.record_reviews.models import ReviewAssignment, ReviewMark
from zhikong.hospital.functions.record_reviews.queries.reviewing import board as boards
from zhikong.hospital.functions.record_reviews.queries.reviewing import people, queue

State = ReviewAssignment.State


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The review. Opening one that is the reader's to do begins it; others read it."""
    review, now = _find(pk), timezone.now()
    mine = marking.may_review(request.user, review) and review.state in (State.ASSIGNED, State.DOING)
    if mine:
        try:
            review = marking.begin(review, by=request.user, now=now)
        except (ValidationError, PermissionDenied):
            mine = False
    if review.sheet_id is None or not (mine or _may_read(request.user, review)):
        return redirect("record_reviews:review_case", review.case_id)
    chart = _chart(request, review)
    case = review.case
    context = {
        **_board(request, review, mine=mine),
        "chart": chart,
        "documents": boards.read_documents(chart) if chart else [],
        "people": people.named(chart),
        "patient": names_for(by=request.user, patient_keys=[case.patient_key], purpose="病历评审", now=now)[
            case.patient_key
        ],
    }
    return render(request, "record_reviews/reviewing/review.html", context)


@require_POST
@needs(Permission.VIEW_RECORD_CHECKS)
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """One act on the review; answers with the board as it now stands, or with what was wrong as a sentence."""
    review, verb = _find(pk), request.POST.get("verb", "")
    if verb not in ACTS:
        raise Http404
    try:
        ACTS[verb](request, review)
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=422)
    except PermissionDenied as error:
        return JsonResponse({"error": str(error)}, status=403)
    review = _find(pk)
    if verb == "finish":
        return JsonResponse({"go": _after(request, review)})
    mine = review.state == State.DOING
    return render(request, "record_reviews/reviewing/_board.html", _board(request, review, mine=mine))


def _find(pk: int) -> ReviewAssignment:
    found = queue.review(pk)
    if found is None:
        raise Http404
    return found


def _may_read(user, review: ReviewAssignment) -> bool:
    """A blind reviewer who is not done sees no other review of the same record."""
    return review in queue.visible_stages(review.case, user)


def _chart(request: HttpRequest, review: ReviewAssignment):
    """The chart, also of another department for whom it was given to; None when the facts do not hold it any more."""
    case, mine = review.case, review.reviewer_id == request.user.pk
    try:
        return chart_of(case.stay_id, by=request.user, purpose="病历评审", month=case.month, admitted=mine)
    except NoSuchChart:
        return None


def _findings(review: ReviewAssignment) -> list[ChartFinding]:
    """What machines found; the review itself was found within the reader's own scope."""
    with wide():
        return of_stay(review.case.stay_id)


def _board(request: HttpRequest, review: ReviewAssignment, *, mine: bool) -> dict:
    found = boards.board(review, _findings(review))
    return {
        "board": found,
        "review": review,
        "case": review.case,
        "mine": mine,
        "saved_at": review.last_saved_at,
    }


def _after(request: HttpRequest, review: ReviewAssignment) -> str:
    return reverse("record_reviews:review_case", args=[review.case_id]) + f"?done={review.pk}"


def _mark(request: HttpRequest, review: ReviewAssignment) -> None:
    marking.mark(
        review,
        by=request.user,
        now=timezone.now(),
        item=request.POST.get("item", ""),
        points=_decimal(request.POST.get("points", "")),
        text=request.POST.get("text", ""),
        evidence=_evidence(request),
        chart=_chart(request, review) if request.POST.get("document") else None,
    )


def _unmark(request: HttpRequest, review: ReviewAssignment) -> None:
    found = ReviewMark.objects.filter(
        assignment=review, pk=_number(request.POST.get("mark")), withdrawn_at=None
    ).first()
    if found is not None:  # taken back twice is taken back
        marking.unmark(found, by=request.user, now=timezone.now())


def _reword(request: HttpRequest, review: ReviewAssignment) -> None:
    found = ReviewMark.objects.filter(
        assignment=review, pk=_number(request.POST.get("mark")), withdrawn_at=None
    ).first()
    if found is None:
        raise ValidationError(_("这条扣分已经撤销，请刷新后再看。"))
    marking.reword(found, by=request.user, now=timezone.now(), text=request.POST.get("text", ""))


def _finding(request: HttpRequest, review: ReviewAssignment, *, accepted: bool) -> None:
    rule = request.POST.get("rule", "")
    found = next((one for one in _findings(review) if one.rule == rule), None)
    if found is None:
        raise ValidationError(_("机器没有再发现这一条，可能数据已经更新，请刷新后再看。"))
    points = request.POST.get("points", "")
    marking.judge_finding(
        review,
        found,
        by=request.user,
        now=timezone.now(),
        accepted=accepted,
        item=request.POST.get("item", ""),
        points=_decimal(points) if points else None,
        text=request.POST.get("text", ""),
        chart=_chart(request, review) if found.span_document else None,
    )


def _accept(request: HttpRequest, review: ReviewAssignment) -> None:
    _finding(request, review, accepted=True)


def _refute(request: HttpRequest, review: ReviewAssignment) -> None:
    _finding(request, review, accepted=False)


def _settle(request: HttpRequest, review: ReviewAssignment) -> None:
    answer = request.POST.get("answer", "")
    marking.settle(
        review,
        by=request.user,
        now=timezone.now(),
        item=request.POST.get("item", ""),
        answer=answer if answer in ("yes", "na") else "",
    )


def _unknown(request: HttpRequest, review: ReviewAssignment) -> None:
    marking.leave_unknown(
        review,
        by=request.user,
        now=timezone.now(),
        item=request.POST.get("item", ""),
        why=request.POST.get("text", ""),
    )


def _rest(request: HttpRequest, review: ReviewAssignment) -> None:
    found = boards.board(review, _findings(review))
    waiting = {one.item.id for section in found.sections for one in section.items if one.proposals}
    marking.settle_rest(review, by=request.user, now=timezone.now(), unknown={*found.unknown, *waiting})


def _remark(request: HttpRequest, review: ReviewAssignment) -> None:
    marking.note_remark(review, by=request.user, now=timezone.now(), text=request.POST.get("text", ""))


def _finish(request: HttpRequest, review: ReviewAssignment) -> None:
    if review.state == State.DONE:  # the answer to the first attempt was lost on its way
        return
    found = boards.board(review, _findings(review))
    if found.waiting:
        raise ValidationError(_("还有 %(n)d 条机器发现没有采纳或否定。") % {"n": found.waiting})
    finishing.finish(
        review,
        by=request.user,
        now=timezone.now(),
        unknown=found.unknown,
        returned=[int(pk) for pk in request.POST.getlist("returned") if pk.isdigit()],
        text=request.POST.get("text", ""),
    )


ACTS = {
    "mark": _mark,
    "unmark": _unmark,
    "reword": _reword,
    "accept": _accept,
    "refute": _refute,
    "settle": _settle,
    "unknown": _unknown,
    "rest": _rest,
    "remark": _remark,
    "finish": _finish,
}


def _evidence(request: HttpRequest) -> marking.Evidence:
    return marking.Evidence(
        request.POST.get("document", "")[:64],
        request.POST.get("section", "")[:80],
        _number(request.POST.get("start")),
        _number(request.POST.get("end")),
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() and len(text) < 19 else None


def _decimal(text: str) -> Decimal:
    try:
        found = Decimal(text.strip() or "0")
    except InvalidOperation:
        raise ValidationError(_("扣分请填数字，如 0.5。")) from None
    if not found.is_finite():
        raise ValidationError(_("扣分请填数字，如 0.5。"))
    return found
