"""Which column of a hospital's file is which column of the contract: proposed with a reason, decided by a person.

A header is compared with every name that the packs know for a contract column: its Chinese meaning, the HQMS code,
the older P-codes, the pinyin names of the direct report. Then the first rows are looked at: a column whose values
do not fit the type is proposed with a warning, or given up when another fits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher

from zhikong.engine.tables import TABLES, Column, Type
from zhikong.intake.mappings import Mapping as FileMapping
from zhikong.intake.references import owner_of

GIVEN = frozenset({"institution", "zone", "stay_id", "patient_key"})
"""Filled by the reading itself, never by a column of the file."""

CERTAIN, LIKELY, POSSIBLE = 1.0, 0.9, 0.75
_NUMBERS: Mapping[str, tuple[str, ...]] = {
    "record_number": ("病案号", "住院号", "病历号", "患者编号", "A48", "BAH", "P3", "AAA28"),
    "admission_number": ("住院次数", "第几次住院", "入院次数", "A49", "ZYCS", "P2", "AAA29"),
    "visit_number": ("住院流水号", "就诊流水号", "就诊号", "住院就诊号", "ZYLSH"),
    "name": ("姓名", "患者姓名", "病人姓名", "A11", "XM", "P4", "AAA01"),
}
NUMBERS = tuple(_NUMBERS)
"""What tells patients and stays apart; these columns become pseudonyms and sealed identities, never table columns."""

_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d", "%Y年%m月%d日")
_CLOCKS = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "%H%M%S", "%H%M", " %H时%M分")


@dataclass(frozen=True, slots=True)
class Guess:
    """One contract column and the header that may fill it. `why` and `doubt` are Chinese; `doubt` warns."""

    column: str
    header: str | None
    confidence: float = 0.0
    why: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a file seems to be. `numbers` are guesses for NUMBERS; `unused` are headers that nothing asks for."""

    table: str
    guesses: tuple[Guess, ...]
    numbers: tuple[Guess, ...]
    unused: tuple[str, ...]

    @property
    def lacking(self) -> tuple[str, ...]:
        """Columns that the contract demands and that nothing fills."""
        needed = {c.name for c in TABLES[self.table].columns if not c.nullable} - GIVEN
        return tuple(g.column for g in self.guesses if g.column in needed and g.header is None)


def normal(name: str) -> str:
    """A header without what people add to it: spaces, brackets with units, full-width forms, case."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    folded = re.sub(r"[\(\[（【].*?[\)\]）】]", "", folded)
    return re.sub(r"[\s_\-:：/、.*#]+", "", folded)


def names_of(mappings: Iterable[FileMapping]) -> dict[tuple[str, str], tuple[str, ...]]:
    """(table, column) → every name by which the packs' mappings know it."""
    found: dict[tuple[str, str], list[str]] = {}
    for mapping in mappings:
        for table in mapping.tables:
            for field in table.fields:
                if field.from_:
                    names = found.setdefault((table.table, field.column), [])
                    names += _written(mapping, table.source, field.from_)
    return {key: tuple(dict.fromkeys(names)) for key, names in found.items()}


def _written(mapping: FileMapping, source: str, column: str) -> list[str]:
    source, column = owner_of(column, source, mapping.sources)
    where = mapping.sources[source]
    if where.format not in ("csv", "parquet"):  # a path in a message or resource is no header
        return []
    return [column, *([where.names[column]] if column in where.names else []), *where.aliases.get(column, ())]


def propose(
    table: str,
    header: Sequence[str],
    samples: Mapping[str, Sequence[str]],
    known: Mapping[tuple[str, str], Sequence[str]],
) -> Proposal:
    """The best fitting header of each contract column; a header is proposed once.

    samples: header → values of the first rows, blanks left out. known: see `names_of`.
    """
    candidates = [
        *_candidates(TABLES[table].columns, header, samples, lambda c: _names(table, c, known)),
    ]
    numbers = [guess for name in NUMBERS for guess in _by_name(name, _NUMBERS[name], header)]
    if (
        TABLES[table].child_of == "stays"
    ):  # without them no row finds its stay: they go before a column of that name
        numbers = [replace(guess, confidence=guess.confidence + 0.1) for guess in numbers]
    taken = _best([*candidates, *numbers])
    columns = [c.name for c in TABLES[table].columns if c.name not in GIVEN]
    guesses = tuple(taken.get(name, Guess(name, None)) for name in columns)
    own = tuple(taken.get(name, Guess(name, None)) for name in NUMBERS)
    used = {guess.header for guess in (*guesses, *own)}
    return Proposal(table, guesses, own, tuple(h for h in header if h and h not in used))


