"""The one place where PDF documents are set: fonts are ours, and a page of the training site says on its face that it is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typst
from django.conf import settings

MARKED = """#set page(foreground: pdf.artifact(rotate(-35deg, text(size: 54pt, fill: rgb(190, 30, 45, 38), font: "Noto Sans SC", weight: "bold")[演练数据])))
"""


def compile(path: Path | str, **options: Any) -> Any:
    """What ``typst.compile`` gives for a layout that lies in a folder of the caller's own."""
    if getattr(settings, "TRAINING", False):
        layout = Path(path)
        layout.write_text(MARKED + layout.read_text(encoding="utf-8"), encoding="utf-8")
    return typst.compile(path, **options)
