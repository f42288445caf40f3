"""Front pages that say what cannot be, planted one by one: each breaks a front-page rule (FP01–FP40, reference c4).

The rows are valid for a data contract, so they are loaded; a rule has to find them. `natural` says which stays of an
unplanted hospital break a rule by themselves. Nothing here reads the rules: the conditions are written anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from zhikong.simulator import hqms_layout
from zhikong.simulator.clock import stream

Row = dict[str, str]
NOTHING = "-"
_TUMOUR = ("C", "D0", "D1", "D2", "D3", "D4")
_NEVER_CURED = ("C71", "C78", "C79", "C91", "C92", "C93", "C94", "C95", "E10", "E11", "E12", "E13", "E14", "G20",
                "K70", "K71", "K72", "K73", "K74", "K75", "K76", "K77")  # fmt: skip
_NOT_PRINCIPAL = ("R65", "B90", "B91", "B92", "B94", "B95", "B96", "B97", "E64", "E68", "G09", "I69", "O97", "T30",
                  "T31", "T32", "Z33", "Z37", "Z38", "Z53", "U8", *(f"T9{n}" for n in range(9)),
                  *(f"Z{n}" for n in range(80, 100)))  # fmt: skip
_MANIFESTATION = (
    "H36",
    "N08",
    "G63",
    "J17",
    "I43",
    "M14",
    "G05",
    "G07",
    "D63",
    "K93",
    "H28",
    "N16",
    "F00",
    "G01",
)
_VESSELS = (
    "36.06",
    "36.07",
    "39.90",
    "00.55",
    "00.60",
    "00.61",
    "00.62",
    "00.63",
    "00.64",
    "00.65",
    "00.66",
    "39.50",
)
_STENTS = ("36.06", "36.07", "39.90", "00.55", "00.60", "00.63", "00.64", "00.65")


@dataclass(frozen=True)
class Broken:
    """One planted page: the rules it breaks, and the numbers by which its stay is known afterwards."""

    rules: tuple[str, ...]
    record_number: str
    admission: str


@dataclass(frozen=True)
class Fault:
    """Which pages can be broken so, how, and which other rules break with it."""

    fits: Callable[[Row], bool]
    plant: Callable[[Row], None]
    also: tuple[str, ...] = ()


def _put(**values: str) -> Callable[[Row], None]:
    return lambda row: row.update(values)


def _ordinary(row: Row) -> bool:
    """A principal diagnosis on which no other rule hangs, and no operation, ventilator or transfer beside it."""
    return row["C03C"][0] in "JI" and not row["C03C"].startswith(_NOT_PRINCIPAL) and row["C14x01C"] == NOTHING


def _free(row: Row) -> int:
    return next(n for n in range(1, 41) if row[hqms_layout.other_diagnosis(n)[0]] == NOTHING)


def _added(code: str, name: str, outcome: str = "2") -> Callable[[Row], None]:
    def plant(row: Row) -> None:
        row.update(zip(hqms_layout.other_diagnosis(_free(row)), (code, name, "1", outcome), strict=True))

    return plant


def _same_moment(row: Row) -> None:
    row.update(B15=row["B12"], B20="1", F04=row["B12"][:10], F17="0", F18="0", F19="1", F20="0")


def _wrong_check_digit(row: Row) -> None:
    row["A20"] = row["A20"][:17] + ("1" if row["A20"][17] != "1" else "2")


def _without_operation(row: Row) -> None:
    row.update(dict.fromkeys(hqms_layout.operation(0), NOTHING))


def _day_before(row: Row) -> None:
    row["F04"] = str(np.datetime64(row["B12"][:10]) - 1)


def _number(row: Row, code: str) -> int:
    return int(row[code]) if row[code].isdigit() else -1


FAULTS: dict[str, Fault] = {
    "fp01": Fault(lambda row: True, _put(A21C=NOTHING)),
    "fp02": Fault(lambda row: _ordinary(row) and row["B12"][:7] == row["B15"][:7] and row["C49x01"] == NOTHING,
                  _same_moment),
    "fp03": Fault(lambda row: True, lambda row: row.update(B20=str(int(row["B20"]) + 1))),
    "fp04": Fault(lambda row: True, _put(A11="张3丰")),
    "fp05": Fault(lambda row: _number(row, "A14") > 1 and len(row["A20"]) == 18, _wrong_check_digit),
    "fp06": Fault(lambda row: 30 <= _number(row, "A14") < 60, lambda row: row.update(A14=str(int(row["A14"]) + 1))),
    "fp07": Fault(lambda row: row["A17"] != NOTHING, _put(A17=NOTHING)),
    "fp08": Fault(lambda row: row["B34C"] in ("2", "3"), _put(B35=NOTHING)),
    "fp09": Fault(lambda row: row["B34C"] == "5", _put(C34C=NOTHING)),
    "fp10": Fault(lambda row: row["B36C"] == "1", _put(B37="复查")),
    "fp11": Fault(lambda row: row["C06x01C"] != NOTHING, _put(C07x01N=NOTHING)),
    "fp12": Fault(lambda row: True, _added("47.0900", "阑尾切除术")),
    "fp13": Fault(lambda row: row["C06x01C"] != NOTHING, _put(C08x01C=NOTHING)),
    "fp14": Fault(_ordinary, _put(C03C="W19.900")),
    "fp15": Fault(_ordinary, _put(C03C="Z80.000")),
    "fp16": Fault(lambda row: row["C03C"].startswith(_TUMOUR) and row["C11"] != NOTHING, _put(C11=NOTHING)),
    "fp17": Fault(lambda row: row["C03C"].startswith(_TUMOUR) and row["C09C"] != NOTHING, _put(C09C="C34.100"),
                  also=("fp16",)),
    "fp18": Fault(lambda row: row["C03C"][0] in "ST" and row["C12C"] != NOTHING, _put(C12C=NOTHING, C13N=NOTHING)),
    "fp19": Fault(lambda row: row["C28"] != NOTHING, _put(C31=NOTHING)),
    "fp20": Fault(lambda row: True, _put(C24C="2")),
    "fp21": Fault(lambda row: row["C14x01C"] != NOTHING, _put(C16x01=NOTHING)),
    "fp22": Fault(lambda row: row["C17x01"] != NOTHING, _put(C17x01=NOTHING)),
    "fp23": Fault(lambda row: NOTHING not in (row["C22x01C"], row["C23x01"]), _put(C22x01C=NOTHING)),
    "fp24": Fault(lambda row: row["C21x01C"] == "1", _put(C21x01C="3")),
    "fp25": Fault(lambda row: row["C14x01C"] != NOTHING and row["C35x01C"] == NOTHING and row["D20x01"] == "0.00"
                  and row["D20x02"] != "0.00" and not row["C14x01C"].startswith((*_VESSELS, "96.7")),
                  _without_operation),
    "fp26": Fault(lambda row: row["C17x01"] != NOTHING, _put(B38=NOTHING)),
    "fp28": Fault(lambda row: True, lambda row: row.update(D01=f"{float(row['D01']) + 1:.2f}")),
    "fp29": Fault(lambda row: row["C14x01C"].startswith("96.72"), _put(C47="95")),
    "fp30": Fault(lambda row: True, lambda row: row.update(F20=str(int(row["F20"]) + 2))),
    "fp31": Fault(_ordinary, _put(C03C="N08.300")),
    "fp32": Fault(lambda row: 0 <= _number(row, "A14") < 15, _added("J40.x00", "支气管炎")),
    "fp34": Fault(lambda row: True, _added("E11.900", "2型糖尿病", "1")),
    "fp35": Fault(lambda row: True, _day_before),
    "fp36": Fault(lambda row: row["A12C"] == "1" and _number(row, "A14") >= 12, _added("D25.900", "子宫平滑肌瘤")),
    "fp37": Fault(lambda row: row["A12C"] == "2", _added("N40.x00", "前列腺增生")),
    "fp38": Fault(lambda row: True, _put(B25=NOTHING, B25C=NOTHING)),
    "fp39": Fault(_ordinary, _put(A49="100")),
    "fp40": Fault(lambda row: _number(row, "F22") > 0, _put(C26C="6")),
}  # fmt: skip
"""By rule. FP27 and FP33 have natural failures only: staging stands in the annex, and stents lack their counts."""


def plant(
    page: pa.Table, counts: dict[str, int], *, seed: int, spare: frozenset[tuple[str, str]] = frozenset()
) -> tuple[pa.Table, list[Broken]]:
    """The page with so many rows broken for each rule, each row at most once; rows in `spare` (A48, A49) are left.

    Raises ValueError when fewer rows fit than are wanted.
    """
    rows = page.to_pylist()
    order = stream(seed, "front_page_faults").permutation(len(rows))
    taken: set[int] = set()
    found: list[Broken] = []
    for rule, count in counts.items():
        fault = FAULTS[rule]
        fitting = (int(n) for n in order if n not in taken and (rows[n]["A48"], rows[n]["A49"]) not in spare)
        chosen = _first(count, (n for n in fitting if fault.fits(rows[n])))
        if len(chosen) < count:
            raise ValueError(f"only {len(chosen)} pages can break {rule}")
        for n in chosen:
            fault.plant(rows[n])
            found.append(Broken((rule, *fault.also), rows[n]["A48"], rows[n]["A49"]))
        taken.update(chosen)
    return pa.Table.from_pylist(rows, schema=page.schema), found


def _first(count: int, numbers: Iterable[int]) -> list[int]:
    return [n for n, _ in zip(numbers, range(count), strict=False)]


def natural(tables: dict[str, pa.Table]) -> dict[str, set[str]]:
    """Rule → stays (of the tables) that break it although nothing was planted."""
    stays = tables["stays"].select(["stay_id", "principal_diagnosis"]).to_pylist()
    principal = {row["stay_id"]: row["principal_diagnosis"] for row in stays}
    staged = {
        r["stay_id"]
        for r in tables["front_pages"].select(["stay_id", "tnm_stage"]).to_pylist()
        if r["tnm_stage"]
    }
    diagnoses = tables["diagnoses"].select(["stay_id", "kind", "code", "outcome"]).to_pylist()
    confirmed = {row["stay_id"] for row in diagnoses if row["kind"] == "pathology"}
    own = [row for row in diagnoses if row["kind"] in ("principal", "other")]
    shown = {row["stay_id"] for row in own if row["code"].startswith(_MANIFESTATION)}
    found = {
        "fp15": {s for s, code in principal.items() if code.startswith(_NOT_PRINCIPAL)},
        "fp16": {s for s, code in principal.items() if code.startswith(_TUMOUR) and s not in confirmed},
        "fp27": {s for s, code in principal.items() if code[0] == "C" and s not in staged},
        "fp31": {s for s in shown if principal[s].startswith(_MANIFESTATION)},
        "fp34": {r["stay_id"] for r in own if r["outcome"] == "1" and r["code"].startswith(_NEVER_CURED)},
    }
    return found | _of_operations(tables["operations"].to_pylist())


def _of_operations(operations: list[dict]) -> dict[str, set[str]]:
    codes: dict[str, list[str]] = {}
    for row in operations:
        codes.setdefault(row["stay_id"], []).append(row["code"])
    infected = {r["stay_id"] for r in operations if r["incision_class"] == "1" and r["healing"] == "3"}
    uncounted = {s for s, own in codes.items() if _any(own, _VESSELS) and not _counted(own)}
    return {"fp24": infected, "fp33": uncounted}


def _counted(own: list[str]) -> bool:
    vessels = _any(own, ("00.40", "00.41", "00.42", "00.43"))
    return vessels and (not _any(own, _STENTS) or _any(own, ("00.45", "00.46", "00.47", "00.48")))


def _any(codes: list[str], prefixes: tuple[str, ...]) -> bool:
    return any(code.startswith(prefixes) for code in codes)
