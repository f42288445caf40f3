"""Sheets from a workbook, one row each: the columns are the form's items, the judging is that of the page.

Either every row is taken or none, or, when asked for, the sound rows are taken and the others set aside with their
reasons: sending the whole file again after half of it was stored would register that half twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.forms.actions.handing_in import Incomplete, enter_sheet
from zhikong.foundation.forms.definition import FormDefinition, Item, ItemType
from zhikong.foundation.forms.exchange import set_aside, workbooks
from zhikong.foundation.forms.models import Sheet
from zhikong.foundation.organisation.models import Person
from zhikong.foundation.organisation.queries import resolve

DEPARTMENT, PERIOD = "科室", "期间"
MOST_ROWS = 500
LONGEST_LIST = 255  # characters of a drop-down list, by Excel's own limit
NOT_IN_ROWS = frozenset({ItemType.NOTE, ItemType.PHOTO, ItemType.SIGNATURE, ItemType.TABLE, ItemType.PATIENT})
TAUGHT = {
    ItemType.DATE: "2026-11-22",
    ItemType.TIME: "08:30",
    ItemType.DATETIME: "2026-11-22 08:30",
    ItemType.OBSERVATION: "8/10",
    ItemType.PERSON: "工号，或不重名的姓名",
    ItemType.DEPARTMENT: "科室名称或代码",
}


@dataclass(frozen=True)
class RowError:
    """row: as Excel counts. item: the heading of the column, or '' when the row as a whole is meant."""

    row: int
    item: str
    sentence: str


class How(StrEnum):
    """What becomes of a workbook: only looked at, taken as a whole or not at all, or its sound rows taken."""

    CHECK = "check"
    ALL = "all"
    SOUND = "sound"


@dataclass
class Arrived:
    """sheets: what was stored. sound: how many rows have no error, stored or not. content: the file itself."""

    content: bytes = b""
    sheets: list[Sheet] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    sound: int = 0

    @property
    def faulty_rows(self) -> dict[int, list[str]]:
        """The reasons by row."""
        found: dict[int, list[str]] = {}
        for error in self.errors:
            said = f"{error.item}：{error.sentence}" if error.item else error.sentence
            found.setdefault(error.row, []).append(said)
        return found


def heading(item: Item) -> str:
    """The column's head, as in the export."""
    return f"{item.text}（{item.unit}）" if item.unit else item.text


def columns(form: FormDefinition) -> list[Item]:
    return [item for item in form.items() if item.type not in NOT_IN_ROWS]


def template(form: FormDefinition) -> bytes:
    """An empty workbook to fill in: heads in the first row, and below each what may be written there."""
    output = BytesIO()
    book = workbooks.writer(output)
    page, help_page = book.add_worksheet(_("填写")), book.add_worksheet(_("说明"))
    bold = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#EEF2F7", "border": 1})
    heads = [_(DEPARTMENT), _(PERIOD), *(heading(item) for item in columns(form))]
    for column, text in enumerate(heads):
        page.write_string(0, column, text, bold)
    for column, item in enumerate(columns(form), start=2):
        if words := _words(item):
            page.data_validation(1, column, MOST_ROWS, column, {"validate": "list", "source": words})
    page.set_column(0, len(heads), 18)
    page.freeze_panes(1, 0)
    for line, item in enumerate(columns(form)):
        help_page.write_row(line, 0, [heading(item), _("必填") if item.required else "", _allowed(item)])
    help_page.set_column(0, 0, 50)
    help_page.set_column(2, 2, 60)
    book.close()
    return output.getvalue()


def _words(item: Item) -> list[str]:
    """What the drop-down list of a column offers; Excel holds no longer list than this."""
    words = [option.text for option in item.options] if item.type is ItemType.CHOICE else []
    if item.type in (ItemType.YES_NO, ItemType.YES_NO_NA):
        words = ["是", "否", "不适用"][: 3 if item.type is ItemType.YES_NO_NA else 2]
    fits = len(",".join(words)) <= LONGEST_LIST and not any("," in word for word in words)
    return words if fits else []


