"""The list, the page of one finding with its story, and the sheet to print."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.findings import effects, queries, rules, sealed, sources
from zhikong.foundation.findings.forms import SHOW, FindingFilter
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.permissions import may
from zhikong.foundation.findings.rules import Act, State
from zhikong.foundation.findings.views.offers import Step, offered
from zhikong.foundation.findings.views.parts import around, sheet_parts, theme_of
from zhikong.foundation.organisation.models import Appointment, Person
from zhikong.foundation.organisation.queries import in_force, institution, names

CARDS = ("answer", "accept", "correct", "verify", "observation", "overdue")
CARD_STATES = {"overdue": "is-bad", "observation": "is-none"}
PROGRESS = (
    (State.RAISED, rules.ACT_NAMES[Act.RAISE]),
    (State.CAUSE, rules.ACT_NAMES[Act.ANSWER_CAUSE]),
    (State.MEASURE, rules.ACT_NAMES[Act.PROPOSE_MEASURE]),
    (State.DEPARTMENT_APPROVAL, rules.ACT_NAMES[Act.APPROVE]),
    (State.ACCEPTED, rules.ACT_NAMES[Act.ACCEPT]),
    ("corrected", rules.ACT_NAMES[Act.CORRECT]),
    (State.VERIFIED, rules.ACT_NAMES[Act.VERIFY]),
    (State.CLOSED, rules.ACT_NAMES[Act.CLOSE]),
)


@login_required
@require_GET
def finding_list(request):
    today = timezone.localdate()
    form = FindingFilter(request.GET, departments=queries.departments_with_findings())
    chosen = form.cleaned_data if form.is_valid() else {}
    show = chosen.get("show") or "open"
    wanted = {name: chosen.get(name) or "" for name in ("source", "severity", "month")}
    rows = queries.findings(
        today=today, show=show, department_id=chosen.get("department"), text=chosen.get("q", ""),
        recurrent=bool(chosen.get("recurrent")), **wanted,
    )  # fmt: skip
    page = Paginator(rows, 30).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "show": show, "cards": _cards(today, show)}
    context["rows"] = [(finding, finding.is_overdue(today)) for finding in page]
    context["sealed"] = _sealed(today)
    context["may_raise"] = can(request.user, Permission.RAISE_FINDING)
    context["may_see_board"] = can(request.user, Permission.VIEW_INDICATORS)
    return render(request, "findings/list.html", context)


def _sealed(today) -> list[tuple]:
    """Stubs born of incidents: department, state, due date and where they are dealt with; no words of theirs exist."""
    found = sealed.open_ones()
    known = names(on=today) if found else {}
    return [
        (one, known.get(one.department_id, ""), sealed.address_of(one), one.due_on < today) for one in found
    ]


def _cards(today, show: str) -> list[dict]:
    counts, names = queries.counts(today=today), dict(SHOW)
    return [_card(key, names[key], getattr(counts, key), show) for key in CARDS]


def _card(key: str, label, count: int, show: str) -> dict:
    return {
        "key": key,
        "label": label,
        "count": count,
        "active": key == show,
        "css": CARD_STATES.get(key, ""),
    }


@login_required
@require_GET
def detail(request, pk: int):
    return render_detail(request, find(pk))


def find(pk: int) -> Finding:
    """The finding, or 404 when it is not in scope."""
    rows = Finding.objects.select_related(
        "owner", "handler", "raised_by", "responsible", "previous", "closed_by", "merged_into", "approved_by", "accepted_by"
    ).prefetch_related("extensions__asked_by", "extensions__decided_by", "referrals__body")  # fmt: skip
    return get_object_or_404(rows, pk=pk)


def render_detail(request, finding: Finding, *, key: str = "", bound=None):
    """The finding's page; with a step's key and its bound form when that form had errors."""
    today, now = timezone.localdate(), timezone.now()
    asked = key or request.GET.get("do", "")
    steps = [(step, _form_of(step, finding, request.user, asked=asked, key=key, bound=bound))
             for step in offered(request.user, finding)]  # fmt: skip
    story = list(finding.steps.select_related("by").order_by("-at", "-pk"))
    source = sources.describe(finding.source_kind, finding.source_key, finding.department_id)
    read_effect = effects.has_provider(finding) and finding.corrected_at is not None
    context = {
        "finding": finding,
        "overdue": finding.is_overdue(today),
        "progress": progress(finding),
        "evidence": queries.evidence(finding),
        "story": story,
        "may_finish": State(finding.state) in rules.MAY_START_FROM[Act.MEASURE_DONE]
        and may(request.user, Act.MEASURE_DONE, finding),
        "seen": story[0].pk if story else 0,
        **(parts := sheet_parts(finding)),
        **around(request.user, finding, today, parts["bones"], theme_of(request)),
        "leading": [pair for pair in steps if pair[0].leading],
        "others": [pair for pair in steps if not pair[0].leading],
        "failed_key": asked,
        "may_remind": any(step.key == "remind" for step, _form in steps),
        "waiting_for": "" if any(step.leading for step, _form in steps) else waiting_for(finding),
        "source": source,
        **_ways_back(request.user, finding, source),
        "may_see_board": can(request.user, Permission.VIEW_INDICATORS),
        "case_count": finding.cases.count() or source.cases,
        "batch": queries.same_batch(finding),
        "effect": effects.effect_of(finding, now=now) if read_effect else None,
    }
    return render(request, "findings/detail.html", context)


def _form_of(step: Step, finding: Finding, user, *, asked: str, key: str, bound):
    """The form of a step; None for one that is seldom wanted and was not asked for: its row is a link that opens it."""
    if step.key == key:
        return bound
    return None if step.seldom and step.key != asked else blank_form(step, finding, user)


def blank_form(step: Step, finding: Finding, user, data=None, files=None):
    form = step.form(data, files, finding=finding, user=user, people=people_of(finding), prefix=step.key)
    if "approve" in form.fields and not may(user, Act.APPROVE, finding):
        del form.fields["approve"]
    return form


def people_of(finding: Finding):
    """Persons who hold a post in the finding's department today."""
    posts = Appointment.objects.filter(in_force(timezone.localdate()), department_id=finding.department_id)
    return Person.objects.filter(pk__in=posts.values("person_id")).order_by("name")


