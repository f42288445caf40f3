"""The simulator's door: `simulate` gives tables and the ledger of the truth planted in them."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.simulator import hot, shifts, tables
from zhikong.simulator.clock import Window, month_number
from zhikong.simulator.ledger import Ledger, ledger
from zhikong.simulator.stages import Stages, run


@dataclass(frozen=True)
class Simulation:
    """`tables`: the contract's tables by name, and `identities`, `open_stays`, `fees` (HQMS fee classes)."""

    tables: dict[str, pa.Table]
    ledger: Ledger
    stages: Stages = field(repr=False)


def simulate(
    seed: int = 1,
    months: int = 24,
    first_month: str = "2024-11",
    scale: float = 1.0,
    planted: tuple[shifts.Shift, ...] = shifts.DEFAULT,
) -> Simulation:
    """A hospital of 600 × `scale` beds over `months` months; the same arguments give the same data exactly.

    Raises ValueError for a month that is not written '2024-11', for no months or no scale.
    """
    if months < 1 or scale <= 0:
        raise ValueError("months and scale must be positive")
    made = run(seed, Window(month_number(first_month), months), scale, planted)
    made_tables = tables.contract_tables(made) | {
        "identities": hot.identity_table(made),
        "open_stays": hot.open_stays(made),
        "fees": hot.fee_table(made),
    }
    return Simulation(made_tables, ledger(made), made)


def write(simulation: Simulation, folder: Path) -> list[Path]:
    """Each table as one parquet file, and ledger.json. Returns the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, table in simulation.tables.items():
        files.append(folder / f"{name}.parquet")
        pq.write_table(table, files[-1], compression="zstd")
    files.append(folder / "ledger.json")
    files[-1].write_text(json.dumps(simulation.ledger.as_dict(), ensure_ascii=False), encoding="utf-8")
    return files
