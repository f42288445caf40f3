"""Pages without login: complain, follow with number and key, read the procedure. No cookie, no session, no address kept.

Nobody is signed in, so every page works under a job's scope of the institution that the scanned code names. Nothing of
whoever might be signed in on the same machine is used or noted.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.organisation.queries import institution, institution_ids
from zhikong.hospital.functions.complaints import forms_voice as forms
from zhikong.hospital.functions.complaints import papers_intake, voice_pass
from zhikong.hospital.functions.complaints.actions.intake import answering, registering
from zhikong.hospital.functions.complaints.models.intake import Complaint, VoicePoint
from zhikong.hospital.functions.complaints.queries.intake import complaints, people, rules
from zhikong.hospital.functions.complaints.rules_intake_keys import grouped, new_nonce
from zhikong.hospital.functions.complaints.rules_intake_words import PLAIN, may_add, may_rate, stages

WRONG = _("编号或密钥不对，请对照您记下的再输一次。")
STALE = _("页面打开太久了，请重新输入编号和密钥。")


def public(view: Callable) -> Callable:
    """For everybody, kept by no cache, and without the token that would need a cookie: nothing here acts for an account."""
    return login_not_required(csrf_exempt(never_cache(wraps(view)(view))))


@contextmanager
def of(institution_id: int):
    """The scope of an institution for a page without login."""
    with scoped(job_scope(institution_id, job="complaints.voice")):
        yield


def _only() -> int:
    """The institution of an installation that has one; with several the code on the wall says which."""
    known = list(institution_ids().values())
    if len(known) != 1:
        raise Http404
    return known[0]


def _shown(request: HttpRequest, template: str, context: dict, status: int = 200) -> HttpResponse:
    """A page under its hospital's name; rendered inside the scope, because lazily read rows need it."""
    more = {"brand": institution().name, "setting": rules.setting()}
    return render(request, f"complaints/voice/{template}.html", context | more, status=status)


@public
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Where to go: complain, follow, read the procedure."""
    with of(_only()):
        return _shown(request, "start", {"point": None})


@public
@require_GET
def place(request: HttpRequest, token: str) -> HttpResponse:
    """What the scanned code of a ward opens; a code that was ended says so."""
    found = complaints.place_of_token(token)
    if found is None:
        raise Http404
    with of(found[0]):
        return _shown(request, "start", {"point": found[1]})


@public
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a complaint. Sent twice it is one; the answer shows number and key."""
    if request.method == "POST":
        return _sent(request)
    found = complaints.place_of_token(request.GET.get("p", "")[:16]) if request.GET.get("p") else None
    institution_id, point = found or (_only(), None)
    with of(institution_id):
        return _form_page(request, _note(institution_id, point), _form(None, point), point)


def _note(institution_id: int, point: VoicePoint | None) -> voice_pass.FormNote:
    return voice_pass.FormNote(
        new_nonce(), int(timezone.now().timestamp()), institution_id, point.pk if point else None
    )


def _form(data, point: VoicePoint | None, files=None) -> forms.VoiceForm:
    department = point.department_id if point else None
    return forms.VoiceForm(
        data, files, departments=people.departments(), initial={"department_id": department}
    )


def _form_page(request: HttpRequest, note, form, point, problem: str = "", status: int = 200) -> HttpResponse:
    context = {"form": form, "note": voice_pass.sign_form(note), "point": point, "problem": problem}
    return _shown(request, "new", context, status)


def _sent(request: HttpRequest) -> HttpResponse:
    note = voice_pass.read_form(request.POST.get("note", ""))
    if note is None:
        with of(_only()):
            form = _form(request.POST, None)
            return _form_page(
                request, _note(_only(), None), form, None, _("页面打开太久了，请再点一次“提交”。"), 422
            )
    with of(note.institution):
        point = next(iter(people.named(VoicePoint.objects.filter(pk=note.point, ended_at=None))), None)
        form = _form(request.POST, point, request.FILES)
        if not form.is_valid():
            return _form_page(request, note, form, point, status=422)
        return _kept(request, note, form, point)


