"""What the wizard shows: proposals with reasons, texts that are no code yet, and what a trial reading gives."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pyarrow.parquet as pq
from django.conf import settings

from zhikong.engine.tables import TABLES, Column
from zhikong.foundation.facts import gateway
from zhikong.hospital.functions.datasources.mappings import mappings, packaged
from zhikong.hospital.functions.datasources.models import ImportDraft
from zhikong.hospital.functions.datasources.queries import directory, reading_context
from zhikong.hospital.functions.datasources.wizard import files
from zhikong.intake.drafting import Choices, mapping_text, missing
from zhikong.intake.lowering import DEPARTMENT_COLUMNS
from zhikong.intake.mappings import read_mapping
from zhikong.intake.proposing import GIVEN, NUMBERS, Guess, Proposal, likeliest, names_of, propose
from zhikong.intake.reading import Reading, read_files
from zhikong.intake.reasons import REASONS, FileRefused, Problem
from zhikong.intake.recognition import Recognised, recognise

TABLES_OFFERED = tuple(TABLES)
MOST_SHOWN = 3
MOST_VALUES = 60


@cache
def known_names():
    """(table, column) → names, of every mapping that came with the installation."""
    return names_of(file.mapping for file in packaged().values())


def likeliest_table(header: list[str]) -> str:
    """The contract's table that a header fits best; stays when it fits none."""
    found = likeliest(header, known_names(), TABLES_OFFERED)
    return found[0][0] if found else "stays"


def proposal(draft: ImportDraft, table: str) -> Proposal:
    return propose(table, draft.header, files.samples(draft), known_names())


def known_layout(draft: ImportDraft) -> Recognised | None:
    """A mapping that already reads this file, told by its header, and what the file looks like."""
    return recognise(draft.header, (file.mapping for file in mappings().values()))


def choices(draft: ImportDraft, mapping_id: str = "own_trial", name: str = "") -> Choices:
    """The draft as intake understands it."""
    return Choices(
        mapping_id, name or draft.file_name, draft.table, draft.columns, draft.numbers, draft.codes
    )


@dataclass(frozen=True)
class Line:
    """One row of the page that matches columns: `key` is a contract column or one of NUMBERS."""

    key: str
    meaning: str
    needed: bool
    chosen: str
    guess: Guess
    examples: tuple[str, ...]
    unit: str = ""

    @property
    def shown(self) -> bool:
        """Optional columns that nothing was recognised for stand folded below the others."""
        return self.needed or bool(self.chosen or self.guess.header) or self.key in NUMBERS


def lines(draft: ImportDraft) -> list[Line]:
    """Numbers that tell patients apart first, then what the contract demands, then the rest."""
    samples = files.samples(draft)
    proposed = propose(draft.table, draft.header, samples, known_names())
    found = [_number_line(draft, guess) for guess in proposed.numbers] if _has_stays(draft) else []
    columns = {c.name: c for c in TABLES[draft.table].columns}
    own = [
        _column_line(draft, columns[g.column], g, samples) for g in proposed.guesses if g.column not in GIVEN
    ]
    return [*found, *sorted(own, key=lambda line: not line.needed)]


def _has_stays(draft: ImportDraft) -> bool:
    return draft.table == "stays" or TABLES[draft.table].child_of == "stays"


NUMBER_MEANINGS = {
    "record_number": "病案号（只存假名）",
    "admission_number": "住院次数",
    "visit_number": "住院流水号（有则不需要住院次数）",
    "name": "姓名（加密另存，可不选）",
}


def _number_line(draft: ImportDraft, guess: Guess) -> Line:
    """Identifying columns show no values."""
    needed = guess.column == "record_number" and draft.table == "stays"
    return Line(
        guess.column, NUMBER_MEANINGS[guess.column], needed, draft.numbers.get(guess.column, ""), guess, ()
    )


def _column_line(draft: ImportDraft, column: Column, guess: Guess, samples) -> Line:
    header = draft.columns.get(column.name, "")
    seen = tuple(dict.fromkeys(samples.get(header or guess.header or "", ())))[:MOST_SHOWN]
    needed = not column.nullable and column.name not in ("seq",)
    return Line(column.name, column.meaning.split("：")[0], needed, header, guess, seen, _unit(column))


