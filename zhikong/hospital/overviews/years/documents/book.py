"""A department's record book as PDF for printing: cover, contents, records with numbers and lines to sign."""

import json
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.overviews.years.documents.summary import numeral
from zhikong.hospital.overviews.years.queries.books import SPARE, Book, Part
from zhikong.web import typesetting
from zhikong.web.charts.fonts import SANS, SERIF, folders

LAYOUT = Path(__file__).with_name("book.typ")


def pdf(found: Book, *, hospital: str, by, now: datetime, spare: int = SPARE) -> bytes:
    """PDF bytes. All words reach the layout as data. spare: empty records after each part, for writing by hand."""
    with TemporaryDirectory(prefix="zhikong-book-") as name:
        (Path(name) / "book.typ").write_bytes(LAYOUT.read_bytes())
        return typesetting.compile(
            str(Path(name) / "book.typ"),
            root=name,
            font_paths=[str(path) for path in folders()],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(_data(found, hospital, by, now, spare), ensure_ascii=False)},
            format="pdf",
            pdf_standards=["ua-1"],
        )


def _data(found: Book, hospital: str, by, now: datetime, spare: int) -> dict:
    period = calendar.spoken(found.first)
    if found.last != found.first:
        period = f"{period} — {calendar.spoken(found.last)}"
    made = _("%(who)s 于 %(at)s 生成") % {"who": by, "at": f"{timezone.localtime(now):%Y-%m-%d %H:%M}"}
    return {
        "title": _("%(name)s质量管理记录本") % {"name": found.department.name},
        "hospital": hospital, "department": found.department.name, "period": period, "made": made,
        "parts": [_part(n, part, spare) for n, part in enumerate(found.parts, 1)],
        "fonts": {"sans": SANS, "serif": SERIF},
    }  # fmt: skip


def _part(number: int, part: Part, spare: int) -> dict:
    entries = [
        {"on": f"{e.on:%Y-%m-%d}", "title": e.title, "text": e.text, "who": e.who} for e in part.entries
    ]
    blank = {"on": "", "title": "", "text": "", "who": ""}
    is_table = bool(part.heads)
    rows = [list(row) for row in part.rows]
    if is_table and part.key != "counts":
        rows += [[""] * len(part.heads)] * spare
    return {
        "title": f"{numeral(number)}、{part.title}", "size": part.size,
        "entries": [] if is_table else [*entries, *([blank] * spare)],
        "heads": list(part.heads), "rows": rows, "columns": list(part.columns),
    }  # fmt: skip
