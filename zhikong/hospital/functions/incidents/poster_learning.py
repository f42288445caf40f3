"""A ward's wall as a poster: one lying or standing A4 page after another, to be pinned up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.incidents.queries.learning.changes import PublicChange
from zhikong.web import typesetting
from zhikong.web.charts.fonts import SANS, folders

LAYOUT = Path(__file__).with_name("poster_learning.typ")
MOST = 8  # changes on a poster; older ones stay on the page


def pdf(ward: str, changes: Sequence[PublicChange], *, now: datetime) -> bytes:
    """The poster of a ward. Only released sentences stand on it."""
    data = {
        "hospital": institution().name, "ward": ward, "font": SANS, "made": f"{now:%Y-%m-%d}",
        "changes": [{"said": one.said, "changed": one.changed, "since": one.since} for one in changes[:MOST]],
        "words": {
            "title": "您说，我们改", "said": "您说", "changed": "我们改", "since": "起",
            "empty": "还没有可以公开的改进。您说的每一件事，我们都会看。",
            "foot": "看到隐患、差点出错、出了差错，都请说出来：手机、扫码、匿名都可以。上报不追究，说了有回音。",
        },
    }  # fmt: skip
    with TemporaryDirectory(prefix="zhikong-poster-") as folder:
        Path(folder, LAYOUT.name).write_bytes(LAYOUT.read_bytes())
        return typesetting.compile(
            str(Path(folder, LAYOUT.name)), root=folder, font_paths=[str(path) for path in folders()],
            ignore_system_fonts=True, sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, format="pdf",
            pdf_standards=["ua-1"],
        )  # fmt: skip
