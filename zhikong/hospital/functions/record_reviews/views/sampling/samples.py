"""Samples: the list, one sample with its records, who reads them, and what the readings say."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.engine.stats import agreement
from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.record_reviews.actions.sampling import assigning, drawing
from zhikong.hospital.functions.record_reviews.forms_sampling import AssignForm, ReasonForm
from zhikong.hospital.functions.record_reviews.models import Sample, SamplePlan
from zhikong.hospital.functions.record_reviews.queries.sampling import people, plans
from zhikong.hospital.functions.record_reviews.queries.sampling import results as found
from zhikong.hospital.functions.record_reviews.views.sampling import common
from zhikong.hospital.functions.record_reviews.words_sampling import STEPS, estimate_words, short_words

MOST = 30


@require_GET
@needs(Permission.ASSIGN_REVIEWS)
def listed(request: HttpRequest) -> HttpResponse:
    """Plans and the newest samples."""
    newest = list(plans.samples()[:MOST])
    counts = found.counts_of(newest)
    context = {
        "plans": [one for one in plans.plans() if one.ended_at is None],
        "samples": [(one, counts.get(one.pk)) for one in newest],
        "tab": "samples",
    }
    return render(request, "record_reviews/sampling/samples.html", context)


@require_http_methods(["GET"])
@needs(Permission.ASSIGN_REVIEWS)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One sample: what it was drawn from, its records with chances, progress."""
    sample = common.found_or_404(plans.sample(pk))
    names = common.department_names()
    rows = found.drawn_rows(sample)
    reviews = {}
    for one in found.reviews_of(sample):
        reviews.setdefault(one.pair, []).append(one)
    context = {
        "sample": sample,
        "lines": [(row, names.get(row.department_id, ""), STEPS.get(row.step, ""), reviews.get(row.pair, [])) for row in rows],
        "replaced": sample.rows.filter(state="replaced").select_related("changed_by"),
        "progress": found.progress(sample),
        "short": short_words(sample.short, common.names_by_code()),
        "can_change": sample.state == Sample.State.DRAWN,
        "reason_form": ReasonForm(),
        "is_running": sample.plan.frame == SamplePlan.Frame.RUNNING,
        "tab": "samples",
    }  # fmt: skip
    return render(request, "record_reviews/sampling/sample.html", context)


@require_POST
@needs(Permission.ASSIGN_REVIEWS)
def redraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw anew, with a reason that stays with both samples."""
    sample = common.found_or_404(plans.sample(pk))
    made = common.attempt(
        request,
        lambda: drawing.draw(
            sample.plan,
            by=request.user,
            now=timezone.now(),
            replaces=Sample.objects.get(pk=sample.pk),
            reason=request.POST.get("reason", ""),
        ),
        _("已重抽，原样本作废，理由已留存。"),
    )
    return redirect("record_reviews:sample", made.pk if made else sample.pk)


@require_POST
@needs(Permission.ASSIGN_REVIEWS)
def replace(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Put the next record in reserve in the place of one that cannot be reviewed."""
    sample = common.found_or_404(plans.sample(pk))
    chosen = common.found_or_404(plans.row(sample, row))
    common.attempt(
        request,
        lambda: drawing.replace_row(
            chosen, by=request.user, now=timezone.now(), reason=request.POST.get("reason", "")
        ),
        _("已由备用病历替换。"),
    )
    return redirect("record_reviews:sample", sample.pk)


@require_http_methods(["GET", "POST"])
@needs(Permission.ASSIGN_REVIEWS)
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose reviewers; the system shares the records out."""
    sample = common.found_or_404(plans.sample(pk))
    able = people.reviewers()
    form = AssignForm(request.POST or None, people=able)
    if request.method == "POST" and form.is_valid():
        chosen = [one for one in able if one.pk in form.cleaned_data["reviewers"]]
        given = common.attempt(
            request,
            lambda: assigning.assign(
                Sample.objects.get(pk=sample.pk), by=request.user, now=timezone.now(), reviewers=chosen
            ),
            _("已分派，评审人会收到待办。"),
        )
        if given:
            return redirect("record_reviews:sample", sample.pk)
    own = people.as_reviewers(able, on=timezone.localdate())
    names = common.names_by_code()
    departments = {one.id: "、".join(names.get(c, c) for c in sorted(one.departments)) for one in own}
    context = {
        "sample": sample,
        "form": form,
        "people": [(one, departments.get(one.pk, "")) for one in able],
        "tab": "samples",
    }
    return render(request, "record_reviews/sampling/assign.html", context)


@require_GET
@needs(Permission.ASSIGN_REVIEWS)
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """The rate with its interval, agreement by pair and item, differences to settle."""
    sample = common.found_or_404(plans.sample(pk))
    told = found.results(sample, names=common.department_names())
    titles, agreed = found.item_titles(sample), found.settled(sample)
    rows = {row.pk: row for row in told.rows}
    context = {
        "sample": sample,
        "told": told,
        "estimate_words": estimate_words(told.hospital, sample, unread=told.unread, open_grades=told.open_grades),
        "word": agreement.word(told.agreement.grades),
        "paradox": agreement.explained(told.agreement.grades),
        "people": found.people(told.agreement),
        "items": [(titles.get(line.item, line.item), line, agreement.explained(line.lost)) for line in told.agreement.by_item],
        "pairs": [(line, agreement.word(line.grades)) for line in told.agreement.by_pair],
        "apart": [
            (one, rows[one.row], [(titles.get(i, i), i, a, b, agreed.get((one.row, i))) for i, a, b in one.items])
            for one in told.agreement.apart
        ],
        "progress": found.progress(sample),
        "tab": "samples",
    }  # fmt: skip
    return render(request, "record_reviews/sampling/results.html", context)


@require_POST
@needs(Permission.ASSIGN_REVIEWS)
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what was agreed on an item of a record."""
    sample = common.found_or_404(plans.sample(pk))
    raw = request.POST.get("row", "")
    row = common.found_or_404(plans.row(sample, int(raw)) if raw.isdigit() else None)
    common.attempt(
        request,
        lambda: assigning.settle(
            row, by=request.user, now=timezone.now(), item=request.POST.get("item", "")[:64],
            outcome=request.POST.get("outcome", ""),
        ),
        _("商定的结论已记下。"),
    )  # fmt: skip
    return redirect(f"{reverse('record_reviews:sample_results', args=[sample.pk])}#apart")
