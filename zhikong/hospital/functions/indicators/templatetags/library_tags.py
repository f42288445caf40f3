"""The library's rows, made in Python because a page has many of them."""

from functools import cache

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhikong.foundation.facts.reported import REPORTED
from zhikong.hospital.functions.indicators.queries.library import DATA, REVIEWS, STATES, Entry
from zhikong.hospital.functions.indicators.wording import MARKS
from zhikong.web.templatetags.components import tag

register = template.Library()

ROW = (
    '<tr><th scope="row"><a href="{url}">{name}</a>{reported}<br><span class="help">{id}</span></th>'
    '<td class="nowrap" data-label="{l_area}">{area}</td>'
    '<td data-label="{l_document}"><span>{document}<br><span class="help">{mark}</span></span></td>'
    '<td class="num nowrap" data-label="{l_version}">{version}</td><td data-label="{l_owner}">{owner}</td>'
    '<td class="nowrap" data-label="{l_review}">{review}</td><td data-label="{l_state}">{state}</td>'
    '<td data-label="{l_data}">{data}</td></tr>'
)
STATE_TONES = {
    "published": "ok",
    "draft": "warn",
    "submitted": "info",
    "reviewed": "info",
    "deprecated": "none",
}


@cache
def _labels(_language: str) -> dict[str, SafeString]:
    words = {
        "l_area": _("领域"), "l_document": _("出处"), "l_version": _("版本"), "l_owner": _("责任"),
        "l_review": _("下次复审"), "l_state": _("状态"), "l_data": _("数据"),
    }  # fmt: skip
    return {name: escape(word) for name, word in words.items()}


@register.simple_tag
def library_row(entry: Entry, owners: dict[str, str]) -> SafeString:
    """One definition: name, source, version, owner, review, state, data; cells carry labels for the phone."""
    said = entry.definition
    return format_html(
        ROW,
        url=reverse("indicators:definition", args=[entry.id]),
        name=entry.name,
        reported=format_html(" {}", tag("info", _("填报"))) if entry.origin == REPORTED else "",
        id=entry.id,
        area=entry.area,
        document=entry.document or "—",
        mark=MARKS.get(entry.mark, ""),
        version=said.version if said else "—",
        owner=owners.get(entry.owner, entry.owner) or "—",
        review=review_cell(entry),
        state=state_cell(entry),
        data=data_cell(entry),
        **_labels(get_language()),
    )


@register.simple_tag
def review_cell(entry: Entry) -> SafeString | str:
    """The date, and a word when it has passed or comes soon."""
    if entry.definition is None:
        return "—"
    due = entry.definition.next_review.isoformat()
    tones = {"overdue": "bad", "soon": "warn"}
    if entry.review not in tones:
        return due
    return format_html("{}<br>{}", due, tag(tones[entry.review], REVIEWS[entry.review]))


@register.simple_tag
def state_cell(entry: Entry) -> SafeString:
    """In force or on its way; beside a definition in force also the version that somebody is writing."""
    own = tag(STATE_TONES[entry.state], STATES[entry.state])
    if entry.open is None or entry.state in ("submitted", "reviewed"):
        return own
    words = _("第 %(n)d 版%(state)s") % {"n": entry.open.number, "state": entry.open.get_state_display()}
    return (
        own if entry.state == "draft" and not entry.pack else format_html("{}<br>{}", own, tag("info", words))
    )


@register.simple_tag
def data_cell(entry: Entry) -> SafeString:
    """有数据, or 无数据来源 with the reason."""
    if entry.has_data:
        return tag("ok", DATA["yes"])
    return format_html('{}<br><span class="help">{}</span>', tag("none", DATA["no"]), entry.why_none)
