"""The templates and the words that diseases bring, read from the data files of this folder."""

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from zhikong.simulator import catalogue

_SLOT = re.compile(r"\{(\w+)\}")
IDENTIFYING = {
    "name": "name", "relative": "name", "doctor": "name", "titled": "name", "phone": "phone", "relphone": "phone",
    "landline": "phone", "id": "id_number", "address": "address", "record": "record_number",
}  # fmt: skip
"""Slots that identify a person, and what kind of identifier they are."""
PLACEHOLDERS = {
    "name": "【姓名】", "phone": "【电话】", "id_number": "【证件号】", "address": "【住址】", "record_number": "【院内号】",
}  # fmt: skip


@dataclass(frozen=True)
class Template:
    """One way to write a section: literals and slots by turns, beginning with a literal."""

    pieces: tuple[str, ...]

    @property
    def slots(self) -> tuple[str, ...]:
        return self.pieces[1::2]


@cache
def sections(kind: int) -> dict[str, tuple[Template, ...]]:
    """Section name -> its templates, for a document type of WS/T 500; nothing for a type without a file."""
    file = resources.files("zhikong.simulator.texts").joinpath("templates", f"{kind:02d}.txt")
    found: dict[str, list[Template]] = {}
    if not file.is_file():
        return {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            own = found.setdefault(line.strip("[]"), [])
        elif line:
            own.append(Template(tuple(_SLOT.split(line))))
    return {name: tuple(templates) for name, templates in found.items()}


@cache
def kinds() -> tuple[int, ...]:
    """Document types that have templates."""
    return tuple(number for number in range(54) if sections(number))


@cache
def disease_words() -> dict[str, np.ndarray]:
    """diseases.csv by column; `row` gives the line for each case of the catalogue, by the longest prefix."""
    with resources.files("zhikong.simulator.texts").joinpath("diseases.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    prefixes = [line["prefix"] for line in table]
    columns = {name: np.array([line[name] for line in table]) for name in table[0] if name != "prefix"}
    rows = [max(range(len(prefixes)), key=lambda n: len(prefixes[n]) if code.startswith(prefixes[n]) else -1) for code in catalogue.cases().code]  # fmt: skip
    return columns | {"row": np.array(rows)}
