"""Policies: the list, one document with its clauses, its way to publication, who has read it, what is covered."""

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
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.forms import queries as checklists
from zhikong.foundation.organisation.queries import department_on, institution
from zhikong.foundation.search.rules import cleaned
from zhikong.hospital.functions.policies import actions, documents, forms, queries, rules
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


def _policy(request, code: str) -> Policy:
    found = queries.policy(request.user, code)
    if found is None:
        raise Http404
    return found


def _version(request, code: str, number: int) -> PolicyVersion:
    found = queries.versions(request.user, _policy(request, code)).filter(number=number).first()
    if found is None:
        raise Http404
    return found


@login_required
@require_GET
def policy(request, code: str, number: int | None = None):
    """One version: by default the one in force, else the latest one may see."""
    of = _policy(request, code)
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
        if made := _done(request, form, begun, _("草稿已保存。")):
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
        if _done(request, form, saved, _("草稿已保存。")):
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
        if _done(request, form, run, _("已发布。")):
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
def clause(request, code: str, key: int):
    """A clause through all versions, and what rests on it."""
    of = _policy(request, code)
    found = [
        (one, part) for one in queries.versions(request.user, of) for part in one.clauses.filter(key=key)
    ]
    if not found:
        raise Http404
    links = of.links.filter(key=key).select_related("finding", "made_by")
    known = {one.id: one.title for one in checklists.forms(on=timezone.localdate())}
    context = {
        "policy": of, "key": key, "history": found, "latest": found[0][1],
        "links": [(one, known.get(one.form, one.form)) for one in links],
        "form": forms.LinkForm(forms_known=known.items()) if can(request.user, Permission.KEEP_POLICIES) else None,
    }  # fmt: skip
    return render(request, "policies/clause.html", context)


@login_required
@require_POST
@needs(Permission.KEEP_POLICIES)
def link(request, code: str, key: int):
    """Let a finding or a checklist rest on a clause."""
    of = _policy(request, code)
    known = [(one.id, one.title) for one in checklists.forms(on=timezone.localdate())]
    form = forms.LinkForm(request.POST, forms_known=known)
    if form.is_valid():
        values = form.cleaned_data
        finding = Finding.objects.filter(number=values["finding"]).first() if values["finding"] else None
        if (finding is None) == (not values["form"]):
            messages.error(request, _("请填一个存在的问题编号，或选一份检查表。"))
        else:
            item = values["item"] if finding is None else ""
            actions.link(
                of, by=request.user, now=timezone.now(), key=key, finding=finding, form="" if finding else values["form"],
                item=item,
            )  # fmt: skip
            messages.success(request, _("引用已登记。"))
    return redirect("policies:clause", code, key)


@login_required
@require_GET
def compare(request, code: str):
    """Two versions side by side in one text: ?from=1&to=2."""
    of = _policy(request, code)
    known = {one.number: one for one in queries.versions(request.user, of)}
    numbers = sorted(known)
    before = known.get(_whole(request.GET.get("from")), known[numbers[max(0, len(numbers) - 2)]])
    after = known.get(_whole(request.GET.get("to")), known[numbers[-1]])
    changes = rules.compared(queries.parts_of(before), queries.parts_of(after))
    context = {
        "policy": of, "before": before, "after": after, "numbers": numbers,
        "changes": [one for one in changes if one.kind != "same"], "same": sum(one.kind == "same" for one in changes),
    }  # fmt: skip
    return render(request, "policies/compare.html", context)


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else 0


@login_required
@require_GET
def paper(request, code: str, number: int):
    """The version as Word."""
    version = _version(request, code, number)
    data = documents.word(version, hospital=institution().name, by=request.user, now=timezone.now())
    response = HttpResponse(data, content_type=WORD)
    response["Content-Disposition"] = f'attachment; filename="{code}-v{number}.docx"'
    return response


@login_required
@require_GET
def coverage(request):
    """What is missing: by duty division and kind, by specialty and disease; whose review is due."""
    today = timezone.localdate()
    context = {
        "divisions": queries.completeness(), "kinds": Policy.Kind.choices, "specialties": queries.coverage(on=today),
        "due": queries.due_for_review(on=today + actions.LEAD), "may_keep": can(request.user, Permission.KEEP_POLICIES),
    }  # fmt: skip
    return render(request, "policies/coverage.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@needs(Permission.KEEP_POLICIES)
def diseases(request, pk: int):
    """The diseases of a specialty that need a guideline."""
    place = department_on(department_id=pk, on=timezone.localdate())
    if place is None:
        raise Http404
    start = "\n".join(queries.Disease.objects.filter(department_id=pk).values_list("name", flat=True))
    form = forms.DiseasesForm(request.POST or None, initial={"names": start})
    if request.method == "POST" and form.is_valid():
        kept = partial(actions.keep_diseases, by=request.user, department=place, **form.cleaned_data)
        if _done(request, form, lambda: kept() or True, _("已保存。")):
            return redirect("policies:coverage")
    title = _("%(name)s：病种") % {"name": place.name}
    return render(request, "policies/form.html", {"form": form, "title": title})


@login_required
@require_http_methods(["GET", "POST"])
def public(request):
    """What the hospital makes public, and a line more."""
    may_keep = can(request.user, Permission.KEEP_POLICIES, whole_hospital=True)
    form = forms.PublicForm(request.POST or None) if may_keep else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid():
            actions.make_public(by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("已登记。"))
            return redirect("policies:public")
    page = Paginator(queries.public_items(), 30).get_page(request.GET.get("page"))
    return render(
        request, "policies/public.html", {"page": page, "form": form, "today": timezone.localdate()}
    )


def _done(request, form, run, said: str):
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
