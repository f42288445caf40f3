"""One block after the other: the families in the order in which they need each other, then Arrow tables."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from zhikong.simulator import ledger_care, ledger_records
from zhikong.simulator.clock import month_text
from zhikong.simulator.events import (
    blood,
    charging,
    conditions,
    consents,
    consulting,
    documents,
    drugs,
    duty,
    feeds,
    findings,
    further,
    further_care,
    further_notes,
    harm,
    nursing,
    omissions,
    ordering,
    outpatient,
    pathways,
    staffing,
    surgery,
)
from zhikong.simulator.events.block import Block, closed_blocks, open_block
from zhikong.simulator.events.planting import Book
from zhikong.simulator.events.rows import NEVER, Rows, appended, arrow, joined
from zhikong.simulator.events.so_far import cut
from zhikong.simulator.stages import Stages
from zhikong.simulator.tally import Tally
from zhikong.simulator.texts import further as further_texts
from zhikong.simulator.texts import lost_words

# tables made by stays, with the moment by which a row of an open stay exists; None: it is cut column by column
_ANCHORS: dict[str, str | None] = {
    "operations": "performed_at",
    "results": "at",
    "documents": "created_at",
    "document_sections": None,
    "consents": "talked_at",
    "consultations": "requested_at",
    "orders": "ordered_at",
    "medications": "given_at",
    "transfusions": "started_at",
    "condition_periods": "started_at",
    "rescues": "started_at",
    "infections": "onset_at",
    "devices": "placed_at",
    "assessments": "at",
    "charges": "charged_at",
    "pathways": "entered_at",
    "adverse_events": "occurred_at",
}
EVENT_TABLES = (
    *_ANCHORS,
    "fees",
    "visits",
    "visit_records",
    "appointments",
    "prescriptions",
    "staff",
    "duty_shifts",
)
"""Tables of the contract that the events make; `operations`, `results` and `documents` contain what stood before."""
EXTRA_TABLES = ("delivered_sections", "planted_spans", "planted_events")
"""Beside the contract: texts as a hospital delivers them, where in them identifiers stand, and what was planted."""


@dataclass
class Events:
    """What one block gives: tables by name."""

    name: str
    tables: dict[str, pa.Table]


_LEDGERS = (ledger_care, ledger_records)


def parts(
    stages: Stages, first_month: int | None = None, *, delivered: bool = True, tally: Tally | None = None
) -> Iterator[Events]:
    """The events of all closed stays, block by block, then those that belong to no stay; counted into `tally`."""
    for block in closed_blocks(stages, first_month):
        yield Events(block.name, _of_block(block, delivered=delivered, tally=tally))
    window = stages.window
    first = window.first if first_month is None else first_month
    for month in range(first - 1, window.first + window.count):  # who left in the first month came before it
        yield Events(f"duty {month_text(month)}", {"duty_shifts": duty.shifts(stages, month)})
    for month in range(first, window.first + window.count):
        made = outpatient.tables(stages, month)
        for ledger in _LEDGERS if tally else ():
            ledger.of_month(tally, month, made)
        yield Events(f"outpatient {month_text(month)}", made)
    for ledger in _LEDGERS if tally else ():
        ledger.of_hospital(tally)
    yield Events("staff", {"staff": staffing.staff_table()})


def event_tables(
    stages: Stages, first_month: int | None = None, tally: Tally | None = None
) -> dict[str, pa.Table]:
    """All event tables and the extra ones, in memory."""
    made: dict[str, list[pa.Table]] = {name: [] for name in (*EVENT_TABLES, *EXTRA_TABLES)}
    for part in parts(stages, first_month, tally=tally):
        for name, table in part.tables.items():
            made[name].append(table)
    return {name: pa.concat_tables(tables).combine_chunks() for name, tables in made.items() if tables}


def open_tables(stages: Stages, *, delivered: bool = True) -> dict[str, pa.Table]:
    """The events of the stays that are open when the window ends, as far as they have come; without a month."""
    return open_tables_of(open_block(stages), delivered=delivered)


def open_tables_of(block: Block, *, delivered: bool = True) -> dict[str, pa.Table]:
    """The events of this block of open stays."""
    if not len(block):
        return {}
    kept = {*_ANCHORS, *EXTRA_TABLES[:2]}
    made = _of_block(block, delivered=delivered)
    return {name: table for name, table in made.items() if name in kept}


def _of_block(block: Block, *, delivered: bool, tally: Tally | None = None) -> dict[str, pa.Table]:
    book = Book(block)
    rows, texts = _families(block, book, delivered=delivered)
    for ledger in _LEDGERS if tally else ():
        ledger.of_block(tally, block, rows)
    if block.now is not None:
        rows = {name: cut(table, block.now, _ANCHORS[name]) for name, table in rows.items() if name != "fees"}
    made = {name: arrow(table, block) for name, table in rows.items()}
    begun = rows["documents"]
    done = begun.take(
        begun.columns["written_at"] != NEVER
    )  # of what is still being written there are no words
    return made | texts(done) | {"planted_events": book.table()}


def _families(block: Block, book: Book, *, delivered: bool):
    """Every family's rows; who needs another's comes after it."""
    knife = surgery.surgery(block)
    rescued = conditions.rescues(block)
    periods = conditions.conditions(block, rescued)
    given = blood.transfusions(block, book, knife)
    asked = consulting.consultations(block, book)
    lines = harm.devices(block, knife)
    planned = consents.plan(block, knife)
    talks = consents.consents(block, book, knife, planned, given, periods)
    nursed = nursing.assessments(block, book, knife)
    orders = ordering.Orders(block)
    courses = drugs.courses(block, knife, rescued, book)
    lots, links, drug_lots = _orders(block, orders, knife, planned, periods, given, asked, courses)
    whole = orders.table()
    doses = drugs.medications(block, courses, {name: orders.number(h) for name, h in drug_lots.items()})
    doses = feeds.missing_days(block, book, doses, "given_at", "medication_id")
    allergy = drugs.allergies(block, doses, book)
    results = findings.unreported(block, book, findings.result_rows(block, orders, lots))
    written = documents.Written(
        block, book, knife, rescued, planned, given, asked, talks, nursed, results, periods, allergy
    )
    papers = documents.documents(written)
    charged = charging.charges(
        block, book, [charging.linked(orders, kind, handles) for kind, handles in links.items()]
    )
    rows: dict[str, Rows] = {
        "operations": surgery.operation_rows(block, knife),
        "results": results,
        "documents": papers,
        "consents": talks,
        "consultations": asked,
        "orders": ordering.plant_resent(orders, ordering.plant_cancelled(orders, whole, book), book),
        "medications": doses,
        "transfusions": given,
        "condition_periods": periods,
        "rescues": conditions.rescue_rows(rescued),
        "infections": harm.infections(block, book, knife, lines),
        "devices": lines,
        "assessments": feeds.wrong_clock(block, book, nursed, "at", "assessment_id"),
        "charges": charged,
        "fees": charging.fees(block),
        "pathways": pathways.pathways(block),
        "adverse_events": harm.adverse_events(block, book, knife, lines),
    }
    stood = rows["documents"]
    _further(further.Beyond(block, book, knife, stood, talks, lines, written.forgotten), rows, rescued)
    if block.stages.profile.omits and block.now is None:
        omissions.omitted(block, book, rows)

    def texts(kept: Rows) -> dict[str, pa.Table]:
        """Words of what stood before, drawn as before, then those of the further documents."""
        old = kept.columns["_row"] >= 0
        made = documents.sections(written, kept.take(old), delivered=delivered)
        added = further_texts.sections(block, kept.take(~old), kept.take(old))
        made |= {name: pa.concat_tables([made[name], added[name]]) for name in added if name in made}
        careful = not block.stages.profile.omits or block.now is not None
        return made if careful else lost_words.spoiled(block, book, kept, made)

    return rows, texts


def _further(made: further.Beyond, rows: dict[str, Rows], rescued) -> None:
    """Add to the tables what further rules demand; the rows that stood before stay as they were."""
    asked, answers = further_care.asked(made, rows["medications"])
    talks = further_care.talks(made, rows["condition_periods"], rescued)
    rows["consents"] = appended(rows["consents"], talks)
    made = replace(made, talks=rows["consents"])
    papers = further.documents(made, answers)
    rows["documents"] = appended(rows["documents"], _unnumbered(papers), "written_at")
    notes = further_notes.notes(made, rows["documents"])
    rows["documents"] = appended(rows["documents"], _unnumbered(notes), "written_at")
    rows["consultations"] = appended(rows["consultations"], asked)
    told = further_notes.noted(made, rows["consultations"], rows["results"])
    rows["documents"] = appended(rows["documents"], _unnumbered(told), "written_at")
    periods = [rows["condition_periods"], further_care.isolated(made, rows["infections"])]
    rows["condition_periods"] = joined(periods)
    rows["results"] = joined([rows["results"], further_care.first_tests(made)])


def _unnumbered(papers: Rows) -> Rows:
    """Further documents beside those whose words are drawn with the templates, marked as none of these."""
    blank = {"_row": np.full(len(papers), -1), "_occurred": papers.columns["occurred_at"]}
    return Rows("documents", papers.i, papers.columns | blank)


def _orders(block: Block, orders: ordering.Orders, knife, planned, periods, given, asked, courses):
    """Hand in all lots; gives the results waiting for their order's number, and what is charged to which lot."""
    ordering.care(orders, periods)
    ordering.of_operations(orders, knife, planned.ordered)
    blood_lot = ordering.of_blood(orders, given)
    ordering.of_consultations(orders, asked)
    drug_lots = {name: drugs.order(orders, course) for name, course in courses.items()}
    before = len(orders.lots)
    lots = findings.findings(block, orders, knife, given, courses["antibacterial"])
    asked_lots = list(range(before, len(orders.lots)))
    kinds = {
        h: orders.lots[h].columns["kind"].values[orders.lots[h].columns["kind"].index[0]]
        for h in asked_lots
        if len(orders.lots[h])
    }
    links = {
        "D16": [h for h, kind in kinds.items() if kind == "lab"],
        "D17": [h for h, kind in kinds.items() if kind == "exam"],
        "D23": [drug_lots["plain"]],
        "D23x01": [drug_lots["antibacterial"]],
        "D26": [blood_lot],
    }
    return lots, {kind: handles for kind, handles in links.items() if handles}, drug_lots
