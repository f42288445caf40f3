"""Pictures of tools on any page of this function."""

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zhikong.hospital.functions.improvements.tools.asking import Unanswerable
from zhikong.hospital.functions.improvements.tools.library import BY_CODE
from zhikong.hospital.functions.improvements.tools.showing import Shown, shown
from zhikong.web.charts.theme import THEMES

register = template.Library()


@register.simple_tag(takes_context=True)
def tool_image(context, seen: Shown, address: str, query: str = "") -> SafeString | str:
    """The picture in the reader's theme (the system's own when none was chosen); '' for a table. query: of address."""
    if seen.picture() is None:
        return ""
    theme = context["request"].COOKIES.get("theme")
    start = f"{address}?{query}{'&' if query else ''}v={seen.stamp}&theme="
    if theme in THEMES:
        return format_html('<img src="{}" alt="{}">', start + theme, seen.alt)
    return format_html(
        '<picture><source srcset="{}" media="(prefers-color-scheme: dark)"><img src="{}" alt="{}"></picture>',
        start + "dark", start + "light", seen.alt,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def tool_picture(context, tool) -> SafeString | str:
    """The picture of a saved tool."""
    return tool_image(context, shown(tool), reverse("improvements:tool_picture", args=[tool.pk]))


@register.simple_tag(takes_context=True)
def tool_card(context, tool) -> SafeString:
    """A saved tool as a card: picture, what it says, footnote, link; a sentence where it cannot be drawn any more."""
    seen, problem = shown(tool), ""
    try:
        assert seen.told
        seen.picture()
    except Unanswerable as why:
        problem = str(why)
    return render_to_string(
        "improvements/tools/_card.html",
        {"found": tool, "shown": seen, "problem": problem, "request": context["request"]},
    )


@register.filter
def icon_of(kind: str) -> str:
    """The icon of a kind of tool."""
    return BY_CODE[kind].icon if kind in BY_CODE else "circle"


@register.simple_tag
def cells(seen: Shown) -> list[tuple[str, list[tuple[str, bool, str]]]]:
    """Rows of the table: (link value, [(text, is a number, heading), …])."""
    told = seen.told
    links = told.links or [""] * len(told.rows)
    return [
        (link, [(cell, i in told.numeric, told.heads[i]) for i, cell in enumerate(row)])
        for link, row in zip(links, told.rows, strict=True)
    ]
