"""A brief's text on the page: paragraphs whose quotations lead to the row they quote."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from zhikong.hospital.overviews.reports.rules import pieces

register = template.Library()


@register.simple_tag
def quoted(text: str) -> SafeString:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return format_html_join("\n", "<p>{}</p>", ((_line(line),) for line in lines))


def _line(line: str) -> SafeString:
    return format_html_join("", "{}", ((_piece(words, number),) for words, number in pieces(line)))


def _piece(words: str, number: int | None) -> SafeString | str:
    if number is None:
        return words
    return format_html('<sup><a href="#figure-{}">[{}]</a></sup>', number, number)
