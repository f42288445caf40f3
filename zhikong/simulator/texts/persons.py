"""The people whom texts name, in the written forms that occur: patients, relatives, doctors, their numbers."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa

from zhikong.simulator import names
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.staffing import names as staff_names

_WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
FORMS = {
    "name": ("plain", "spaced"),
    "relative": ("plain", "spaced"),
    "doctor": ("plain",),
    "titled": ("plain", "surname"),  # a title follows
    "phone": ("plain", "dashed", "spaced", "prefixed", "wide", "chinese"),
    "relphone": ("plain", "dashed", "spaced", "prefixed"),
    "landline": ("landline",),
    "id": ("plain", "lower", "spaced", "wide"),
    "address": ("plain", "room", "short"),
    "record": ("plain", "lettered", "hyphened"),
}
"""The written forms of each identifying slot; the first is the usual one."""
_CHINESE = str.maketrans("0123456789", "〇一二三四五六七八九")
_USUAL = 0.6  # share of the first form


@dataclass
class Persons:
    """Texts by stay of a block: `written(slot, i)` gives an identifier in some form, and which form it is.

    They have a stream of chance of their own: without the delivered texts the others stay as they are.
    """

    block: Block
    _forms: dict[str, pa.Array] = field(default_factory=dict)

    @cached_property
    def _rng(self) -> np.random.Generator:
        return self.block.rng("written forms")

    def written(self, slot: str, i: np.ndarray) -> tuple[pa.Array, np.ndarray]:
        """The identifier of each row's stay (for doctors, titled or not: `i` is the staff position), and the form's number."""
        forms = FORMS[slot]
        form = np.where(self._rng.random(len(i)) < _USUAL, 0, self._rng.integers(0, len(forms), len(i)))
        if slot not in self._forms:
            self._forms[slot] = pa.array(
                [text for name in forms for text in self._all(slot, name)], pa.string()
            )
        size = len(self._forms[slot]) // len(forms)
        return self._forms[slot].take(pa.array(form * size + i)), form

    def _all(self, slot: str, form: str) -> list[str]:
        """The texts of all stays (or all staff) in this form."""
        source = {
            "name": lambda: self._own("name"),
            "relative": lambda: self._relatives,
            "doctor": lambda: staff_names().tolist(),
            "titled": lambda: staff_names().tolist(),
            "phone": lambda: self._own("phone"),
            "relphone": lambda: self._numbers("relatives' phones", "100", 8),
            "landline": lambda: self._numbers("landlines", "0100-", 7),
            "id": lambda: self._own("id_number"),
            "address": lambda: self._own("address"),
            "record": lambda: self._own("record_number"),
        }[slot]()
        return [_formed(slot, form, text) for text in source]

    def _own(self, name: str) -> list[str]:
        people = self.block.stages.identities
        place = np.searchsorted(people.patient, self.block.cohort.patient)
        return getattr(people, name)[place].tolist()

    @cached_property
    def _relatives(self) -> list[str]:
        rng = self.block.rng("relatives")
        return names.draw(rng, rng.random(len(self.block)) < 0.5).tolist()

    def _numbers(self, stream: str, prefix: str, places: int) -> list[str]:
        drawn = self.block.rng(stream).integers(10 ** (places - 1), 10**places, len(self.block))
        return [f"{prefix}{number}" for number in drawn.tolist()]


def _formed(slot: str, form: str, text: str) -> str:
    """The text in a written form."""
    if form == "spaced":
        return _spaced(slot, text)
    if form == "dashed":
        return f"{text[:3]}-{text[3:7]}-{text[7:]}"
    if form == "room":
        return f"{text}{1 + len(text) % 6}栋{2 + ord(text[-2]) % 7}02室"
    return {
        "prefixed": f"+86 {text}",
        "wide": text.translate(_WIDE),
        "chinese": text.translate(_CHINESE),
        "surname": text[: 2 if text.startswith("欧阳") else 1],
        "hyphened": f"ZY-{text}",
        "lower": text.replace("X", "x"),
        "short": text.removeprefix("示范市"),
        "lettered": f"ZY{text}",
    }.get(form, text)


def _spaced(slot: str, text: str) -> str:
    if slot in ("name", "relative"):
        return " ".join(text) if len(text) == 2 else text
    if slot == "id":
        return f"{text[:6]} {text[6:14]} {text[14:]}"
    return f"{text[:3]} {text[3:7]} {text[7:]}"
