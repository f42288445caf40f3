"""Responsibility letters: the list of a year, one letter with its signatures and checks, the template."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.overviews.years import rules_letters as rules
from zhikong.hospital.overviews.years.actions import letters as actions
from zhikong.hospital.overviews.years.documents import letter as documents
from zhikong.hospital.overviews.years.documents import letter_template
from zhikong.hospital.overviews.years.forms import MomentForm, TemplateForm
from zhikong.hospital.overviews.years.models import Letter
from zhikong.hospital.overviews.years.queries import letters as queries
from zhikong.hospital.overviews.years.views.pages import file, tabs, tried
from zhikong.web.paper import WORD

Side = Letter.Side


@require_GET
@needs(Permission.VIEW_PLANS)
def letters(request: HttpRequest) -> HttpResponse:
    """A year's letters; a department sees its own."""
    today = timezone.localdate()
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdigit() and len(asked) == 4 else today.year
    found = list(queries.visible(request.user, year))
    context = {
        "year": year,
        "years": sorted({today.year - 1, today.year, today.year + 1, *queries.years(), year}, reverse=True),
        "rows": [
            {"letter": one, "waits": queries.waits_for(request.user, one), "check": _newest(one)}
            for one in found
        ],
        "drafts": sum(one.state == Letter.State.DRAFT for one in found),
        "to_sign": [one for one in found if queries.waits_for(request.user, one)],
        "signed": sum(one.state == Letter.State.SIGNED for one in found),
        "template": queries.template() if queries.keeps(request.user) else None,
    } | tabs(request, "letters")
    return render(request, "years/letters.html", context)


def _newest(found: Letter):
    return next(iter(found.checks.all()), None)


@require_POST
@needs(Permission.KEEP_YEAR)
def act_all(request: HttpRequest, year: int, act: str) -> HttpResponse:
    """draft, issue or check the letters of a year."""
    who = {"by": request.user, "now": timezone.now(), "year": year}
    steps = {
        "draft": (_("已起草 %(n)d 份。"), lambda: len(actions.draft(**who))),
        "issue": (_("已下发 %(n)d 份，双方可以签署。"), lambda: actions.issue_all(**who)),
        "check": (_("已核对 %(n)d 份。"), lambda: actions.check_all(**who)),
    }
    if act not in steps:
        raise Http404
    tried(request, *steps[act])
    answer = redirect("years:letters")
    answer["Location"] += f"?year={year}"
    return answer


@require_POST
@needs(Permission.SIGN_LETTERS)
def sign_many(request: HttpRequest) -> HttpResponse:
    """Sign every letter that was ticked, each on the checksum that stood on the page."""
    pairs = (one.partition(":") for one in request.POST.getlist("sign"))
    seen = {int(pk): digest for pk, _colon, digest in pairs if pk.isdigit()}
    who = {"by": request.user, "now": timezone.now()}
    tried(request, _("已签署 %(n)d 份。"), lambda: actions.sign_many(**who, seen=seen))
    answer = redirect("years:letters")
    if request.POST.get("year", "").isdigit():
        answer["Location"] += f"?year={int(request.POST['year'])}"
    return answer


@require_GET
@needs(Permission.VIEW_PLANS)
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    lines = found.content["lines"]
    context = {
        "letter": found,
        "parts": [
            (kind, title, [line for line in lines if line["kind"] == kind])
            for kind, title in rules.KIND_WORDS.items()
            if any(line["kind"] == kind for line in lines)
        ],
        "sides": [(Side(side).label, *found.signed_by(side)) for side in Side.values],
        "waits": queries.waits_for(request.user, found),
        "checks": [(check, _lines(check)) for check in found.checks.all()],
        "form": MomentForm(),
    } | tabs(request, "letters")
    return render(request, "years/letter.html", context)


def _lines(check) -> list[dict]:
    tones = {rules.KEPT: "ok", rules.BROKEN: "bad", rules.UNKNOWN: "none"}
    return [
        line | {"tone": tones[line["verdict"]], "word": rules.VERDICT_WORDS[line["verdict"]]}
        for line in check.lines
    ]


