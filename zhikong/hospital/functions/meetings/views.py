"""The committees, their agendas, one matter, and the way there."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.findings import actions as findings
from zhikong.foundation.findings import referring
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.organisation.models import Appointment, Person
from zhikong.foundation.organisation.queries import in_force, institution
from zhikong.hospital.functions.meetings import actions, documents, forms, queries
from zhikong.hospital.functions.meetings.models import Meeting
from zhikong.web.paper import WORD

ANSWERING = ("president", "deputy_director", "department_head", "deputy_head", "head_nurse", "officer")
"""Posts that answer for what a committee decides."""
SHOW = {"waiting": "待讨论", "decided": "已有决议", "withdrawn": "已撤回"}


def _may_look(user) -> None:
    if not (can(user, Permission.REFER_TO_COMMITTEE) or can(user, Permission.RECORD_DECISIONS)):
        raise PermissionDenied(_("您没有权限：查看委员会议题。"))


@login_required
@require_GET
def committees(request):
    """All committees, and the matters that wait or are decided."""
    _may_look(request.user)
    show = request.GET.get("show", "waiting")
    show = show if show in SHOW else "waiting"
    page = Paginator(queries.referrals(show=show), 30).get_page(request.GET.get("page"))
    context = {
        "committees": queries.committees(on=timezone.localdate()),
        "page": page,
        "show": show,
        "shows": SHOW.items(),
        "may_refer": can(request.user, Permission.REFER_TO_COMMITTEE),
    }
    return render(request, "meetings/list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def committee(request, pk: int):
    """One committee: its seats, its meetings, what waits; plan a meeting."""
    _may_look(request.user)
    today = timezone.localdate()
    body = get_object_or_404(queries.bodies(on=today), pk=pk)
    one = next(found for found in queries.committees(on=today) if found.body.pk == pk)
    may_record = can(request.user, Permission.RECORD_DECISIONS)
    form = forms.PlanForm(request.POST or None, initial={"on": max(one.next.on, today)})
    if request.method == "POST" and form.is_valid():
        planned = partial(
            actions.plan_meeting, by=request.user, now=timezone.now(), body=body, **form.cleaned_data
        )
        if _done(request, form, planned, _("会议已安排，待讨论的议题已列入。")):
            return redirect("meetings:committee", pk)
    context = {
        "one": one, "body": body, "seats": queries.members(body, on=today),
        "meetings": queries.meetings_of(body)[:20], "waiting": queries.referrals(body_id=pk),
        "form": form, "may_record": may_record,
    }  # fmt: skip
    return render(request, "meetings/committee.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def meeting(request, pk: int):
    """One meeting: its agenda; once it is over, that it was held."""
    _may_look(request.user)
    found = queries.meeting(pk)
    if found is None:
        raise Http404
    form = forms.HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        held = partial(actions.hold, found, by=request.user, now=timezone.now(), **form.cleaned_data)
        if _done(request, form, held, _("会议已登记，没有决议的议题等待下一次会议。")):
            return redirect("meetings:meeting", pk)
    context = {
        "meeting": found, "items": queries.agenda(found), "form": form,
        "may_record": can(request.user, Permission.RECORD_DECISIONS),
        "over": found.on <= timezone.localdate(),
    }  # fmt: skip
    return render(request, "meetings/meeting.html", context)


@login_required
@require_GET
def paper(request, pk: int, what: str):
    """Agenda or minutes as Word."""
    _may_look(request.user)
    found = queries.meeting(pk)
    if found is None or what not in ("agenda", "minutes"):
        raise Http404
    make = documents.agenda if what == "agenda" else documents.minutes
    data = make(
        found, queries.agenda(found), queries.members(found.body, on=found.on), hospital=institution().name,
        by=request.user, now=timezone.now(),
    )  # fmt: skip
    response = HttpResponse(data, content_type=WORD)
    response["Content-Disposition"] = f'attachment; filename="{what}-{found.on}.docx"'
    return response


@login_required
@require_http_methods(["GET", "POST"])
@needs(Permission.REFER_TO_COMMITTEE)
def refer(request):
    """Put a matter before a committee: ?source=…&key=… names it, without them it is one of its own."""
    kind, key = request.GET.get("source", "")[:32], request.GET.get("key", "")[:120]
    matter = referring.describe(kind, key) if kind else None
    if kind and matter is None:
        raise Http404
    start = {"title": matter.title, "question": matter.question} if matter else {}
    form = forms.ReferForm(
        request.POST or None, bodies=queries.bodies(on=timezone.localdate()), initial=start
    )
    if request.method == "POST" and form.is_valid():
        made = _done(
            request, form, lambda: _refer(request, form.cleaned_data, kind, key, matter), _("已提交委员会。")
        )
        if made:
            return redirect("meetings:item", made.pk)
    return render(request, "meetings/refer.html", {"form": form, "matter": matter})


def _refer(request, values: dict, kind: str, key: str, matter):
    common = {"by": request.user, "now": timezone.now()}
    if kind == "finding":
        asked = {name: values[name] for name in ("body", "question", "wanted_on")}
        return findings.refer(get_object_or_404(Finding, pk=int(key)), **asked, **common)
    return findings.refer_matter(
        **values, **common, source_kind=kind or "manual", source_key=key,
        department_id=matter.department_id if matter else None,
    )  # fmt: skip


@login_required
@require_GET
def item(request, pk: int):
    return _item_page(request, _referral(request, pk))


def _referral(request, pk: int):
    _may_look(request.user)
    found = queries.referral(pk)
    if found is None:
        raise Http404
    return found


def _item_page(request, referral, *, key: str = "", bound=None):
    today = timezone.localdate()
    may_record = can(request.user, Permission.RECORD_DECISIONS)
    place = getattr(referral, "agenda_item", None)
    made = _item_forms(referral, place, today) if referral.is_open and may_record else {}
    if bound is not None and key in made:
        made[key] = bound
    context = {
        "referral": referral,
        "place": place,
        "matter": referring.describe(referral.source_kind, referral.source_key),
        "events": place.events.select_related("by") if place else (),
        "forms": made,
        "failed": key,
        "may_withdraw": referral.is_open and (may_record or referral.asked_by_id == request.user.pk),
        "withdraw": forms.ReasonForm(prefix="withdraw"),
    }
    return render(request, "meetings/item.html", context)


def _item_forms(referral, place, today, data=None) -> dict:
    coming = Meeting.objects.filter(body=referral.body, state=Meeting.State.PLANNED).order_by("on")
    on = place.meeting.on if place and place.meeting else today
    posts = Appointment.objects.filter(in_force(today), post__in=ANSWERING)
    people = Person.objects.filter(pk__in=posts.values("person_id")).order_by("name")
    made = {
        "decide": forms.DecideForm(
            data, people=people, prefix="decide", initial={"decided_on": min(on, today)}
        ),
        "put_off": forms.ReasonForm(data, prefix="put_off"),
    }
    if coming.exists():
        made["arrange"] = forms.ArrangeForm(data, meetings=coming, prefix="arrange")
    return made


@login_required
@require_POST
def act(request, pk: int, what: str):
    """Decide, put off, arrange or withdraw; what was typed stays when a rule refuses."""
    referral = _referral(request, pk)
    if what == "withdraw":
        form = forms.ReasonForm(request.POST, prefix="withdraw")
    else:
        require(request.user, Permission.RECORD_DECISIONS)
        if not referral.is_open:
            raise Http404
        form = _item_forms(
            referral, getattr(referral, "agenda_item", None), timezone.localdate(), request.POST
        ).get(what)
    run = {
        "decide": actions.decide, "put_off": actions.put_off, "arrange": actions.arrange, "withdraw": findings.withdraw,
    }.get(what)  # fmt: skip
    if form is None or run is None:
        raise Http404
    if form.is_valid():
        acted = partial(run, referral, by=request.user, now=timezone.now(), **form.cleaned_data)
        if _done(request, form, acted, _("已保存。")):
            return redirect("meetings:item", pk)
    if what == "withdraw":
        messages.error(request, _("撤回时请写明理由。"))
        return redirect("meetings:item", pk)
    return _item_page(request, queries.referral(pk), key=what, bound=form)


def _done(request, form, run, said: str):
    """The result of an action, or None with its refusal on the form."""
    try:
        made = run()
    except ValidationError as error:
        form.add_error(None, error)
        return None
    messages.success(request, said)
    return made
