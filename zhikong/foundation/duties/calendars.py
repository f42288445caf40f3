"""The year's calendar as a workbook and as iCalendar (RFC 5545) for phones."""

import io
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

import xlsxwriter

from zhikong.foundation.duties.dates import Dated, sources
from zhikong.foundation.duties.definition.model import BODY_WORDS
from zhikong.foundation.duties.yearbook import Turn

HEADS = (
    ("安排日期", 12), ("星期", 6), ("职责", 34), ("科室或组织", 18), ("类别", 8), ("周期", 14), ("期限", 12), ("状态", 10),
    ("完成日期", 12), ("责任人", 14), ("为什么是这一天", 46), ("依据", 60),
)  # fmt: skip
OTHERS = (("开始", 12), ("结束", 12), ("类别", 14), ("名称", 44), ("说明", 50))
LOADS = (
    ("责任人", 18),
    ("全年", 8),
    *((f"{n} 月", 7) for n in range(1, 13)),
    ("最多的一天", 12),
    ("当天项数", 10),
)
WEEKDAYS = "一二三四五六日"
LONGEST_LINE = 75  # octets, RFC 5545 section 3.1


def workbook(year: int, turns: Iterable[Turn], dated: Iterable[Dated]) -> bytes:
    """Three sheets: the duties day by day, what else has a date, and how much each person has in each month."""
    turns, stream = sorted(turns, key=lambda turn: (turn.on, turn.duty.order, turn.place.key)), io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_calc_mode("auto")
        _sheet(book, f"{year} 年职责", HEADS, (_duty_row(turn) for turn in turns))
        _sheet(book, "活动、会议与主题", OTHERS, (_dated_row(one) for one in dated))
        _sheet(book, "每人负荷", LOADS, _load_rows(turns))
    return stream.getvalue()


def _sheet(book, name: str, heads, rows: Iterable[tuple]) -> None:
    sheet = book.add_worksheet(name)
    head, day = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "yyyy-mm-dd"})
    for column, (word, width) in enumerate(heads):
        sheet.write_string(0, column, word, head)
        sheet.set_column(column, column, width)
    last = 0
    for last, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(last, column, value, day)
            elif isinstance(value, int):
                sheet.write_number(last, column, value)
            elif value:
                sheet.write_string(last, column, value)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(heads) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _duty_row(turn: Turn) -> tuple:
    return (
        turn.on, WEEKDAYS[turn.on.weekday()], turn.title, turn.place.name, BODY_WORDS[turn.duty.body],
        turn.period.key, turn.due_on, turn.word, turn.done_on, turn.person,
        turn.proposed.why if turn.proposed else "", turn.due_reason,
    )  # fmt: skip


def _dated_row(one: Dated) -> tuple:
    titles = {source.code: str(source.title) for source in sources()}
    return one.on, one.last, titles.get(one.kind, one.kind), one.title, one.note


def _load_rows(turns: list[Turn]) -> Iterator[tuple]:
    by_person: dict[tuple[str, str], list[date]] = {}
    for turn in turns:
        by_person.setdefault((turn.person, turn.person_key), []).append(turn.on)
    for (name, _key), days in sorted(by_person.items()):
        fullest = max(sorted(set(days)), key=days.count)
        months = (sum(day.month == n for day in days) for n in range(1, 13))
        yield (name, len(days), *months, fullest, days.count(fullest))


def icalendar(year: int, turns: Iterable[Turn], dated: Iterable[Dated], *, now: datetime, base: str) -> str:
    """All-day events: open duties on their proposed days with a reminder of the due date, and what else has a date.

    The identity of an event stays the same from one export to the next, so that a calendar takes over changes.
    """
    stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//zhikong//duties//ZH", "CALSCALE:GREGORIAN",
             f"X-WR-CALNAME:{_text(f'{year} 年质控日历')}"]  # fmt: skip
    for turn in turns:
        if turn.is_open:
            lines += _turn_event(turn, stamp, base)
    for one in dated:
        lines += _event(
            f"{one.kind}-{one.on}-{one.title}", one.on, one.last, one.title, one.note, stamp, base + one.url
        )
    return "\r\n".join(folded for line in [*lines, "END:VCALENDAR"] for folded in _folded(line)) + "\r\n"


def _turn_event(turn: Turn, stamp: str, base: str) -> list[str]:
    title = f"{turn.title}（{turn.place.name}）"
    said = f"期限 {turn.due_on}。{turn.due_reason}"
    return _event(
        "-".join(turn.key), turn.on, turn.on, title, said, stamp, f"{base}/duties/year/{turn.slug}/"
    )


def _event(uid: str, start: date, end: date, title: str, said: str, stamp: str, url: str) -> list[str]:
    found = ["BEGIN:VEVENT", f"UID:{_text(uid)}@zhikong", f"DTSTAMP:{stamp}", f"DTSTART;VALUE=DATE:{start:%Y%m%d}",
             f"DTEND;VALUE=DATE:{end + timedelta(days=1):%Y%m%d}", f"SUMMARY:{_text(title)}", "TRANSP:TRANSPARENT"]  # fmt: skip
    if said:
        found.append(f"DESCRIPTION:{_text(said)}")
    return [*found, f"URL:{url}", "END:VEVENT"]


def _text(value: str) -> str:
    """Escaped as RFC 5545 section 3.3.11 says."""
    for sign in ("\\", ";", ","):
        value = value.replace(sign, "\\" + sign)
    return value.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Lines of at most 75 octets; a character is never cut."""
    part, size = "", 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > LONGEST_LINE:
            yield part
            part, size = " ", 1
        part, size = part + sign, size + octets
    yield part
