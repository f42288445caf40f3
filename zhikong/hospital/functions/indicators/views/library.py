"""The library: all definitions with their source, review and data; searched, filtered, exported."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.indicators import sheets
from zhikong.hospital.functions.indicators.queries.figures import frame
from zhikong.hospital.functions.indicators.queries.library import (
    CHOICES,
    DATA,
    REVIEWS,
    STATES,
    Entry,
    entries,
    narrowed,
    values_of,
)
from zhikong.hospital.functions.indicators.wording import MARKS

PAGE = 50
LEVELS = {"department": gettext_lazy("全院与科室"), "hospital": gettext_lazy("仅全院")}
CARDS = (
    (gettext_lazy("全部定义"), "", "", "none"),
    (gettext_lazy("现行"), "state", "published", "ok"),
    (gettext_lazy("草稿"), "state", "draft", "warn"),
    (gettext_lazy("无数据来源"), "data", "no", "warn"),
    (gettext_lazy("复审逾期"), "review", "overdue", "bad"),
    (gettext_lazy("凭记忆，待核对"), "mark", "memory", "warn"),
)


@needs(Permission.VIEW_INDICATORS)
def library(request: HttpRequest) -> HttpResponse:
    everything, words, chosen = _asked(request)
    found = narrowed(everything, words=words, chosen=chosen)
    context = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "total": len(everything),
        "words": words,
        "filtered": bool(words or any(chosen.values())),
        "cards": [_card(card, everything, chosen) for card in CARDS],
        "filters": _filters(everything, chosen),
        "query": _query(words, chosen),
        "owners": {code: role.title for code, role in ROLES.items()},
        "may_write": can(request.user, Permission.EDIT_DEFINITIONS),
    }
    fragment = request.htmx and not request.htmx.boosted
    return render(request, "indicators/_library.html" if fragment else "indicators/library.html", context)


@needs(Permission.VIEW_INDICATORS)
def export(request: HttpRequest) -> HttpResponse:
    """The filtered library as a workbook."""
    everything, words, chosen = _asked(request)
    rows = [_row(entry) for entry in narrowed(everything, words=words, chosen=chosen)]
    head = [
        _("指标"), _("编号"), _("领域"), _("出处"), _("条款"), _("核对程度"), _("版本"), _("责任"), _("下次复审"),
        _("定义状态"), _("数据"), _("统计层级"), _("内容来源"), _("单位"), _("指纹"),
    ]  # fmt: skip
    remark = _("%(day)s 导出，%(n)d 个定义") % {"day": timezone.localdate(), "n": len(rows)}
    return sheets.response(
        sheets.sheet(_("指标库"), remark, head, rows), f"指标库-{timezone.localdate()}.xlsx"
    )


def _asked(request: HttpRequest) -> tuple[list[Entry], str, dict[str, str]]:
    chosen = {name: request.GET.get(name, "") for name in CHOICES}
    return entries(frame(), today=timezone.localdate()), request.GET.get("q", "").strip(), chosen


def _query(words: str, chosen: dict[str, str], **changes: str) -> str:
    address = QueryDict(mutable=True)
    address.update({name: value for name, value in ({"q": words} | chosen | changes).items() if value})
    return address.urlencode()


def _card(card, everything: list[Entry], chosen: dict[str, str]) -> tuple:
    """(label, count, tone, query, whether it is the chosen one)."""
    label, name, value, tone = card
    count = len(everything) if not name else sum(getattr(entry, name) == value for entry in everything)
    here = bool(name) and chosen[name] == value
    query = "" if not name or here else _query("", dict.fromkeys(CHOICES, ""), **{name: value})
    return label, count, tone, query, here


def _filters(everything: list[Entry], chosen: dict[str, str]) -> list[tuple]:
    """(name, label, [(value, words)], chosen value) of every filter with the values that occur."""
    roles = {code: role.title for code, role in ROLES.items()}
    words = {"state": STATES, "review": REVIEWS, "mark": MARKS, "owner": roles, "data": DATA, "level": LEVELS}
    labels = (
        ("area", _("领域")), ("document", _("出处")), ("state", _("状态")), ("review", _("复审")),
        ("mark", _("核对程度")), ("owner", _("责任")), ("data", _("数据")), ("level", _("层级")),
    )  # fmt: skip
    return [
        (name, label, [(v, words.get(name, {}).get(v, v)) for v in values_of(everything, name)], chosen[name])
        for name, label in labels
    ]


def _row(entry: Entry) -> list:
    said = entry.definition
    roles = {code: role.title for code, role in ROLES.items()}
    return [
        entry.name,
        entry.id,
        entry.area,
        entry.document,
        said.source.clause if said else "",
        str(MARKS.get(entry.mark, "")),
        said.version if said else None,
        roles.get(entry.owner, entry.owner),
        str(said.next_review) if said else "",
        str(STATES[entry.state]),
        str(DATA[entry.data]) if entry.has_data else f"{DATA['no']}：{entry.why_none}",
        str(LEVELS[entry.level]),
        entry.pack or _("本院"),
        said.unit if said else "",
        said.hash if said else "",
    ]