def _allowed(item: Item) -> str:
    if item.options:
        return "、".join(option.text for option in item.options)
    if item.type in (ItemType.YES_NO, ItemType.YES_NO_NA):
        return "是、否、不适用" if item.type is ItemType.YES_NO_NA else "是、否"
    return TAUGHT.get(item.type, item.help)


def enter(
    form: FormDefinition, content: bytes, *, by, now: datetime, department_id: int | None, how: How = How.ALL
) -> Arrived:
    """Hand in one sheet for each row of the first sheet of an xlsx. Raises workbooks.Unreadable.

    department_id: for rows without the column 科室. how: what is stored when some rows are refused.
    """
    pages = list(workbooks.read(content).values())
    records = list(pages[0].records()) if pages else []
    if not records:
        raise workbooks.Unreadable("文件里没有数据：第一行是标题，从第二行起每行一份。")
    if len(records) > MOST_ROWS:
        raise workbooks.Unreadable(f"一次最多 {MOST_ROWS} 行，请分开上传。")
    found = Arrived(content, errors=_unknown_heads(form, pages[0].heads))
    if found.errors:
        return found
    with transaction.atomic():
        for number, record in records:
            _take(form, number, record, found, by=by, now=now, department_id=department_id)
        found.sound = len(found.sheets)
        if how is How.CHECK or (found.errors and how is How.ALL):
            transaction.set_rollback(True)
            found.sheets.clear()
    return found


def _unknown_heads(form: FormDefinition, heads: list[str]) -> list[RowError]:
    known = {
        DEPARTMENT,
        PERIOD,
        set_aside.REASON,
        *(heading(item) for item in columns(form)),
        *(i.text for i in columns(form)),
    }
    known |= {item.id for item in columns(form)}
    return [RowError(1, head, "表里没有这一列，请用模板里的标题。") for head in heads if head not in known]


def _take(
    form: FormDefinition, number: int, record: Mapping[str, Any], found: Arrived, *, by, now, department_id
) -> None:
    try:
        with transaction.atomic():
            opening = _opening(record, department_id, now)
            answers = _answers(form, record, now)
            found.sheets.append(enter_sheet(by=by, now=now, form_id=form.id, answers=answers, **opening))
    except Incomplete as error:
        for name, sentence in error.errors.items():
            item = form.item(name)
            found.errors.append(RowError(number, heading(item) if item else name, sentence))
    except ValidationError as error:
        found.errors.append(RowError(number, "", error.messages[0]))
    except PermissionDenied as error:
        found.errors.append(RowError(number, DEPARTMENT, str(error)))


def _opening(record: Mapping[str, Any], department_id: int | None, now: datetime) -> dict[str, Any]:
    said = workbooks.text(record.get(DEPARTMENT))
    if said:
        known = resolve(name_or_code=said, on=timezone.localdate(now))
        if known is None:
            raise ValidationError(f"没有科室“{said[:40]}”。")
        department_id = known.id
    return {"department_id": department_id, "period": workbooks.text(record.get(PERIOD))}


def _answers(form: FormDefinition, record: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    found = {}
    for item in columns(form):
        cell = next((record[n] for n in (heading(item), item.text, item.id) if n in record), None)
        if cell is not None:
            found[item.id] = _answer(item, cell, now)
    return found


def _answer(item: Item, cell: Any, now: datetime) -> Any:
    """References are written as people write them; everything else is judged as the page's text would be."""
    if item.type is ItemType.DEPARTMENT:
        known = resolve(name_or_code=workbooks.text(cell), on=timezone.localdate(now))
        return known.id if known else workbooks.text(cell)
    if item.type is ItemType.PERSON:
        return _person(workbooks.text(cell))
    if isinstance(cell, bool | datetime):
        return cell
    return workbooks.text(cell)


def _person(text: str) -> Any:
    """By staff number, else by a name that only one person has; anything else stays text and is refused."""
    for condition in ({"staff_number": text}, {"name": text}):
        ids = list(Person.objects.filter(**condition).values_list("pk", flat=True)[:2])
        if len(ids) == 1:
            return ids[0]
    return text