def likeliest(
    header: Sequence[str], known: Mapping[tuple[str, str], Sequence[str]], tables: Iterable[str] = TABLES
) -> list[tuple[str, int]]:
    """The contract's tables by how many columns of the header they could use, the best first; none that could use none."""
    found = []
    for table in tables:
        proposal = propose(table, header, {}, known)
        number = sum(g.header is not None and g.confidence >= LIKELY for g in proposal.guesses)
        if number:
            found.append((table, number - len(proposal.lacking)))
    return sorted(found, key=lambda pair: -pair[1])


def _names(table: str, column: Column, known: Mapping[tuple[str, str], Sequence[str]]) -> list[str]:
    meaning = re.split(r"[：，；（]", column.meaning)[0]
    bare = meaning.removesuffix("代码").removesuffix("工号")
    return [
        meaning,
        bare,
        told_apart(column),
        column.name,
        *([column.hqms] if column.hqms else []),
        *known.get((table, column.name), ()),
    ]


def told_apart(column: Column) -> str:
    """The name of a column beside others of the same name: with its unit (昏迷天), or what stands in its brackets."""
    short = re.split("[：，；（]", column.meaning)[0] + column.unit
    whole = re.split("[：，；]", column.meaning)[0]
    return re.sub(r"[（）\s]", "", short if column.unit else whole)


def _candidates(columns, header, samples, names) -> Iterable[Guess]:
    for column in columns:
        if column.name in GIVEN:
            continue
        for guess in _by_name(column.name, names(column), header):
            yield _judged(guess, column, samples.get(guess.header or "", ()))


def _by_name(column: str, names: Sequence[str], header: Sequence[str]) -> Iterable[Guess]:
    wanted = {normal(name): name for name in names}
    for written in header:
        plain = normal(written)
        if not plain:
            continue
        if plain in wanted:
            yield Guess(column, written, CERTAIN, f"列名就是“{wanted[plain]}”")
            continue
        name, likeness = _nearest(plain, wanted)
        if likeness >= POSSIBLE:
            yield Guess(column, written, likeness * LIKELY, f"列名接近“{name}”")


def _nearest(plain: str, wanted: Mapping[str, str]) -> tuple[str, float]:
    """The likest name; codes of letters and digits are equal or they are not."""
    best, most = "", 0.0
    for key, name in wanted.items():
        if key.isascii() or plain.isascii():
            continue
        likeness = SequenceMatcher(None, plain, key, autojunk=False).ratio()
        if likeness > most:
            best, most = name, likeness
    return best, most


def _judged(guess: Guess, column: Column, values: Sequence[str]) -> Guess:
    """The guess after a look at the values: fitting ones raise it, others lower it and are told."""
    if not values:
        return guess
    wrong = [value for value in values if not fits(column, value)]
    if not wrong:
        return replace(guess, confidence=guess.confidence + 0.05)
    share = len(wrong) / len(values)
    doubt = f"前 {len(values)} 个值里有 {len(wrong)} 个不像{_KINDS[column.type]}，如“{wrong[0][:20]}”"
    return replace(guess, confidence=guess.confidence - 0.5 * share, doubt=doubt)


_KINDS = {
    Type.TEXT: "代码",
    Type.INT: "整数",
    Type.FLOAT: "数字",
    Type.BOOL: "是/否",
    Type.DATE: "日期",
    Type.TIMESTAMP: "日期时间",
}
_FLAGS = frozenset(["1", "0", "是", "否", "y", "n", "yes", "no", "true", "false", "t", "f"])


def fits(column: Column, value: str) -> bool:
    """Whether a text could be a value of the column; codes that a person can still map are not judged."""
    if column.type in (Type.DATE, Type.TIMESTAMP):
        return _is_date(value)
    if column.type is Type.BOOL:
        return value.casefold() in _FLAGS
    if column.type is Type.INT and column.unit != "分":
        return re.fullmatch(r"-?\d+(\.0+)?", value) is not None
    if column.type in (Type.INT, Type.FLOAT):
        return re.fullmatch(r"-?\d+(\.\d+)?", value) is not None
    return True


def _is_date(value: str) -> bool:
    for form in (day + clock for day in _DATES for clock in _CLOCKS):
        try:
            datetime.strptime(value, form)  # noqa: DTZ007  # only whether it can be read
        except ValueError:
            continue
        return True
    return False


def _best(guesses: Iterable[Guess]) -> dict[str, Guess]:
    """Each column and each header once, the surest pairs first."""
    taken: dict[str, Guess] = {}
    headers: set[str | None] = set()
    for guess in sorted(guesses, key=lambda g: -g.confidence):
        if guess.confidence >= 0.5 and guess.column not in taken and guess.header not in headers:
            taken[guess.column] = guess
            headers.add(guess.header)
    return taken
