"""Surnames, and the clinical words that begin with the same characters and are nobody's name."""

from __future__ import annotations

from importlib.resources import files


def _words(name: str) -> tuple[str, ...]:
    return tuple((files(__package__) / name).read_text("utf-8").split())


_SURNAMES = _words("surnames.txt")
COMPOUND = tuple(word for word in _SURNAMES if len(word) == 2)
SINGLE = "".join(word for word in _SURNAMES if len(word) > 2)
# after a cue such as 患者, these are what the chart says of the patient, not who he is
NOT_NAMES = _words("not_names.txt")
STAFF_TITLES = "主任医师|副主任医师|主治医师|住院医师|主任护师|主管护师|护士长|副主任|主任|医师|医生|大夫|护师|护士|教授|老师|药师|技师"
