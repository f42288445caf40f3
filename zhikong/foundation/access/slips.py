"""密码条: one strip per person to cut off and hand over, by department; as PDF or as Word. Written once, stored nowhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from docx import Document
from docx.enum.text import WD_BREAK
from docx.shared import Cm

from zhikong.foundation.access.actions_passwords import Issued
from zhikong.web import paper, typesetting
from zhikong.web.charts.fonts import SANS, folders

LAYOUT = Path(__file__).with_name("slips.typ")
WIDTHS = (3.6, 4.6, 7.6)
Data = dict[str, Any]


def content(
    issued: Sequence[tuple[str, Issued]], *, hospital: str, address: str, by, now: datetime, until: datetime
) -> Data:
    """What both papers hold. issued: (department's name, password issued), in the order of the strips."""
    return {
        "title": _("初始密码条"),
        "hospital": hospital,
        "address": address,
        "groups": [_group(name, list(people)) for name, people in groupby(issued, key=lambda one: one[0])],
        "trail": _("打印：%(who)s %(at)s") % {"who": by, "at": f"{timezone.localtime(now):%Y-%m-%d %H:%M}"},
        "fonts": {"sans": SANS},
        "words": {
            "secret": _("请勿转交、拍照或张贴"),
            "name": _("姓名"),
            "username": _("用户名"),
            "password": _("初始密码"),
            "address": _("登录地址"),
            "until": _("有效期至 %(day)s") % {"day": f"{timezone.localtime(until):%Y-%m-%d %H:%M}"},
            "how": _("第一次登录后系统会要求设置自己的密码。遗失请到信息科重新领取，旧密码随即作废。"),
            "once": _("密码只打印这一次，系统里不留明文。分发后请销毁余页。"),
            "page": _("第"),
            "pages": _("页"),
        },
    }


def _group(name: str, people: list[tuple[str, Issued]]) -> Data:
    return {
        "name": name,
        "count": _("%(n)d 人") % {"n": len(people)},
        "people": [
            {
                "department": name,
                "name": one.user.get_full_name(),
                "username": one.user.username,
                "password": one.password,
            }
            for _name, one in people
        ],
    }


def pdf(data: Data) -> bytes:
    """Seven strips on an A4 page; each department begins a page. The passwords never lie in a file."""
    with TemporaryDirectory(prefix="zhikong-slips-") as name:
        file = Path(name, "slips.typ")
        file.write_bytes(LAYOUT.read_bytes())
        return typesetting.compile(
            str(file),
            root=name,
            font_paths=[str(path) for path in folders()],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            format="pdf",
        )


def word(data: Data) -> bytes:
    """The same as Word, one small table per person."""
    document = Document()
    paper.lay_out(document)
    document.core_properties.title = data["title"]
    for number, group in enumerate(data["groups"]):
        if number:
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        document.add_heading(f"{data['hospital']}　{group['name']}　{group['count']}", level=1)
        _note(document, f"{data['trail']}　{data['words']['once']}")
        for one in group["people"]:
            _strip(document, one, data)
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


def _strip(document, one: Data, data: Data) -> None:
    words = data["words"]
    table = document.add_table(rows=0, cols=len(WIDTHS))
    table.autofit = False
    paper.rule(table)
    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.width = Cm(width)
    keys = ("name", "username", "password")
    for font, texts in (
        (paper.HEADING, [words[key] for key in keys]),
        (paper.BODY, [one[key] for key in keys]),
    ):
        added = table.add_row()
        paper.keep_whole(added)
        for cell, text, width in zip(added.cells, texts, WIDTHS, strict=True):
            paper.set_cell(cell, text, font, width=width)
            cell.paragraphs[0].paragraph_format.keep_with_next = True
    _note(
        document, f"{words['address']} {data['address']}　{words['until']}　{words['secret']}。{words['how']}"
    )


def _note(document, text: str) -> None:
    note = document.add_paragraph()
    paper.set_font(note.add_run(text), paper.BODY, 9)
    note.paragraph_format.line_spacing = 1.1
    note.paragraph_format.space_after = Cm(0.6)
