"""How far a load has come, for the page that is polled: words, and percent where the end is known."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext as _

from zhikong.foundation.access.scope import Scope, scoped
from zhikong.foundation.facts.models import Load

READ = 70
"""Percent of the way when everything is read and what is left is to publish."""
STAGED = 50
"""Percent of the way when every row is staged and what is left is to check them."""
EVERY = 2.0  # seconds between two lines: a person looks, and each is a commit
_SAMPLE = 256 * 1024


def tell(load: Load, scope: Scope, stage: str, percent: int | None) -> None:
    """Write it down; commits by itself, so that others see it while the load goes on."""
    load.stage, load.progress = stage, percent
    with scoped(scope):
        Load.objects.filter(pk=load.pk).update(stage=stage, progress=percent)


def of(load: Load, scope: Scope, main: Path | None) -> Callable[[int], None]:
    """What a reading calls with its rows so far. main: the largest file; its rows are estimated when it is text."""
    total, last = _rows_in(main), time.monotonic()

    def told(rows: int) -> None:
        nonlocal last
        if time.monotonic() - last < EVERY:
            return
        last = time.monotonic()
        percent = None if total is None else min(STAGED, round(STAGED * rows / total))
        tell(load, scope, _("已读取 %(rows)s 行") % {"rows": f"{rows:,}"}, percent)

    return told


def _rows_in(file: Path | None) -> int | None:
    """About how many lines a text file has, by the length of its first ones; None for what is no text."""
    if file is None or not file.is_file():
        return None
    with file.open("rb") as opened:
        sample = opened.read(_SAMPLE)
    lines = sample.count(b"\n")
    if not lines or b"\x00" in sample or sample[:4] in (b"PAR1", b"PK\x03\x04"):
        return None
    return max(1, round(file.stat().st_size * lines / len(sample)))
