"""One record: its score, its stages compared, what went back, appeals, and archiving."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.facts.sealing import sealed_since
from zhikong.foundation.organisation.queries import department_on
from zhikong.foundation.patients.queries import names_for
from zhikong.hospital.functions.record_reviews.actions.reviewing import appealing, archiving, correcting
from zhikong.hospital.functions.record_reviews.models import (
    Correction,
    ReviewAppeal,
    ReviewAssignment,
    ReviewCase,
    ReviewMark,
)
from zhikong.hospital.functions.record_reviews.queries.reviewing import comparing, marks, people, queue

DONE = ReviewAssignment.State.DONE


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The record as its department, its writer and the offices see it."""
    case, today = _find(pk), timezone.localdate()
    stages = queue.visible_stages(case, request.user)
    if blind := next(
        (
            one
            for one in stages
            if one.blind and one.reviewer_id == request.user.pk and one.state in queue.OPEN
        ),
        None,
    ):
        return redirect(
            "record_reviews:review", blind.pk
        )  # the record's score would not be a blind one's to see
    done = [one for one in stages if one.state == DONE]
    counting = next((one for one in done if one.pk == case.result_id), done[-1] if done else None)
    place = department_on(department_id=case.department_id, on=today)
    names = names_for(
        by=request.user, patient_keys=[case.patient_key], purpose="病历评审结果", now=timezone.now()
    )
    context = {
        "case": case,
        "patient": names[case.patient_key],
        "department": place.name if place else "",
        "staff": people.names_of([case.writer, case.attending]),
        "stages": stages,
        "done": done,
        "lines": comparing.compared(done) if done else [],
        "counting": counting,
        "marks": marks.marks_of(counting) if counting else [],
        "corrections": case.corrections.select_related("writer", "asked_by").prefetch_related(
            "steps__by", "marks"
        ),
        "appeals": case.appeals.select_related("mark", "opened_by", "decided_by", "reviewer").order_by("-pk"),
        "just_done": next((one for one in done if str(one.pk) == request.GET.get("done")), None),
        "next_review": _next(request, done),
        "today": today,
        "sealed": sealed_since(case.stay_id),
        **_may(request.user, case, counting, today),
    }
    return render(request, "record_reviews/reviewing/case.html", context)


def _next(request: HttpRequest, done: list[ReviewAssignment]) -> ReviewAssignment | None:
    found = next((one for one in done if str(one.pk) == request.GET.get("done")), None)
    return queue.next_of(found, request.user) if found else None


def _may(user, case: ReviewCase, counting: ReviewAssignment | None, today) -> dict:
    until = appealing.appeal_until(counting) if counting else None
    return {
        "appeal_until": until,
        "may_appeal": bool(
            until and today <= until and can(user, Permission.ANSWER_RECORD_CHECKS, case.department_id)
            and user.pk != counting.reviewer_id
        ),
        "may_arbitrate": can(user, Permission.ARBITRATE_REVIEWS, case.department_id),
        "may_archive": can(user, Permission.ASSIGN_REVIEWS, whole_hospital=True) and case.archived_at is None,
        "archive_reason": archiving.in_the_way(case),
        "rechecks": {one.pk for one in case.corrections.all() if correcting.may_recheck(user, one)},
    }  # fmt: skip


@require_POST
@needs(Permission.ANSWER_RECORD_CHECKS)
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Appeal against one mark, or against the result."""
    case = _find(pk)

    def do():
        chosen = request.POST.get("mark", "")
        found = (
            ReviewMark.objects.filter(pk=int(chosen), assignment__case=case).first()
            if chosen.isdigit()
            else None
        )
        review = found.assignment if found else case.result
        if review is None:
            raise ValidationError(_("还没有评审结果，不能申诉。"))
        made = appealing.appeal(
            review, by=request.user, now=timezone.now(), reason=request.POST.get("reason", ""), mark=found
        )
        return _("申诉已提交，编号 %(number)s。") % {"number": made.number}

    return _done(request, case, do)


@require_POST
@needs(Permission.ARBITRATE_REVIEWS)
def arbitrate(request: HttpRequest, pk: int) -> HttpResponse:
    """Uphold a mark or correct it."""
    case = _find(pk)

    def do():
        found = _one(ReviewAppeal, case, request.POST.get("appeal"))
        correct = request.POST.get("decision") == "correct"
        appealing.arbitrate(
            found, by=request.user, now=timezone.now(), correct=correct, reason=request.POST.get("reason", "")
        )
        return _("已更正，得分和等级已重算。") if correct else _("已维持原扣分，并告知申诉人。")

    return _done(request, case, do)


@require_POST
@needs(Permission.ANSWER_RECORD_CHECKS)
def mend(request: HttpRequest, pk: int) -> HttpResponse:
    """The writer says what was put right."""
    case = _find(pk)

    def do():
        found = _one(Correction, case, request.POST.get("correction"))
        correcting.mend(
            found,
            by=request.user,
            now=timezone.now(),
            text=request.POST.get("text", ""),
            addendum=request.POST.get("addendum", ""),
        )
        return _("返修已提交，等待复核。")

    return _done(request, case, do)


@require_POST
@needs(Permission.REVIEW_RECORDS)
def recheck(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept what was mended, or send it back once more."""
    case = _find(pk)

    def do():
        found = _one(Correction, case, request.POST.get("correction"))
        accepted = request.POST.get("decision") == "accept"
        correcting.recheck(
            found, by=request.user, now=timezone.now(), accepted=accepted, text=request.POST.get("text", "")
        )
        return _("复核合格，返修结束。") if accepted else _("已再次退回，书写医师会收到通知。")

    return _done(request, case, do)


@require_POST
@needs(Permission.ASSIGN_REVIEWS)
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Archive the record."""
    case = _find(pk)

    def do():
        archiving.archive(case, by=request.user, now=timezone.now())
        return _("病历已归档。之后只能按抽样评审、补记或申诉。")

    return _done(request, case, do)


def _done(request: HttpRequest, case: ReviewCase, do) -> HttpResponse:
    """Run an act and say what came of it on the record's page."""
    try:
        messages.success(request, do())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except PermissionDenied as error:
        messages.error(request, str(error))
    return redirect("record_reviews:review_case", case.pk)


def _find(pk: int) -> ReviewCase:
    found = queue.case(pk)
    if found is None:
        raise Http404
    return found


def _one(model, case: ReviewCase, pk: str | None):
    found = model.objects.filter(case=case, pk=int(pk)).first() if pk and pk.isdigit() else None
    if found is None:
        raise Http404
    return found
