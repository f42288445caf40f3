"""The guides: contents with search, a page, its pictures, the whole as PDF. No data of the hospital is read here."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from zhikong.hospital.overviews.help import contents, html, paper

MOST_WORDS = 60


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """?q=: words that the headings must hold."""
    q = request.GET.get("q", "").strip()[:MOST_WORDS]
    roles = [grant.role for grant in request.user.grants()]
    mine = [page for page in contents.pages() if any(role.code in page.roles for role in roles)]
    context = {"q": q, "found": contents.found(q), "chapters": contents.chapters(), "mine": mine}
    return render(request, "help/index.html", context)


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """The daily work of the reader's first role that has a guide; otherwise the contents."""
    own = (contents.page_of_role(grant.role.code) for grant in request.user.grants())
    page = next((page for page in own if page), None)
    return redirect("help:page", page.name) if page else redirect("help:index")


@login_required
@require_GET
def page(request: HttpRequest, name: str) -> HttpResponse:
    found = contents.page_named(name)
    if found is None:
        raise Http404
    own = [one for one in contents.headings() if one.page == found and one.title]
    body = html.page(
        list(found.blocks[1:]), link=lambda to: _lead(found, to), picture=lambda to: _picture_address(to)
    )
    context = {"page": found, "body": body, "headings": own, "chapters": contents.chapters()}
    return render(request, "help/page.html", context)


def _lead(inside: contents.Page, to: str) -> str:
    """Links between guides lead to their pages here; what lies elsewhere in the source is told by its name alone."""
    if to.startswith(("https://", "#")):
        return to
    file, _hash, anchor = contents.resolved(inside, to).partition("#")
    target = contents.page_named(file.removesuffix(".md"))
    if target is None:
        return ""
    return reverse("help:page", args=[target.name]) + (f"#{anchor}" if anchor else "")


def _picture_address(to: str) -> str:
    return reverse("help:picture", args=[to.rpartition("/")[2].removesuffix(".png")])


@login_required
@require_GET
@cache_control(max_age=86400, private=True)
def picture(request: HttpRequest, name: str) -> FileResponse:
    file = contents.picture(name)
    if file is None:
        raise Http404
    return FileResponse(file.open("rb"), content_type="image/png")


@login_required
@require_GET
def manual(request: HttpRequest) -> HttpResponse:
    """All printed guides as one PDF."""
    answer = HttpResponse(paper.manual(), content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="zhikong-manual.pdf"'
    return answer
