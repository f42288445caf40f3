"""The uploaded file of a draft: where it waits, as which text it is read, and what its first rows hold."""

from __future__ import annotations

import csv
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from django.conf import settings

from zhikong.hospital.functions.datasources.models import ImportDraft
from zhikong.intake import workbooks
from zhikong.intake.textfiles import TextFile, examine

SAMPLED = 200
COUNTED = 200_000  # rows looked at for the distinct values of a code column
TRIED = 20_000  # rows of a trial reading


def folder(draft: ImportDraft) -> Path:
    """A private folder of the draft; its names are ours, none comes from outside."""
    return Path(settings.ZHIKONG_HOME) / "inbox" / str(draft.institution_id) / f"draft-{draft.pk}"


def upload_of(draft: ImportDraft) -> Path:
    return folder(draft) / "upload"


def text_of(draft: ImportDraft) -> Path:
    """The file as text: the upload itself, or the chosen sheet of a workbook."""
    return folder(draft) / "sheet.csv" if draft.sheet else upload_of(draft)


def keep(draft: ImportDraft, chunks: Iterable[bytes]) -> int:
    """Write the upload; gives its size in bytes."""
    shutil.rmtree(
        folder(draft), ignore_errors=True
    )  # a restored database may count from an earlier number again
    folder(draft).mkdir(parents=True, mode=0o700)
    size = 0
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(upload_of(draft), flags, 0o600), "wb") as file:
        for chunk in chunks:
            file.write(chunk)
            size += len(chunk)
    return size


def extract(draft: ImportDraft, sheet: workbooks.Sheet) -> None:
    """Write the chosen sheet as text."""
    workbooks.write_text(upload_of(draft), sheet, folder(draft) / "sheet.csv")
    (folder(draft) / "sheet.csv").chmod(0o600)


def rows(draft: ImportDraft, most: int) -> Iterator[dict[str, str]]:
    """The first rows as header → text, blanks left out. Raises FileRefused when the file cannot be read."""
    text = examine(text_of(draft))
    with text.path.open(encoding=text.encoding, newline="") as file:
        reader = csv.reader(file, delimiter=text.delimiter)
        next(reader, None)
        for row in islice(reader, most):
            yield {
                name: value.strip()
                for name, value in zip(text.header, row, strict=False)
                if name and value.strip()
            }


def samples(draft: ImportDraft) -> dict[str, list[str]]:
    """Header → values of the first rows."""
    found: dict[str, list[str]] = {}
    for row in rows(draft, SAMPLED):
        for name, value in row.items():
            found.setdefault(name, []).append(value)
    return found


def values(draft: ImportDraft, headers: Iterable[str]) -> dict[str, Counter[str]]:
    """Header → how often each text stands in it, of the first COUNTED rows."""
    found = {name: Counter() for name in headers}
    for row in rows(draft, COUNTED):
        for name, counter in found.items():
            if name in row:
                counter[row[name]] += 1
    return found


def head(draft: ImportDraft, target: Path) -> tuple[Path, bool]:
    """The first TRIED rows as a file of their own, and whether that is all of them."""
    text = examine(text_of(draft))
    return target, _copied(text, target)


def _copied(text: TextFile, target: Path) -> bool:
    with (
        text.path.open(encoding=text.encoding, newline="") as source,
        target.open("w", encoding="utf-8", newline="") as file,
    ):
        reader = csv.reader(source, delimiter=text.delimiter)
        csv.writer(file).writerows(islice(reader, TRIED + 1))
        return next(reader, None) is None