def _unit(column: Column) -> str:
    return "元" if column.unit == "分" else column.unit


@dataclass(frozen=True)
class Unmapped:
    """A column of codes, and the texts in it that are no code of the contract, the most frequent first."""

    column: Column
    header: str
    texts: tuple[tuple[str, int], ...]
    more: int


def code_columns(draft: ImportDraft) -> list[Unmapped]:
    """The chosen columns whose texts must be turned into codes."""
    wanted = {
        column.name: column
        for column in TABLES[draft.table].columns
        if column.domain is not None and column.name in draft.columns
    }
    counted = files.values(draft, {draft.columns[name] for name in wanted})
    found = [_unmapped(column, draft.columns[name], counted) for name, column in wanted.items()]
    return [one for one in found if one.texts]


def _unmapped(column: Column, header: str, counted: dict[str, Counter[str]]) -> Unmapped:
    texts = [(text, n) for text, n in counted[header].most_common() if text not in column.domain.codes]
    return Unmapped(column, header, tuple(texts[:MOST_VALUES]), max(0, len(texts) - MOST_VALUES))


def proposed_code(column: Column, text: str) -> str:
    """The code whose Chinese meaning is the text, '' when none is: never a guess by likeness."""
    return next((code for code, label in column.domain.values if text in (label, code.lstrip("0"))), "")


def unknown_departments(draft: ImportDraft) -> list[tuple[str, int]]:
    """Names of departments in the file that the organisation does not know, the most frequent first."""
    headers = {header for name, header in draft.columns.items() if name in DEPARTMENT_COLUMNS}
    known = directory()
    total: Counter[str] = Counter()
    for counter in files.values(draft, headers).values():
        total.update({text: n for text, n in counter.items() if text not in known})
    return total.most_common(MOST_VALUES)


@dataclass(frozen=True)
class Trial:
    """What a reading of the file's head gave; nothing of it was kept. `refused` is a sentence, or ''."""

    delivered: int = 0
    faulty: int = 0
    rows: tuple[tuple[str, int], ...] = ()
    problems: tuple[Problem, ...] = ()
    counts: tuple[tuple[str, str, int], ...] = ()
    months: tuple[str, ...] = ()
    whole: bool = True
    refused: str = ""
    remedy: str = ""

    @property
    def good(self) -> int:
        return self.delivered - self.faulty


def still_missing(draft: ImportDraft) -> list[str]:
    return missing(choices(draft))


def trial(draft: ImportDraft, *, now: datetime) -> Trial:
    """Read the head of the file as a load would, in a folder that is removed afterwards (dry run)."""
    base = Path(settings.ZHIKONG_HOME) / "trials"
    base.mkdir(exist_ok=True, mode=0o700)
    place = Path(mkdtemp(dir=base))
    try:
        return _tried(draft, place, now)
    except FileRefused as refused:
        return Trial(refused=refused.message, remedy=refused.remedy)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _tried(draft: ImportDraft, place: Path, now: datetime) -> Trial:
    mapping = read_mapping(mapping_text(choices(draft)), Path("own_trial.yaml"))
    path, whole = files.head(draft, place / "head.csv")
    stays = [Path(p) for p in gateway.published().files("stays")] if draft.table != "stays" else []
    reading = read_files(
        {mapping.main: path},
        mapping,
        reading_context(now),
        place,
        known_stays=stays,
        header_rows={mapping.main: draft.header_row},
    )
    return _as_trial(reading, whole)


def _as_trial(reading: Reading, whole: bool) -> Trial:
    counts = [(REASONS[reason].title, label, n) for (reason, label), n in reading.counts.most_common(20)]
    rows = [(TABLES[name].meaning.split("：")[0], n) for name, n in reading.rows.items()]
    return Trial(
        reading.delivered_rows,
        reading.faulty_rows,
        tuple(rows),
        tuple(reading.problems[:20]),
        tuple(counts),
        tuple(_months(reading)),
        whole,
    )


def _months(reading: Reading) -> list[str]:
    found: set[str] = set()
    for path in reading.tables.values():
        found |= set(pq.read_table(path, columns=["month"])["month"].unique().to_pylist())
    return sorted(found)


__all__ = ["NUMBERS", "TABLES_OFFERED", "Line", "Trial", "Unmapped"]
