"""Policies: the list, one document with its clauses, its way to publication, who has read it."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation.queries import institution
from zhikong.foundation.search.rules import cleaned
from zhikong.hospital.functions.policies import actions, documents, forms, queries
from zhikong.hospital.functions.policies.models import Policy, PolicyVersion
from zhikong.web.paper import WORD

State = PolicyVersion.State
STEPS = {
    "submit": (actions.submit, gettext_lazy("已提交审核。")),
    "review": (actions.review, gettext_lazy("已审核，等待批准。")),
    "approve": (actions.approve, gettext_lazy("已批准，可以发布。")),
    "send_back": (actions.send_back, gettext_lazy("已退回起草人。")),
    "remind": (actions.remind, gettext_lazy("已提醒。")),
}


@login_required
@require_GET
def index(request):
    """All documents: by kind, by division, by words."""
    kind, division = request.GET.get("kind", ""), request.GET.get("division", "")
    q = cleaned(request.GET.get("q", ""))
    found = queries.policies(request.user, kind=kind, division=division, q=q)
    context = {
        "page": Paginator(found, 30).get_page(request.GET.get("page")), "kind": kind, "division": division, "q": q,
        "kinds": Policy.Kind.choices, "divisions": Policy.Division.choices,
        "unread": queries.unread_by(request.user, on=timezone.localdate()),
        "may_keep": can(request.user, Permission.KEEP_POLICIES),
    }  # fmt: skip
    return render(request, "policies/list.html", context)


def policy_of(request, code: str) -> Policy:
    """The policy that the reader may see. Raises Http404 for others."""
    found = queries.policy(request.user, code)
    if found is None:
        raise Http404
    return found


def _version(request, code: str, number: int) -> PolicyVersion:
    found = queries.versions(request.user, policy_of(request, code)).filter(number=number).first()
    if found is None:
        raise Http404
    return found


@login_required
@require_GET
def policy(request, code: str, number: int | None = None):
    """One version: by default the one in force, else the latest one may see."""
    of = policy_of(request, code)
    known = list(queries.versions(request.user, of))
    shown = _shown(known, number)
    today = timezone.localdate()
    reading = queries.reading(shown, on=today) if shown.state == State.PUBLISHED and shown.must_read else None
    keeps = actions.may_keep(request.user, of)
    context = {
        "policy": of, "version": shown, "versions": known, "clauses": shown.clauses.all(), "reading": reading,
        "keeps": keeps, "steps": _steps(request.user, shown, keeps), "reason": forms.ReasonForm(),
        "linked": set(of.links.values_list("key", flat=True)), "questions": shown.questions.all(),
        "must_read": reading is not None and queries.must_read(shown, on=today).filter(pk=request.user.pk).exists(),
        "has_read": queries.has_read(shown, request.user),
        "may_revise": keeps and not of.withdrawn_at and not any(one.state in queries.UNDER_WAY for one in known),
    }  # fmt: skip
    return render(request, "policies/policy.html", context)


def _shown(known: list[PolicyVersion], number: int | None) -> PolicyVersion:
    if number is not None:
        found = [one for one in known if one.number == number]
    else:
        found = [one for one in known if one.state == State.PUBLISHED] or known
    if not found:
        raise Http404
    return found[0]


def _steps(user, version: PolicyVersion, keeps: bool) -> set[str]:
    """What this person may do with a version now."""
    mine = version.drafted_by_id == user.pk
    judges = can(user, Permission.APPROVE_POLICIES)
    reviews = judges or can(user, Permission.KEEP_POLICIES, whole_hospital=True)
    allowed = {
        "edit": keeps and version.state == State.DRAFT,
        "submit": keeps and version.state == State.DRAFT,
        "review": reviews and not mine and version.state == State.SUBMITTED,
        "approve": judges and not mine and version.state == State.REVIEWED,
        "send_back": reviews and version.state in (State.SUBMITTED, State.REVIEWED, State.APPROVED),
        "publish": keeps and version.state == State.APPROVED,
    }
    return {name for name, may in allowed.items() if may}


@login_required
@require_http_methods(["GET", "POST"])
@needs(Permission.KEEP_POLICIES)
def new(request):
    """A new document, typed or imported."""
    form = forms.NewForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        upload = values.pop("upload")
        begun = partial(
            actions.begin,
            by=request.user,
            now=timezone.now(),
            file_name=upload.name if upload else "",
            **values,
        )
        if made := done(request, form, begun, _("草稿已保存。")):
            return redirect("policies:version", made.policy.code, made.number)
    return render(request, "policies/form.html", {"form": form, "title": _("新建制度"), "wide": True})


@login_required
@require_http_methods(["GET", "POST"])
@needs(Permission.KEEP_POLICIES)
def edit(request, code: str, number: int):
    """The draft: its text, what changes and the questions."""
    version = _version(request, code, number)
    asked = "\n".join(
        "|".join([one.text, *(f"*{c}" if n == one.right else c for n, c in enumerate(one.choices))])
        for one in version.questions.all()
    )
    start = {"text": version.text, "changes": version.changes, "questions": asked}
    form = forms.DraftForm(request.POST or None, request.FILES or None, initial=start)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        upload = values.pop("upload")
        saved = partial(
            actions.write,
            version,
            by=request.user,
            now=timezone.now(),
            file_name=upload.name if upload else "",
            **values,
        )
        if done(request, form, saved, _("草稿已保存。")):
            return redirect("policies:version", code, number)
    return render(request, "policies/form.html", {"form": form, "title": str(version), "version": version})


@login_required
@require_http_methods(["GET", "POST"])
@needs(Permission.KEEP_POLICIES)
def publish(request, code: str, number: int):
    """Put an approved version in force."""
    version = _version(request, code, number)
    form = forms.PublishForm(request.POST or None, initial={"effective_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        run = partial(actions.publish, version, by=request.user, now=timezone.now(), **form.cleaned_data)
        if done(request, form, run, _("已发布。")):
            return redirect("policies:policy", code)
    context = {
        "form": form,
        "title": _("发布：%(t)s") % {"t": version},
        "version": version,
        "button": _("发布"),
    }
    return render(request, "policies/form.html", context)


@login_required
@require_POST
def act(request, code: str, number: int, what: str):
    """A step of a version: submit, review, approve, send back, remind, revise, withdraw."""
    if not (can(request.user, Permission.KEEP_POLICIES) or can(request.user, Permission.APPROVE_POLICIES)):
        raise PermissionDenied(_("您没有权限：起草、审核或批准制度规范。"))
    version = _version(request, code, number)
    now, by = timezone.now(), request.user
    given = {"reason": request.POST.get("reason", "")}
    try:
        if what == "revise":
            made = actions.revise(version.policy, by=by, now=now)
            return redirect("policies:edit", code, made.number)
        if what == "withdraw":
            actions.withdraw(version.policy, by=by, now=now, **given)
            messages.success(request, _("制度已废止。"))
        elif what in STEPS:
            step, said = STEPS[what]
            step(version, by=by, now=now, **(given if what == "send_back" else {}))
            messages.success(request, said)
        else:
            raise Http404
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("policies:version", code, number)


@login_required
@require_POST
def confirm(request, code: str, number: int):
    """The reader's receipt with the answers."""
    version = _version(request, code, number)
    answers = {
        int(name.removeprefix("q")): int(value)
        for name, value in request.POST.items()
        if name.startswith("q") and name[1:].isdecimal() and value.isdecimal()
    }
    try:
        right = actions.confirm(version, by=request.user, now=timezone.now(), answers=answers)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        say = messages.success if right else messages.error
        say(request, _("已确认阅读。") if right else _("有题目答错了，请再读一遍后重答。"))
    return redirect("policies:version", code, number)


@login_required
@require_GET
def paper(request, code: str, number: int):
    """The version as Word."""
    version = _version(request, code, number)
    data = documents.word(version, hospital=institution().name, by=request.user, now=timezone.now())
    response = HttpResponse(data, content_type=WORD)
    response["Content-Disposition"] = f'attachment; filename="{code}-v{number}.docx"'
    return response


def done(request, form, run, said: str):
    """The result of an action, or None with its refusal on the form."""
    try:
        made = run()
    except ValidationError as error:
        form.add_error(None, error) if not hasattr(error, "error_dict") else form.add_error(
            None, " ".join(error.messages)
        )
        return None
    messages.success(request, said)
    return made
