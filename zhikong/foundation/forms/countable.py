"""Filled sheets as rows that the quality tools count: each sheet, and each item that was judged on a checklist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.facts.countable import MOST, Answer, Dimension, Measure, Row, Shape, Source, Wanted
from zhikong.foundation.forms import queries
from zhikong.foundation.forms.definition import FormDefinition
from zhikong.foundation.forms.definition.model import YES_NO, Item, ItemType
from zhikong.foundation.forms.models import Sheet
from zhikong.foundation.forms.rules import HANDED_IN

SHEET_DIMENSIONS = ("department", "month", "grade", "passed")
CHOSEN = frozenset({ItemType.CHOICE, ItemType.CHOICES, *YES_NO})
SHEETS, ITEMS = "sheets", "items"
ANSWERS = {"yes": gettext_lazy("是"), "no": gettext_lazy("否"), "na": gettext_lazy("不适用")}
LONGEST = 60


def forms_of(user) -> list[tuple[str, str]]:
    """The forms of which this person sees the register."""
    return [(one.obj.id, one.title) for one in queries.forms_to_see(user, on=timezone.localdate())]


def checklists_of(user) -> list[tuple[str, str]]:
    """Those of them that judge something by yes or no."""
    found = queries.forms_to_see(user, on=timezone.localdate())
    return [(one.obj.id, one.title) for one in found if any(_judges(item) for item in one.obj.items())]


def _form(key: str) -> FormDefinition:
    found = queries.form(key, on=timezone.localdate())
    if found is None:
        raise LookupError(key)
    return found.obj


def shape_of_sheets(key: str) -> Shape:
    """Department, month, grade, and every question with choices; every number, and the score."""
    form = _form(key)
    own = [Dimension(i.id, _short(i.text)) for i in form.items() if i.type in CHOSEN]
    numbers = [Measure(i.id, _short(i.text), i.unit) for i in form.items() if i.type is ItemType.NUMBER]
    score = [Measure("total", _("总分"), _("分"), decreasing=False)] if form.full_score is not None else []
    return Shape([*_common(), *own], [*score, *numbers], _("份"), _("份数"))


def shape_of_items(key: str) -> Shape:
    """Item, section, department and month; the share of what was judged that was kept."""
    _form(key)
    return Shape(
        [Dimension("item", _("条目")), Dimension("section", _("部分")), *_common()[:2]],
        [Measure("rate", _("符合率"), "%", ratio=True, multiply=100, decreasing=False)],
        _("处"), _("不符合"),
    )  # fmt: skip


def _common() -> list[Dimension]:
    return [
        Dimension("department", _("科室")),
        Dimension("month", _("月份"), ordered=True),
        Dimension("grade", _("等级")),
        Dimension("passed", _("是否合格")),
    ]


def rows_of_sheets(wanted: Wanted) -> Answer:
    """A row for each sheet that was handed in."""
    form, sheets, more = _handed_in(wanted)
    return Answer([_sheet_row(form, one) for one in sheets], form.title, _of(form), more=more)


def rows_of_items(wanted: Wanted) -> Answer:
    """A row for each item that was not kept; what was kept is one row for each item, department and month."""
    form, sheets, more = _handed_in(wanted)
    items = [(section.title, item) for section in form.sections for item in section.items if _judges(item)]
    kept: Counter[tuple[str, ...]] = Counter()
    found: list[Row] = []
    for sheet in sheets:
        common = _values(sheet)
        for section, item in items:
            bad, judged = _judged(item, sheet.answers)
            values = {"item": _short(item.text), "section": section, **common}
            kept[tuple(values.items())] += judged - bad
            if bad:
                numbers = {"rate": (0.0, float(bad))}
                found.append(Row(values, numbers, bad, _at(sheet).date(), _name(sheet), _url(sheet)))
    good = [Row(dict(key), {"rate": (float(n), float(n))}, 0) for key, n in kept.items() if n]
    return Answer([*found, *good], form.title, _of(form), more=more)


def _handed_in(wanted: Wanted) -> tuple[FormDefinition, list[Sheet], bool]:
    form = _form(wanted.key)
    rows = Sheet.objects.filter(definition_id=wanted.key, state__in=list(HANDED_IN)).order_by(
        "opened_at", "pk"
    )
    rows = rows.filter(opened_at__gte=_start(wanted.first), opened_at__lt=_start(_next(wanted.last)))
    if wanted.departments:
        rows = rows.filter(department_id__in=wanted.departments)
    found = list(rows[: MOST + 1])
    return form, found[:MOST], len(found) > MOST


def _sheet_row(form: FormDefinition, sheet: Sheet) -> Row:
    answers: Mapping[str, Any] = sheet.answers
    chosen = {i.id: _word(i, answers.get(i.id)) for i in form.items() if i.type in CHOSEN}
    numbers = {i.id: _number(answers.get(i.id)) for i in form.items() if i.type is ItemType.NUMBER}
    numbers["total"] = None if sheet.total is None else float(sheet.total)
    return Row(_values(sheet) | chosen, numbers, 1, _at(sheet).date(), _name(sheet), _url(sheet))


def _values(sheet: Sheet) -> dict[str, str]:
    passed = {True: _("合格"), False: _("不合格"), None: _("未判定")}[sheet.passed]
    return {
        "department": sheet.department_name or _("全院"),
        "month": f"{_at(sheet):%Y-%m}",
        "grade": sheet.grade or _("无等级"),
        "passed": passed,
    }


def _judges(item: Item) -> bool:
    return item.type in YES_NO or item.type is ItemType.OBSERVATION


def _judged(item: Item, answers: Mapping[str, Any]) -> tuple[int, int]:
    """(not kept, judged) of one item on one sheet; an observation counts each case that was watched."""
    answer = answers.get(item.id)
    if item.type is ItemType.OBSERVATION:
        return (int(answer["m"]) - int(answer["n"]), int(answer["m"])) if isinstance(answer, dict) else (0, 0)
    return int(answer == "no"), int(answer in ("yes", "no"))


def _word(item: Item, answer: Any) -> str:
    if answer in (None, "", []):
        return _("未填")
    codes: Iterable[str] = answer if isinstance(answer, list) else [answer]
    said = [option.text if (option := item.option(code)) else str(ANSWERS.get(code, code)) for code in codes]
    return "、".join(said)


def _number(answer: Any) -> float | None:
    try:
        return None if answer in (None, "") else float(answer)
    except (TypeError, ValueError):
        return None


def _at(sheet: Sheet) -> datetime:
    return timezone.localtime(sheet.opened_at)


def _name(sheet: Sheet) -> str:
    return f"{sheet.title} {sheet.number} {sheet.department_name}".strip()


def _url(sheet: Sheet) -> str:
    return reverse("forms:view", args=[sheet.pk])


def _of(form: FormDefinition) -> str:
    return _("表单 %(id)s 第 %(version)s 版，已提交或已接受的") % {"id": form.id, "version": form.version}


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _start(month: str) -> datetime:
    return timezone.make_aware(datetime(int(month[:4]), int(month[5:]), 1))  # noqa: DTZ001


def _next(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def sources() -> list[Source]:
    """Checklist items first: what was not kept is what circles count."""
    return [
        Source(
            ITEMS, gettext_lazy("检查表的条目"), gettext_lazy("检查、自查和评分时逐条的“否”，以及各条的符合率"),
            may=lambda user: bool(checklists_of(user)), shape=shape_of_items, rows=rows_of_items,
            things=checklists_of, order=20,
        ),
        Source(
            SHEETS, gettext_lazy("登记本与各类表"), gettext_lazy("每份一行：登记的类别、班次、得分、等级和填写的数"),
            may=lambda user: bool(forms_of(user)), shape=shape_of_sheets, rows=rows_of_sheets,
            things=forms_of, order=30,
        ),
    ]  # fmt: skip
