"""Square codes, and the labels on which they hang in the wards. All words reach the layout as data, never as markup."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import qrcode
import qrcode.image.svg
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from zhikong.web import typesetting
from zhikong.web.charts.fonts import SANS, folders

LAYOUT = Path(__file__).with_name("labels.typ")


def _svg(address: str) -> str:
    made = qrcode.make(
        address,
        image_factory=qrcode.image.svg.SvgPathImage,
        border=2,
        error_correction=qrcode.ERROR_CORRECT_M,
    )
    out = io.BytesIO()
    made.save(out)
    return out.getvalue().decode()


def square(address: str) -> str:
    """An address as a square code for a page: SVG made here from our own address."""
    text = _svg(address)
    shown = text[text.index("<svg") :].replace("<svg ", '<svg aria-hidden="true" ', 1)
    return mark_safe(shown.replace(' id="qr-path"', ""))


def labels_pdf(labels: Sequence[tuple[str, str]]) -> bytes:
    """Labels of (department, address) as PDF, six on an A4 page."""
    data = {
        "labels": [{"name": name, "square": f"{n}.svg"} for n, (name, _address) in enumerate(labels)],
        "words": {
            "title": _("看到不良事件、差点出事？扫一扫"),
            "one": _("90 秒说清楚，可以匿名，不登录"),
            "two": _("不进绩效，不进个人档案；会有答复"),
        },
        "font": SANS,
        "document": _("不良事件上报二维码"),
    }
    with TemporaryDirectory(prefix="zhikong-labels-") as name:
        for n, (_name, address) in enumerate(labels):
            Path(name, f"{n}.svg").write_text(_svg(address), encoding="utf-8")
        file = Path(name, "labels.typ")
        file.write_bytes(LAYOUT.read_bytes())
        return typesetting.compile(
            str(file),
            root=name,
            font_paths=[str(path) for path in folders()],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            format="pdf",
        )
