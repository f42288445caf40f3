"""A summary's text on the page: paragraphs whose marks lead to what stands behind the figure."""

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from zhikong.hospital.overviews.years.rules_quoting import pieces

register = template.Library()


@register.simple_tag
def cited(text: str, summary_pk: int) -> SafeString:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return format_html_join("\n", "<p>{}</p>", ((_line(line, summary_pk),) for line in lines))


def _line(line: str, pk: int) -> SafeString:
    return format_html_join("", "{}", ((_piece(words, number, pk),) for words, number in pieces(line)))


def _piece(words: str, number: int | None, pk: int) -> SafeString | str:
    if number is None:
        return words
    return format_html('<sup><a href="{}">[{}]</a></sup>', reverse("years:figure", args=[pk, number]), number)
