"""First passwords on paper: how far they have got, and printing the strips of some departments or people."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zhikong.foundation.access import actions_passwords, first_passwords, slips
from zhikong.foundation.access import queries_passwords as queries
from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.queries_passwords import EXPIRED, NONE, OWN, WAITING, Holder
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation.queries import institution, names
from zhikong.web.paper import WORD

MOST = 2000
"""Strips of one paper; a larger hospital prints in parts."""
STATES = {
    NONE: ("none", gettext_lazy("未发放")),
    WAITING: ("info", gettext_lazy("已发放，未登录")),
    EXPIRED: ("warn", gettext_lazy("已过期")),
    OWN: ("ok", gettext_lazy("已自设")),
}


@needs(Permission.MANAGE_ACCOUNTS)
def index(request: HttpRequest) -> HttpResponse:
    """By department; the people of one department when it is chosen."""
    now, today = timezone.now(), timezone.localdate()
    found = queries.holders(now=now, on=today)
    chosen = _number(request.GET.get("department"))
    context = {
        "rows": queries.by_department(found, today),
        "standing": queries.standing(now=now, on=today),
        "chosen": chosen,
        "chosen_name": _place(chosen, names(on=today)) if chosen is not None else "",
        "people": [(h, *STATES[h.state]) for h in found if h.department_id == chosen],
        "days": (first_passwords.expiry(now) - now) // timedelta(days=1),
    }
    return render(request, "access/first_passwords.html", context)


@require_POST
@never_cache
@needs(Permission.MANAGE_ACCOUNTS)
def print_slips(request: HttpRequest) -> HttpResponse:
    """New passwords for the chosen, as the answer's file and nowhere else."""
    now, today = timezone.now(), timezone.localdate()
    chosen = _chosen(request, queries.holders(now=now, on=today))
    if not chosen:
        messages.error(request, _("选中的科室或人员里没有需要发放的账号。"))
        return redirect("access:first_passwords")
    if len(chosen) > MOST:
        messages.error(request, _("一次最多打印 %(most)d 张密码条，请分几次选择科室。") % {"most": MOST})
        return redirect("access:first_passwords")
    return _paper(request, chosen, now, names(on=today))


def _chosen(request: HttpRequest, found: list[Holder]) -> list[Holder]:
    """The named people whatever they had; of departments those without a usable first password."""
    people, places = request.POST.getlist("user"), request.POST.getlist("department")
    if people:
        return [h for h in found if str(h.user.pk) in set(people) and h.user.pk != request.user.pk]
    states = (NONE, EXPIRED, WAITING) if request.POST.get("again") else (NONE, EXPIRED)
    return [h for h in found if str(h.department_id) in set(places) and h.state in states]


def _paper(request: HttpRequest, chosen: list[Holder], now, named: dict[int, str]) -> HttpResponse:
    places = [_place(holder.department_id, named) for holder in chosen]
    issued = actions_passwords.issue(by=request.user, now=now, users=[h.user for h in chosen])
    data = slips.content(
        list(zip(places, issued, strict=True)),
        hospital=institution().name,
        address=request.build_absolute_uri("/"),
        by=request.user,
        now=now,
        until=first_passwords.expiry(now),
    )
    if request.POST.get("format") == "word":
        return _file(slips.word(data), WORD, "docx", now)
    return _file(slips.pdf(data), "application/pdf", "pdf", now)


def _file(content: bytes, kind: str, ending: str, now) -> HttpResponse:
    name = f"first-passwords-{timezone.localtime(now):%Y%m%d-%H%M}.{ending}"
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def _place(pk: int, named: dict[int, str]) -> str:
    return named.get(pk) or _("没有岗位")


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None
