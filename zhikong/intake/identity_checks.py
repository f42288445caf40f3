"""What can be said of names, numbers and birth dates without keeping them: verdicts made while they stream by.

The lake holds no identifier, so the front page's rules about them (姓名、身份证号、出生日期) are answered here; the codes
are those of `engine.tables.front_page_codes`. Unknown input gives no verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Texts = Mapping[str, pa.Array]
_CHINA = pa.array(["CHN", "CN", "156", "中国", "中华人民共和国"])
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])  # GB 11643
_CHECK = np.frombuffer(b"10X98765432", np.uint8)
_UNKNOWN_DATE = 0


def judge(kind: str, columns: Texts) -> pa.Array:
    """One verdict per row as text, null where nothing can be said. Raises KeyError for an unknown kind."""
    return KINDS[kind](columns)


def _name(columns: Texts) -> pa.Array:
    """2–40 characters, no digit or blank inside, no punctuation at the ends; foreigners are exempt."""
    name = columns["name"]
    length = pc.utf8_length(name)
    odd = pc.match_substring_regex(name, r"[0-9０-９\s]|^[\pP\pS]|[\pP\pS]$")
    found = pc.if_else(odd, "characters", "ok")
    found = pc.if_else(pc.or_(pc.less(length, 2), pc.greater(length, 40)), "length", found)
    return _where_known(name, pc.if_else(_foreign(columns), "exempt", found))


def _id_number(columns: Texts) -> pa.Array:
    """18 places with a real birth date and the right check digit, or the old 15 places."""
    number = pc.utf8_upper(columns["id_number"])
    new = _true(pc.match_substring_regex(number, r"^\d{17}[\dX]$"))
    old = _true(pc.match_substring_regex(number, r"^\d{15}$"))
    verdict = np.full(len(number), "pattern", dtype=object)
    verdict[old] = "ok"
    place = np.flatnonzero(new)
    if len(place):
        digits = _characters(number.take(pa.array(place)), 18)
        right = _CHECK[((digits[:, :17].astype(np.int64) - 48) * _WEIGHTS).sum(axis=1) % 11] == digits[:, 17]
        real = _real(*_split((digits[:, 6:14].astype(np.int64) - 48) @ (10 ** np.arange(7, -1, -1))))
        verdict[place] = np.where(~real, "birth", np.where(right, "ok", "check_digit"))
    verdict[_exempt(columns)] = "exempt"
    return _where_known(number, pa.array(verdict, pa.string()))


def _exempt(columns: Texts) -> np.ndarray:
    """Foreigners, people without a name, and children up to one year need no number."""
    infant = _true(pc.match_substring_regex(columns["age"], "^[01]$"))
    nameless = _true(pc.match_substring_regex(columns["name"], "无名"))
    return _true(_foreign(columns)) | infant | nameless


def _birth(columns: Texts) -> pa.Array:
    """The birth date against the number's, the admission and the age in whole years."""
    born, admitted, in_number = (_day(columns[c]) for c in ("birth", "admitted", "id_number"))
    age = _whole(columns["age"])
    years = admitted // 10000 - born // 10000 - (admitted % 10000 < born % 10000)
    verdict = np.full(len(born), "ok", dtype=object)
    verdict[(age >= 0) & (admitted > 0) & (years != age)] = "age_differs"
    verdict[(in_number > 0) & (in_number != born)] = "id_differs"
    verdict[(admitted > 0) & (born > admitted)] = "after_admission"
    return pa.array(verdict, pa.string(), mask=born == _UNKNOWN_DATE)


def _length(columns: Texts) -> pa.Array:
    return pc.utf8_length(columns["record_number"]).cast(pa.string())


KINDS: dict[str, Callable[[Texts], pa.Array]] = {
    "name_check": _name,
    "id_number_check": _id_number,
    "birth_check": _birth,
    "record_number_length": _length,
}


def _foreign(columns: Texts) -> pa.Array:
    nationality = columns["nationality"]
    return pc.and_(pc.is_valid(nationality), pc.invert(pc.is_in(pc.utf8_upper(nationality), _CHINA)))


def _where_known(texts: pa.Array, verdict: pa.Array) -> pa.Array:
    return pc.if_else(pc.is_valid(texts), verdict, pa.scalar(None, pa.string()))


def _true(mask: pa.Array) -> np.ndarray:
    return mask.fill_null(False).to_numpy(zero_copy_only=False)


def _characters(texts: pa.Array, width: int) -> np.ndarray:
    """ASCII texts of one width as a matrix of bytes."""
    joined = "".join(texts.to_pylist()).encode("ascii")
    return np.frombuffer(joined, np.uint8).reshape(-1, width)


def _day(texts: pa.Array) -> np.ndarray:
    """Dates as 20260131; 0 where there is none. An 18-place number gives the date in it."""
    digits = pc.replace_substring_regex(texts, r"^\d{6}(\d{8})\d{3}[\dXx]$", r"\1")
    digits = pc.replace_substring_regex(
        digits, r"^(\d{4})[-/.年]?(\d{2})[-/.月]?(\d{2})日?([ T].*)?$", r"\1\2\3"
    )
    whole = _whole(pc.utf8_slice_codeunits(digits, 0, 8))
    return np.where(_real(*_split(whole)), whole, _UNKNOWN_DATE)


def _whole(texts: pa.Array) -> np.ndarray:
    """Whole numbers; -1 where the text is none."""
    plain = pc.if_else(_known_digits(texts), texts, pa.scalar(None, pa.string()))
    return plain.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)


def _known_digits(texts: pa.Array) -> pa.Array:
    return pc.fill_null(pc.match_substring_regex(texts, r"^\d{1,8}$"), False)


def _split(day: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return day // 10000, day // 100 % 100, day % 100


def _real(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Whether there is such a day, from 1880 on."""
    possible = (year >= 1880) & (year < 2200) & (month >= 1) & (month <= 12) & (day >= 1)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    lengths = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    last = lengths[np.clip(month, 0, 12)] + ((month == 2) & leap)
    return possible & (day <= last)
