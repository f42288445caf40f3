"""The simulator's door: `simulate` gives tables and the ledger of the truth planted in them."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.simulator import events as clinical_events
from zhikong.simulator import front_pages, hot, profiles, shifts, tables
from zhikong.simulator.clock import Window, month_number
from zhikong.simulator.ledger import Ledger, ledger
from zhikong.simulator.stages import Stages, run
from zhikong.simulator.tally import Tally


@dataclass(frozen=True)
class Simulation:
    """`tables`: the contract's tables by name, and `identities`, `open_stays`, `front_page_fees` (HQMS classes).

    With events there are also `delivered_sections` (texts as a hospital delivers them, with identifiers),
    `planted_spans` (where in them the identifiers stand) and `planted_events` (every planted fault and near
    miss); and `open_events` has what has happened so far to the stays that are still open, by table, without
    a month. A hospital before its identifiers are removed is `delivered_sections`, never `document_sections`.
    """

    tables: dict[str, pa.Table]
    ledger: Ledger
    stages: Stages = field(repr=False)
    open_events: dict[str, pa.Table] = field(default_factory=dict, repr=False)


def simulate(
    seed: int = 1,
    months: int = 24,
    first_month: str = "2024-11",
    scale: float = 1.0,
    planted: tuple[shifts.Shift, ...] = shifts.DEFAULT,
    *,
    events: bool = False,
    events_from: str | None = None,
    profile: str = profiles.CITY.name,
) -> Simulation:
    """A hospital of 600 × `scale` beds over `months` months; the same arguments give the same data exactly.

    `events` adds the clinical events of all stays, or of those discharged from the month `events_from` on (then
    `documents` and `results` of earlier months are as without events). Without it only nine tables are made. `profile`
    names the kind of hospital (`profiles`).
    Raises ValueError for a month that is not written '2024-11', for no months or no scale, for an unknown profile.
    """
    if months < 1 or scale <= 0:
        raise ValueError("months and scale must be positive")
    kind = profiles.profile(profile)
    made = run(seed, Window(month_number(first_month), months), scale, planted, kind)
    made_tables = tables.contract_tables(made) | {
        "identities": hot.identity_table(made),
        "open_stays": hot.open_stays(made),
        "front_page_fees": hot.fee_table(made),
    }
    made_tables["front_pages"] = front_pages.front_pages(made_tables)
    if not (events or events_from):
        return Simulation(made_tables, ledger(made), made)
    first = None if events_from is None else month_number(events_from)
    tally = Tally(made, first)
    added = clinical_events.event_tables(made, first, tally)
    earlier = (
        {name: tables.before(made_tables[name], events_from) for name in tables.EXTENDED} if first else {}
    )
    added |= {name: pa.concat_tables([rows, added[name]]) for name, rows in earlier.items()}
    return Simulation(made_tables | added, ledger(made, tally), made, clinical_events.open_tables(made))


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
