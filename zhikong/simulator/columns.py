"""Arrays of positions, minutes and days as Arrow columns with text, timestamps and dates."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhikong.simulator import catalogue
from zhikong.simulator.clock import month_text


def words(index: np.ndarray, values) -> pa.Array:
    """The text at each position; null where the position is negative."""
    position = pa.array(index.astype(np.int64), mask=index < 0)
    return pa.array([str(value) for value in values], pa.string()).take(position)


def numbered(prefix: str, number: np.ndarray, width: int) -> pa.Array:
    """'S' and 7 -> 'S0000007'."""
    digits = pc.utf8_lpad(pa.array(number.astype(np.int64)).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(prefix, digits, "")


def codes(number: np.ndarray) -> pa.Array:
    """Small non-negative code numbers as text."""
    return words(number, range(int(number.max(initial=0)) + 1))


def minutes(value: np.ndarray, known: np.ndarray | None = None) -> pa.Array:
    """Minutes since 1970 as local timestamps; null where not known."""
    stamp = value.astype("datetime64[m]").astype("datetime64[us]")
    return pa.array(stamp, pa.timestamp("us"), mask=None if known is None else ~known)


def dates(value: np.ndarray) -> pa.Array:
    """Days since 1970 as dates."""
    return pa.array(value.astype("datetime64[D]"), pa.date32())


def month_words(number: np.ndarray) -> pa.Array:
    """Month numbers as 'YYYY-MM'."""
    if not len(number):
        return pa.array([], pa.string())
    low = int(number.min())
    return words(number - low, [month_text(low + n) for n in range(int(number.max()) - low + 1)])


def department_words(number: np.ndarray) -> pa.Array:
    """Numbers of admitting departments as codes."""
    return words(number, list(catalogue.department_index()))


def stay_ids(stay: np.ndarray) -> pa.Array:
    """Stay numbers begin at 1 in order of discharge; open stays come last."""
    return numbered("S", stay + 1, 8)


def patient_keys(patient: np.ndarray) -> pa.Array:
    """The pseudonym of a patient number: scrambled by a bijection, so that it does not tell the order."""
    return numbered("P", (patient * 7_368_787 + 1_299_709) % 99_999_989, 8)


def one(value: str, count: int) -> pa.Array:
    """The same text in each row."""
    return words(np.zeros(count, dtype=np.int64), [value])


def known_codes(number: np.ndarray) -> pa.Array:
    """Code numbers as text, null where they are 0."""
    return words(number - 1, range(1, max(int(number.max(initial=1)), 1) + 1))
