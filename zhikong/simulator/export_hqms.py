"""A simulated hospital as the files a real one would deliver: HQMS front page, its 附页, bed and reported figures."""

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from zhikong.simulator.faults import Planted, Planter
from zhikong.simulator.front_page_faults import Broken, natural, plant
from zhikong.simulator.hqms_page import Month, page, text
from zhikong.simulator.n041 import n041
from zhikong.simulator.simulation import Simulation, simulate

PAGE, ANNEX, OPERATIONS, BEDS, REPORTED = "首页.csv", "附页.csv", "手术附页.csv", "床位日报.csv", "填报数.csv"

_ANNEX = {
    "门诊与出院诊断符合情况": "outpatient_discharge_match",
    "入院与出院诊断符合情况": "admission_discharge_match",
    "术前与术后诊断符合情况": "preop_postop_match",
    "临床与病理诊断符合情况": "clinical_pathology_match",
    "临床与放射诊断符合情况": "clinical_radiology_match",
    "抢救次数": "rescues",
    "抢救成功次数": "rescue_successes",
}
"""What HQMS 2020 has no column for (old codes P411–P415, P421, P422; reference j1 and j3)."""

_OPERATIONS = {
    "手术序号": "seq",
    "手术操作编码": "code",
    "手术操作类别": "kind",
    "是否择期": "elective",
    "是否微创": "minimally_invasive",
    "是否非计划重返手术室": "unplanned_return",
}
_BEDS = {"科室": "department", "日期": "day", "开放床位数": "open_beds", "占用床位数": "occupied_beds"}
_REPORTED = {
    "科室": "department",
    "月份": "period",
    "项目": "item",
    "分子": "numerator",
    "分母": "denominator",
}
_KINDS = {
    "surgery": "手术",
    "intervention": "介入治疗",
    "treatment": "治疗性操作",
    "diagnostic": "诊断性操作",
}


@dataclass
class Delivery:
    """The files written and the faults planted in the front page."""

    files: list[Path] = field(default_factory=list)
    faults: list[Planted] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)


def export(
    made: Simulation,
    folder: Path,
    *,
    months: list[str] | None = None,
    encoding: str = "utf-8",
    faults: dict[str, int] | None = None,
    defects: bool = False,
    without: tuple[str, ...] = (),
    broken: dict[str, int] | None = None,
) -> Delivery:
    """Write the five files of a delivery; all months unless some are named.

    `faults` plants so many rows of each kind (see `faults.KINDS`); `defects` blanks some fields the way careless
    clerks do; `broken` plants so many pages that break each front-page rule (see `front_page_faults.FAULTS`), on stays
    that break none by themselves; `without` leaves columns of the front page out. `encoding` is any that Python knows, as gbk.
    """
    folder.mkdir(parents=True, exist_ok=True)
    months = made.ledger.months if months is None else months
    numbers = admission_numbers(made)
    wanted = {month: Month(made, month, numbers) for month in months}
    total = sum(month.count for month in wanted.values())
    planter = Planter(made.ledger.seed, total, faults or {}, defects)
    delivery = Delivery(faults=planter.found)
    whole = (page(month) for month in wanted.values())
    if broken:
        spare = _numbers_of(made, numbers, set().union(*natural(made.tables).values()))
        planted, delivery.broken = plant(pa.concat_tables(whole), broken, seed=made.ledger.seed, spare=spare)
        whole = iter([planted])
    pages = (planter.planted(one).drop_columns(list(without)) for one in whole)
    delivery.files.append(write_csv(folder / PAGE, pages, encoding))
    delivery.files.append(write_csv(folder / ANNEX, map(_annex, wanted.values()), encoding))
    delivery.files.append(write_csv(folder / OPERATIONS, map(_operations, wanted.values()), encoding))
    for name, table, headers in ((BEDS, "bed_days", _BEDS), (REPORTED, "reported_counts", _REPORTED)):
        rows = made.tables[table].filter(pc.is_in(made.tables[table]["month"], pa.array(months)))
        delivery.files.append(write_csv(folder / name, [_renamed(rows, headers)], encoding))
    return delivery


