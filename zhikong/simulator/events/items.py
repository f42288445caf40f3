"""What the laboratory measures and what is examined, read from data/lab_items.csv and data/exams.csv."""

from functools import cache

import numpy as np

from zhikong.simulator import catalogue, records


@cache
def items() -> dict[str, np.ndarray]:
    """data/lab_items.csv by column; the first rows are records.ITEMS in their order."""
    table = catalogue.rows("lab_items")
    if [row["item"] for row in table[: len(records.ITEMS)]] != [row[0] for row in records.ITEMS]:
        raise ValueError("lab_items.csv does not begin with the items of records.ITEMS")
    texts = {name: np.array([row[name] for row in table]) for name in ("item", "name", "unit", "panel")}
    numbers = {n: np.array([float(r[n] or "nan") for r in table]) for n in ("low", "high", "mean", "spread")}
    return texts | numbers


@cache
def exams() -> dict[str, np.ndarray]:
    """data/exams.csv by column."""
    table = catalogue.rows("exams")
    return {name: np.array([row[name] for row in table]) for name in ("code", "name", "normal", "abnormal")}
