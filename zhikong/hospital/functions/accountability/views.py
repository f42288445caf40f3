"""Files for those who open and keep them; one's own safety file for everybody."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation.models import Appointment, Person
from zhikong.foundation.organisation.queries import in_force
from zhikong.hospital.functions.accountability import actions, forms, queries, rules
from zhikong.hospital.functions.accountability.rules import State


@require_GET
def files(request: HttpRequest) -> HttpResponse:
    """All files, the open ones first."""
    if not queries.holds(request.user):
        raise PermissionDenied(_("您没有权限：查看责任认定。"))
    show = request.GET.get("show", "open")
    context = {
        "files": queries.files(show=show, text=request.GET.get("q", "").strip())[:200], "show": show,
        "q": request.GET.get("q", ""), "may_propose": can(request.user, Permission.KEEP_ACCOUNTABILITY),
    }  # fmt: skip
    return render(request, "accountability/files.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.KEEP_ACCOUNTABILITY)
def new(request: HttpRequest) -> HttpResponse:
    """Ask for the decision to open a file."""
    form = forms.ProposalForm(request.POST or None, people=_people())
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        place = Appointment.objects.filter(in_force(timezone.localdate()), person=told["person"]).first()
        made = _tried(
            request, _("已提出，待决定是否立案。"),
            lambda: actions.propose(
                by=request.user, now=timezone.now(), department_id=place.department_id if place else None, **told
            ),
        )  # fmt: skip
        if made:
            return redirect("accountability:file", made.code)
    return render(request, "accountability/new.html", {"form": form})


def _people() -> list[Person]:
    today = timezone.localdate()
    return list(Person.objects.filter(pk__in=Appointment.objects.filter(in_force(today)).values("person")).order_by("name", "pk"))  # fmt: skip


@require_GET
def file(request: HttpRequest, code: str) -> HttpResponse:
    """One file: for the person concerned, and for those who open or keep files."""
    found = _found(request, code)
    own, state, user = queries.is_about(request.user, found), found.state, request.user
    keeps, opens = can(user, Permission.KEEP_ACCOUNTABILITY), can(user, Permission.OPEN_ACCOUNTABILITY)
    today = timezone.localdate()
    context = {
        "file": found, "own": own, "evidence": queries.evidence(found), "steps": queries.story(found),
        "may_open": opens and state == State.PROPOSED and user.pk != found.proposed_by_id,
        "may_state": own and state in (State.OPENED, State.HEARD),
        "may_prove": keeps and not own and state in (State.OPENED, State.HEARD),
        "may_note": keeps and state == State.OPENED and rules.declined(timezone.localdate(found.opened_at), today),
        "may_conclude": keeps and not own and state == State.HEARD and user.pk != found.opened_by_id,
        "may_appeal": own and state == State.CONCLUDED and rules.may_appeal(timezone.localdate(found.concluded_at), today),
        "may_answer": opens and not own and state == State.APPEALED and user.pk != found.concluded_by_id,
        "evidence_form": forms.EvidenceForm(), "conclusion_form": forms.ConclusionForm(),
        "appeal_days": rules.APPEAL_DAYS, "statement_days": rules.STATEMENT_DAYS,
    }  # fmt: skip
    return render(request, "accountability/file.html", context)


def _found(request: HttpRequest, code: str):
    """The file, for its person and its keepers; a keeper sees no file about himself before it is opened."""
    found = queries.file(code)
    if found is None:
        raise Http404
    own = queries.is_about(request.user, found)
    if own and found.state in (State.PROPOSED, State.REFUSED):
        raise Http404
    if not own and not queries.holds(request.user):
        raise PermissionDenied(_("您没有权限：查看责任认定。"))
    return found


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """One's own safety file: everybody sees what is kept about oneself, and that reports are not in it."""
    return render(
        request, "accountability/mine.html", {"own": queries.own(request.user, today=timezone.localdate())}
    )


@require_POST
def act(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """One step of a file."""
    found = _found(request, code)
    steps = _steps(found, request, {"by": request.user, "now": timezone.now()})
    if act not in steps:
        raise Http404
    _tried(request, _("已记录。"), steps[act])
    return redirect("accountability:file", code)


def _steps(found, request: HttpRequest, who: dict) -> dict:
    posted = request.POST
    text = posted.get("text", "")
    return {
        "open": lambda: actions.decide_opening(found, **who, opened=True, text=text),
        "refuse": lambda: actions.decide_opening(found, **who, opened=False, text=text),
        "evidence": lambda: actions.add_evidence(found, **who, **_cleaned(forms.EvidenceForm(posted))),
        "statement": lambda: actions.make_statement(found, **who, text=text),
        "silence": lambda: actions.note_silence(found, **who),
        "conclude": lambda: actions.conclude(found, **who, **_cleaned(forms.ConclusionForm(posted))),
        "appeal": lambda: actions.appeal(found, **who, text=text),
        "answer": lambda: actions.answer_appeal(found, **who, text=text, revoke=posted.get("revoke") == "1"),
    }


def _cleaned(form) -> dict:
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        raise ValidationError(f"{form.fields[name].label}：{errors[0]}")
    return form.cleaned_data


def _tried(request: HttpRequest, done: str, what):
    try:
        made = what()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return None
    messages.success(request, done)
    return made
