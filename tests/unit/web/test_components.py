"""The components of templates: what a number, a date, a tag, a line, a form looks like."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

TODAY = date(2026, 11, 23)


def draw(source, **context):
    return Template("{% load components %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (None, 1, "—"),
        (Decimal("96.35"), 1, "96.4"),
        (Decimal("0.5"), 0, "1"),
        (1234567, None, "1,234,567"),
        (0, 1, "0.0"),
        ("", None, "—"),
    ],
)
def test_numbers(value, digits, shown):
    source = "{{ v|number:d }}" if digits is not None else "{{ v|number }}"
    assert draw(source, v=value, d=digits) == shown


@pytest.mark.parametrize(("unit", "shown"), [("%", "7.9%"), ("‰", "7.9‰"), ("天", "7.9 天"), ("", "7.9")])
def test_quantities_carry_their_unit(unit, shown):
    assert draw("{% quantity v u 1 %}", v=Decimal("7.94"), u=unit) == shown


def test_an_unknown_quantity_is_a_dash_without_unit():
    assert draw("{% quantity v '%' 1 %}", v=None) == "—"


def test_a_state_is_shape_and_word():
    assert draw("{% tag_state 'missed' %}") == (
        '<span class="tag bad"><b aria-hidden="true">◆</b>未达标</span>'
    )
    assert "&lt;b&gt;" in draw("{% tag 'ok' word %}", word="<b>")


def test_dates_and_moments_are_the_hospitals():
    assert draw("{{ v|moment }}", v=datetime(2026, 11, 22, 17, 30, tzinfo=UTC)) == "2026-11-23 01:30"
    assert draw("{{ v|month }}", v="2026-10") == "2026 年 10 月"
    assert draw("{{ v|day }}", v=None) == "—"


@pytest.mark.parametrize(
    ("due_on", "done", "late"),
    [(date(2026, 11, 22), False, True), (TODAY, False, False), (date(2026, 11, 22), True, False)],
)
def test_overdue_is_a_word_and_a_date(due_on, done, late):
    shown = draw("{% due d t done %}", d=due_on, t=TODAY, done=done)
    assert ("逾期" in shown) is late
    assert due_on.isoformat() in shown


def test_a_missing_month_breaks_the_sparkline():
    assert draw("{% sparkline v %}", v=[1, 2, None, 3, 4]).count("<polyline") == 2
    assert "—" in draw("{% sparkline v %}", v=[None, 2])
    assert draw("{% sparkline v %}", v=[5, 5, 5]).count("<polyline") == 1


def test_icons_say_nothing_to_a_screen_reader():
    assert 'aria-hidden="true"' in draw("{% icon 'bell' %}")


def test_links_keep_the_query():
    request = RequestFactory().get("/findings/?show=open&page=2")
    assert draw("{% with_query request page=3 %}", request=request) == "?show=open&amp;page=3"
    assert draw("{% with_query request show=None %}", request=request) == "?page=2"


def test_pages_show_the_total():
    request = RequestFactory().get("/?q=a")
    page = Paginator(list(range(95)), 30).page(2)
    shown = draw("{% pagination page %}", page=page, request=request)
    assert "共 95 条" in shown
    assert "?q=a&amp;page=3" in shown


class Sample(forms.Form):
    title = forms.CharField(label="问题", help_text="一句话")
    wards = forms.MultipleChoiceField(
        label="科室", choices=[("1", "心内")], widget=forms.CheckboxSelectMultiple
    )


def test_a_form_ties_errors_and_help_to_their_field():
    shown = draw("{% render_form form %}", form=Sample({"title": ""}))
    assert 'aria-describedby="id_title_helptext id_title_error"' in shown
    assert 'id="id_title_error"' in shown
    assert 'aria-labelledby="id_wards_label"' in shown
    assert 'for="id_title"' in shown


@pytest.mark.parametrize(("cookie", "shown"), [("dark", ' data-theme="dark"'), ('"><script>', ""), ("", "")])
def test_only_known_themes_reach_the_page(cookie, shown):
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = cookie
    assert draw("{% theme_attributes %}", request=request) == shown