def progress(finding: Finding) -> list[tuple[str, str]]:
    """The steps of the way with done, now or to come; a reopened finding starts its way anew."""
    order = [step for step, _name in PROGRESS]
    state = finding.state_before_merge if finding.state == State.MERGED else finding.state
    state = State.RAISED if state == State.REOPENED else state
    if finding.corrected_at is not None and state in (State.ACCEPTED, State.OBSERVATION):
        state = "corrected"
    reached = order.index(state)
    marks = ["done" if i <= reached else "now" if i == reached + 1 else "" for i in range(len(order))]
    return [(name, mark) for (_step, name), mark in zip(PROGRESS, marks, strict=True)]


def waiting_for(finding: Finding) -> str:
    """Whose turn it is, for somebody who has nothing to do here."""
    return {
        State.CLOSED: "",
        State.DEPARTMENT_APPROVAL: "office",
        State.VERIFIED: "office",
        State.OBSERVATION: "data",
        State.ACCEPTED: "office" if finding.corrected_at else "department",
    }.get(State(finding.state), "department")


def _ways_back(user, finding: Finding, source: sources.Source) -> dict[str, str]:
    """Addresses of what the finding came from, and of its cases, as far as the reader may open them."""
    figures, cases = can(user, Permission.VIEW_INDICATORS), can(user, Permission.VIEW_CASES)
    return {
        "source_url": (source.url or indicator_url("indicators:detail", finding)) if figures else "",
        "cases_url": (source.cases_url or indicator_url("indicators:cases", finding)) if cases else "",
    }


def indicator_url(name: str, finding: Finding) -> str:
    """The page of the indicator behind the finding, or nothing when that function is not installed."""
    if not finding.indicator_id:
        return ""
    try:
        base = reverse(name, kwargs={"indicator_id": finding.indicator_id})
    except NoReverseMatch:
        return ""
    return f"{base}?month={finding.month}&department={finding.department_id}"


@login_required
@require_GET
def sheet(request, pk: int):
    """整改通知单 for printing and signing (CAP-02, D-12)."""
    finding = find(pk)
    context = {
        "finding": finding,
        "hospital": institution(),
        "evidence": queries.evidence(finding),
        "verifications": finding.verifications.select_related("by").order_by("at"),
        **sheet_parts(finding),
    }
    return render(request, "findings/sheet.html", context)