@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """One step of one letter; each asks for its own permission."""
    if not any(can(request.user, one) for one in (Permission.KEEP_YEAR, Permission.SIGN_LETTERS)):
        raise PermissionDenied(_("您没有权限：办理责任状。"))
    found, who = _found(request, pk), {"by": request.user, "now": timezone.now()}
    said = request.POST
    steps = {
        "edit": (
            _("已修改。"),
            lambda: actions.edit(
                **who, found=found, dropped=[int(n) for n in said.getlist("drop") if n.isdigit()],
                added=said.get("added", ""),
            ),
        ),
        "issue": (_("已下发，双方可以签署。"), lambda: actions.issue(**who, found=found)),
        "sign": (_("已签署。"), lambda: actions.sign(**who, found=found, digest=said.get("digest", ""))),
        "refuse": (_("已拒签，理由已告知质控科。"), lambda: actions.refuse(**who, found=found, reason=said.get("reason", ""))),
        "withdraw": (_("已收回。"), lambda: actions.withdraw(**who, found=found, reason=said.get("reason", ""))),
        "check": (_("已核对。"), lambda: actions.check(**who, found=found, as_of=_moment(said))),
    }  # fmt: skip
    if act not in steps:
        raise Http404
    tried(request, *steps[act])
    return redirect("years:letter", pk)


def _moment(said):
    form = MomentForm(said)
    if not form.is_valid():
        raise ValidationError(_("请填写正确的日期。"))
    return form.moment(timezone.now())


@require_GET
@needs(Permission.VIEW_PLANS)
def document(request: HttpRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    data = documents.word(found, hospital=institution().name)
    return file(
        data,
        WORD,
        f"{found.year}年{found.department_name}责任状.docx",
        f"letter-{found.year}-{found.pk}.docx",
    )


@require_GET
@needs(Permission.VIEW_PLANS)
def check_document(request: HttpRequest, pk: int, check_pk: int) -> HttpResponse:
    found = _found(request, pk)
    check = found.checks.filter(pk=check_pk).first()
    if check is None:
        raise Http404
    data = documents.check_word(check, hospital=institution().name)
    return file(
        data, WORD, f"{found.year}年{found.department_name}责任状履行情况.docx", f"check-{check.pk}.docx"
    )


@require_GET
@needs(Permission.KEEP_YEAR)
def archive(request: HttpRequest, year: int) -> HttpResponse:
    found = queries.letters(year).filter(state__in=["issued", "signed", "refused"]).select_related("template")
    if not found:
        raise Http404
    data = documents.archive(found, hospital=institution().name, year=year)
    return file(data, "application/zip", f"{year}年责任状.zip", f"letters-{year}.zip")


@require_http_methods(["GET", "POST"])
@needs(Permission.KEEP_YEAR)
def template(request: HttpRequest) -> HttpResponse:
    """The hospital's own template: brought in after a trial, or given up."""
    form = TemplateForm(request.POST or None, request.FILES or None)
    who = {"by": request.user, "now": timezone.now()}
    if request.method == "POST" and request.POST.get("end"):
        actions.end_template(**who)
        return redirect("years:template")
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        content = sent.read(letter_template.LARGEST + 1)
        tried(
            request,
            _("模板已试填通过，从下一次下发起使用。"),
            lambda: actions.keep_template(**who, name=sent.name, content=content),
        )
        return redirect("years:template")
    return render(
        request,
        "years/template.html",
        {"form": form, "template": queries.template()} | tabs(request, "letters"),
    )


@require_GET
@needs(Permission.KEEP_YEAR)
def template_file(request: HttpRequest) -> HttpResponse:
    """The template in use, or with ?own the product's, as a beginning."""
    used = None if request.GET.get("own") else queries.template()
    data = letter_template.own() if used is None else bytes(used.content)
    return file(data, WORD, "责任状模板.docx", "letter-template.docx")


def _found(request: HttpRequest, pk: int) -> Letter:
    found = queries.letter(pk, request.user)
    if found is None:
        raise Http404
    return found