def export_n041(made: Simulation, path: Path, *, encoding: str = "utf-8") -> Path:
    """The same front pages as one direct-report file (卫统4-1)."""
    numbers = admission_numbers(made)
    return write_csv(path, (n041(page(Month(made, m, numbers))) for m in made.ledger.months), encoding)


def write_csv(path: Path, tables: Iterator[pa.Table], encoding: str) -> Path:
    """Tables of text one below the other, with one header; streamed, so that the file may be large."""
    with path.open("wb") as file:
        for number, table in enumerate(tables):
            buffer = io.BytesIO()
            options = csv.WriteOptions(include_header=number == 0, quoting_style="none")
            csv.write_csv(table, buffer, options)
            content = buffer.getvalue()
            file.write(content if encoding == "utf-8" else content.decode("utf-8").encode(encoding))
    return path


def admission_numbers(made: Simulation) -> dict[str, int]:
    """住院次数 of each stay: which admission of its patient it is, from 1, by time."""
    stays = made.tables["stays"]
    order = pc.sort_indices(stays, sort_keys=[("admitted_at", "ascending")])
    seen, numbers = Counter(), {}
    columns = (stays[name].take(order).to_pylist() for name in ("stay_id", "patient_key"))
    for stay, patient in zip(*columns, strict=True):
        seen[patient] += 1
        numbers[stay] = seen[patient]
    return numbers


def _numbers_of(made: Simulation, numbers: dict[str, int], stays: set[str]) -> frozenset[tuple[str, str]]:
    """Record number and admission of some stays."""
    people = made.tables["identities"]
    record = dict(zip(people["patient_key"].to_pylist(), people["record_number"].to_pylist(), strict=True))
    rows = made.tables["stays"].select(["stay_id", "patient_key"]).to_pylist()
    return frozenset(
        (record[row["patient_key"]], str(numbers[row["stay_id"]])) for row in rows if row["stay_id"] in stays
    )


def _renamed(table: pa.Table, headers: dict[str, str]) -> pa.Table:
    return pa.table({header: text(table[name]) for header, name in headers.items()})


def _annex(month: Month) -> pa.Table:
    keys = {"病案号": text(month.patients["record_number"]), "住院次数": month.number}
    columns = {header: text(month.stays[name]) for header, name in _ANNEX.items()}
    return pa.table(keys | columns | {"TNM分期": text(month.front["tnm_stage"])})


def _operations(month: Month) -> pa.Table:
    table = month.children["operations"]
    position = pa.array(month.group(table)[0])
    keys = {
        "病案号": text(month.patients["record_number"]).take(position),
        "住院次数": month.number.take(position),
    }
    columns = {header: text(table[name]) for header, name in _OPERATIONS.items()}
    columns["手术操作类别"] = pa.array([_KINDS[kind] for kind in table["kind"].to_pylist()], pa.string())
    return pa.table(keys | columns)


ESSENTIAL = (
    "A01", "A48", "A49", "A11", "A12C", "A14", "B12", "B15", "B11C", "B13C", "B16C", "B20", "B34C", "C03C", "D01",
)  # fmt: skip
"""The columns without which no stay can be told: what a file of millions of rows is limited to."""


def large(
    path: Path,
    rows: int,
    faults: dict[str, int],
    *,
    seed: int = 1,
    columns: tuple[str, ...] = ESSENTIAL,
    scale: float = 1.0,
) -> Delivery:
    """A front-page file of so many rows with some of its columns, streamed; duplicates come on top.

    One simulated year is repeated under new record numbers until the rows are there.
    """
    made = simulate(seed, months=12, scale=scale)
    numbers = admission_numbers(made)
    year = pa.concat_tables(page(Month(made, m, numbers)).select(columns) for m in made.ledger.months)
    planter = Planter(seed, rows, faults, defects=False)
    parts = (planter.planted(part) for part in _repeated(year, rows))
    return Delivery([write_csv(path, parts, "utf-8")], planter.found)


def _repeated(year: pa.Table, rows: int) -> Iterator[pa.Table]:
    """The year again and again, each time with other record numbers, cut at so many rows."""
    place = year.column_names.index("A48")
    for block in range(-(-rows // year.num_rows)):
        numbers = pc.binary_join_element_wise(str(block + 10), year["A48"], "")
        yield year.set_column(place, "A48", numbers).slice(0, rows - block * year.num_rows)
