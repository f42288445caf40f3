"""Rows that were not taken come back as they were sent, with the reasons."""

from datetime import datetime
from io import BytesIO

import openpyxl

from zhikong.foundation.forms.exchange import set_aside, workbooks


def sent(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def back(content, reasons):
    page = next(iter(workbooks.read(set_aside.workbook(content, reasons)).values()))
    return page.heads, [list(record.values()) for _row, record in page.records()]


def test_only_the_refused_rows_come_back_in_their_order():
    heads, rows = back(sent(("甲", "乙"), (1, "a"), (2, "b"), (3, "c")), {4: ["坏"], 2: ["错", "缺"]})
    assert heads == ["退回原因", "甲", "乙"]
    assert rows == [["错\n缺", 1, "a"], ["坏", 3, "c"]]


def test_values_stay_what_they_were():
    moment = datetime.fromisoformat("2026-11-22 08:30")
    _heads, rows = back(sent(("数", "时间", "文字"), (0.5, moment, "+86")), {2: ["x"]})
    assert rows == [["x", 0.5, moment, "+86"]]


def test_the_reasons_of_an_earlier_time_are_replaced():
    heads, rows = back(sent(("退回原因", "甲"), ("旧的", 1)), {2: ["新的"]})
    assert heads == ["退回原因", "甲"]
    assert rows == [["新的", 1]]
