"""How the demo hospital's departments have reported the newest month: most are accepted, some stand in every turn.

Told by ordinary actions, like the rest of the story. Departments without an account are filled by the job that
loads the demo; what the office accepted is published, so that the indicators of the month rest on accepted sheets.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, time, timedelta

from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.access.queries import scope_of
from zhikong.foundation.access.scope import scoped
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.facts.reported import Count
from zhikong.hospital.functions.reporting import actions, library, queries
from zhikong.hospital.functions.reporting.models import FigureSheet
from zhikong.hospital.functions.reporting.rules import ASK, Cell

OFFICE, MEDICAL, OFFICER, ORTHOPAEDICS = "zhikong", "yiwu", "zhikongyuan", "guke"
TYPING, SENT, RETURNED, SILENT = "CARD", "ORTH", "GAST", "NEUR"
EVIDENCE = "科室登记与检查记录"


def tell(*, counts: Iterable[Count], now: datetime) -> bool:
    """Report the month of `counts`; False when it was told before."""
    rows = list(counts)
    if not rows or FigureSheet.objects.exists():
        return False
    month = rows[0].month
    opened = _at(month, 1, 8, now)
    actions.open_month(by=None, now=opened, month=month)
    known: dict[str, dict[str, Cell]] = {}
    for row in rows:
        known.setdefault(row.department, {})[row.item] = Cell(
            row.numerator, row.denominator, evidence=EVIDENCE
        )
    for sheet in queries.sheets(month=month):
        _report(sheet, known.get(sheet.department.code, {}), month, now)
    actions.publish_accepted(by=None, now=now)
    return True


def _report(sheet: FigureSheet, cells: Mapping[str, Cell], month: str, now: datetime) -> None:
    code = sheet.department.code
    if code == SILENT:
        return
    if code == TYPING:
        _begin(sheet, cells, month, now)
        return
    by, at = (ORTHOPAEDICS if code == SENT else None), _at(month, 4, 9 + sheet.pk % 8, now)
    _send(sheet, cells, by, at)
    if code == RETURNED:
        with _acting(OFFICE, at) as office:
            reason = "设备在用台数与装备科台账不符，请核对后重新提交。"
            actions.return_sheet(sheet, by=office, now=_at(month, 6, 10, now), reason=reason)
    elif code != SENT:
        accepting = OFFICE if "quality_office" in library.set_of(sheet).accept else MEDICAL
        with _acting(accepting, at) as office:
            actions.accept(sheet, by=office, now=_at(month, 6, 9 + sheet.pk % 8, now))


def _begin(sheet: FigureSheet, cells: Mapping[str, Cell], month: str, now: datetime) -> None:
    """Cardiology has typed three rows; the office gave it more time."""
    first = dict(list(_answers(sheet, cells).items())[:3])
    at = _at(month, 5, 16, now)
    with _acting(OFFICER, at) as officer:
        actions.save_rows(sheet, by=officer, now=at, cells=first)
    later = max(
        working_calendar().add_working_days(timezone.localdate(now), 2), sheet.due_on + timedelta(days=1)
    )
    with _acting(OFFICE, at) as office:
        actions.extend(
            sheet, by=office, now=_at(month, 6, 15, now), due_on=later, reason="心脏中心搬迁，设备清点未完"
        )


def _send(sheet: FigureSheet, cells: Mapping[str, Cell], username: str | None, at: datetime) -> None:
    answers = _answers(sheet, cells)
    if username is None:
        _type_and_submit(sheet, answers, None, at)
        return
    with _acting(username, at) as head:
        _type_and_submit(sheet, answers, head, at)


def _type_and_submit(sheet: FigureSheet, answers: Mapping[str, Cell], by, at: datetime) -> None:
    actions.save_rows(sheet, by=by, now=at, cells=answers)
    asked = [row for row in queries.grid(sheet).rows if any(r.level == ASK for r in row.remarks)]
    for row in asked:
        explained = Cell(**{**row.cell.__dict__, "explanation": "已与登记本逐项核对，属实。"})
        actions.save_row(sheet, by=by, now=at, item=row.item.id, cell=explained)
    actions.submit(sheet, by=by, now=at)


def _answers(sheet: FigureSheet, cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """What the department reports of its set; 本月无 where nothing happened."""
    nothing = Cell(nothing=True, evidence=EVIDENCE, explanation="本月没有发生。")
    found = {item.id: cells.get(item.id, nothing) for item in library.set_of(sheet).items}
    return {code: nothing if cell.denominator == 0 else cell for code, cell in found.items()}


@contextmanager
def _acting(username: str, at: datetime) -> Iterator[User]:
    """A demo user at work: with their own scope and nothing more."""
    user = User.objects.get(username=username)
    with scoped(scope_of(user, timezone.localdate(at))):
        yield user


def _at(month: str, day: int, hour: int, now: datetime) -> datetime:
    """A moment in working time of the month after `month`, never later than now."""
    first = library.month_end(month) + timedelta(days=day)
    return min(datetime.combine(first, time(hour), tzinfo=timezone.get_default_timezone()), now)