def _kept(request: HttpRequest, note, form, point) -> HttpResponse:
    """Refused in words with what was written still on the page; or kept, with number and key."""
    try:
        _like_a_person(note, form)
        with transaction.atomic():
            made = registering.register_from_page(
                now=timezone.now(),
                told=form.told(),
                nonce=note.nonce,
                point=point,
                photos=request.FILES.getlist("photos"),
            )
    except ValidationError as error:
        return _form_page(request, note, form, point, " ".join(error.messages), 422)
    context = {
        "number": grouped(made.complaint.number), "key": grouped(made.key), "point": point,
        "answer_by": made.complaint.complaintclocks.filter(stops_at="answered").order_by("due_at").first(),
    }  # fmt: skip
    return _shown(request, "sent", context)


def _like_a_person(note: voice_pass.FormNote, form) -> None:
    """What a program does and a person does not: fill the hidden field, or send within three seconds."""
    if form.cleaned_data["website"] or timezone.now().timestamp() - note.opened < voice_pass.FASTEST_SECONDS:
        raise ValidationError(_("提交得太快了，请看一遍再点“提交”。"))


@public
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Number and key open the page of a complaint; the page's own acts carry a note that ends after forty minutes."""
    if request.method == "GET":
        with of(_only()):
            return _shown(request, "follow", {"form": forms.FollowForm()})
    if request.POST.get("case"):
        return _acted(request)
    form = forms.FollowForm(request.POST)
    with of(_only()):
        problem = WRONG
        if form.is_valid():
            try:
                complaint = answering.opened(now=timezone.now(), **form.cleaned_data)
            except ValidationError as error:
                complaint, problem = None, " ".join(error.messages)
            if complaint is not None:
                return _case_page(request, complaint)
        return _shown(request, "follow", {"form": form, "problem": problem}, 422)


def _acted(request: HttpRequest) -> HttpResponse:
    known = voice_pass.read_case(request.POST["case"])
    if known is None:
        with of(_only()):
            return _shown(request, "follow", {"form": forms.FollowForm(), "problem": STALE}, 422)
    with of(known[0]):
        complaint = Complaint.objects.filter(pk=known[1]).first()
        if complaint is None:
            raise Http404
        done, problem = _do(request, complaint)
        complaint.refresh_from_db()
        return _case_page(request, complaint, done=done, problem=problem)


def _do(request: HttpRequest, complaint: Complaint) -> tuple[str, str]:
    """(what was done, what is wrong), one of them empty."""
    now, said = timezone.now(), request.POST.get("text", "")[: answering.LONGEST]
    acts = {
        "add": (lambda: answering.add_facts(complaint, now=now, text=said), _("已收到您的补充。")),
        "rate": (lambda: answering.rate(complaint, now=now, rating=_stars(request)), _("谢谢您的评价。")),
        "review": (
            lambda: answering.ask_review(complaint, now=now, reason=said),
            _("已收到您的复核申请，会再次答复您。"),
        ),
    }
    do, done = acts.get(request.POST.get("act", ""), (None, ""))
    if do is None:
        return "", ""
    try:
        with transaction.atomic():
            do()
    except ValidationError as error:
        return "", " ".join(error.messages)
    return done, ""


def _stars(request: HttpRequest) -> int:
    text = request.POST.get("rating", "")
    return int(text) if text in ("1", "2", "3", "4", "5") else 0


def _case_page(
    request: HttpRequest, complaint: Complaint, *, done: str = "", problem: str = ""
) -> HttpResponse:
    context = {
        "complaint": complaint, "number": grouped(complaint.number), "plain": PLAIN[complaint.state],
        "stages": stages(complaint.state), "case": voice_pass.sign_case(complaint.institution_id, complaint.pk),
        "talk": complaint.complaintmessages.order_by("at"), "done": done, "problem": problem,
        "may_add": may_add(complaint.state), "may_rate": may_rate(complaint.state),
        "may_review": may_rate(complaint.state) and complaint.reviews < answering.MOST_REVIEWS and not complaint.held,
        "answer_by": complaint.complaintclocks.filter(stops_at="answered", done_at=None).order_by("due_at").first(),
        "scale": forms.STARS,
    }  # fmt: skip
    return _shown(request, "case", context, 422 if problem else 200)


@public
@require_GET
def notice(request: HttpRequest) -> HttpResponse:
    """The procedure of complaints, for everybody (CMP-16, CMP-18)."""
    with of(_only()):
        setting, found = rules.setting(), rules.in_force()
        context = {
            "steps": papers_intake.procedure(found, setting), "contacts": papers_intake.contact_lines(setting),
            "ways": papers_intake.other_ways(),
        }  # fmt: skip
        return _shown(request, "notice", context)
