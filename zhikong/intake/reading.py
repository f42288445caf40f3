"""From files or tables to the contract's tables: stage, map, check, set the faulty rows aside, write the good ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.engine.tables import TABLES, arrow_schema
from zhikong.intake import accounting, setting_aside
from zhikong.intake import live as live_reading
from zhikong.intake.context import Context
from zhikong.intake.live_words import LIVE_COLUMNS
from zhikong.intake.lowering import Check, Lowered, checks, named, quoted
from zhikong.intake.mappings import Mapping
from zhikong.intake.one_line import beside_the_stay, without_repetition
from zhikong.intake.reasons import FileRefused, Problem
from zhikong.intake.references import stated_columns
from zhikong.intake.relations import identities_of, relation, with_known
from zhikong.intake.staging import ROW, Staged, stage
from zhikong.intake.unfolding import PLACE

KEPT_PROBLEMS = 100_000
"""Problems kept one by one; beyond that they are only counted, and the count says so."""


_SHOWN_UNREAD = 40


@dataclass
class Reading:
    """What a reading gives. `tables` are parquet files in the contract's schema with the `month` column.

    counts: (reason, label) -> number of faulty cells, complete even where `problems` is cut off.
    identities: parquet file of patient_key and identity fields of the good rows, or None.
    A live reading has no `month` column, all but the key's columns may be null, and further columns say how a row
    is to be taken (zhikong.intake.live); accounts: source -> what became of its rows, for sources that leave rows out;
    removed: table -> keys of rows that are taken back.
    """

    tables: dict[str, Path] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    delivered_rows: int = 0
    faulty_rows: int = 0
    problems: list[Problem] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    identities: Path | None = None
    removed: dict[str, Path] = field(default_factory=dict)
    # table -> columns that the delivery speaks of; empty when tables were given with all their columns
    stated: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    accounts: dict[str, accounting.Account] = field(default_factory=dict)

    def add(self, problem: Problem) -> None:
        """Count a problem and keep it while there is room."""
        self.counts[problem.reason, problem.label] += 1
        if len(self.problems) < KEPT_PROBLEMS:
            self.problems.append(problem)


@dataclass(frozen=True)
class View:
    """A contract table over its source rows: a SQL view with typed columns, raw texts and its checks.

    name: the table's, or `table@part` where the table has several sources. beside, apart: see zhikong.intake.one_line.
    """

    name: str
    table: str
    source: str
    label: str  # the source as messages name it
    columns: tuple[Lowered, ...]
    checks: tuple[Check, ...]
    extras: tuple[str, ...] = ()
    beside: bool = False
    apart: bool = False


def read_files(
    files: MappingType[str, Path],
    mapping: Mapping,
    context: Context,
    folder: Path,
    *,
    known_stays: Sequence[Path] = (),
    header_rows: MappingType[str, int] | None = None,
    live: bool = False,
) -> Reading:
    """Read a delivery (source name -> file) through a mapping into `folder`.

    known_stays: parquet files of stays that are already published, for deliveries without the stays table.
    header_rows: source name -> the row of its header in the workbook it was taken from; 1 where none is given.
    live: rows of a feed, for foundation.patients.live: stays may be open, children may come before their stay.
    Raises FileRefused when a file as a whole cannot be taken; then nothing of the delivery is.
    """
    _all_delivered(files, mapping)
    rows = header_rows or {}
    staged = {
        n: stage(mapping.sources[n], path, mapping, context, folder, header_row=rows.get(n, 1), live=live)
        for n, path in files.items()
    }
    with connect(context, folder) as connection:
        for name, one in staged.items():
            connection.execute(
                f"CREATE VIEW {named(name)} AS SELECT * FROM read_parquet({quoted(str(one.path))})"
            )
            for unfolded, path in one.unfolded.items():
                connection.execute(
                    f"CREATE VIEW {named(unfolded)} AS SELECT * FROM read_parquet({quoted(str(path))})"
                )
            if one.identities is not None and one.identities.exists():
                people = named(identities_of(name))
                connection.execute(
                    f"CREATE VIEW {people} AS SELECT * FROM read_parquet({quoted(str(one.identities))})"
                )
        _directory(connection, context)
        _listed(connection, mapping, staged)
        latest = f"TIMESTAMP {quoted(str(context.now))}" if mapping.future == "reject" else None
        constants = {"institution": context.institution, "zone": mapping.zone or context.zone}
        views = []
        for table in mapping.tables:
            if table.source in staged:
                further = LIVE_COLUMNS.get(table.table, ()) if live else ()
                from_, columns = relation(
                    with_known(table, staged[table.source].lacking),
                    mapping,
                    set(staged),
                    constants,
                    further=further,
                    terms=context.terms,
                )
                place = f"s.{PLACE}" if table.unfold else "''"
                marks = live_reading.extras(table, columns, staged[table.source].lacking) if live else ()
                columns = [live_reading.emptied(one) for one in columns] if live else columns
                views.append(
                    _view(connection, table.name, table.source, from_, columns, place, latest, marks=marks)
                )
        beside, apart = beside_the_stay(mapping), without_repetition(mapping)
        views = [replace(view, beside=view.name in beside, apart=view.name in apart) for view in views]
        reading = _finish(connection, views, staged, context, folder, known_stays, live=live)
    reading.stated = stated_columns(mapping, {name: one.lacking for name, one in staged.items()})
    _notes(reading, staged)
    return reading


def read_tables(
    tables: MappingType[str, pa.Table],
    context: Context,
    folder: Path,
    *,
    known_stays: Sequence[Path] = (),
    live: bool = False,
) -> Reading:
    """Check tables that already have the contract's columns; the same checks, the same way out.

    live: as in `read_files`; then a table may lack columns (they are not said), and may bring __version.
    Raises FileRefused when a table or a required column is not the contract's.
    """
    with connect(context, folder) as connection:
        _directory(connection, context)
        views = []
        for name, table in tables.items():
            path = _stage_table(name, table, folder, live=live)
            from_ = f"FROM (SELECT *, file_row_number + 1 AS {ROW} FROM read_parquet({quoted(str(path))}, file_row_number = true)) AS s"
            columns = [
                Lowered(
                    c,
                    f"s.{named(c.name)}",
                    f"CAST(s.{named(c.name)} AS VARCHAR)",
                    f"{c.name} {c.meaning.split('：')[0]}",
                )
                for c in (*TABLES[name].columns, *(LIVE_COLUMNS.get(name, ()) if live else ()))
            ]
            views.append(
                _view(
                    connection,
                    name,
                    name,
                    from_,
                    columns,
                    "''",
                    None,
                    aliases=context.departments is not None,
                    marks=live_reading.GIVEN if live else (),
                )
            )
        reading = _finish(connection, views, {}, context, folder, known_stays, live=live)
    reading.delivered_rows = sum(t.num_rows for t in tables.values())
    return reading


def connect(context: Context, folder: Path) -> duckdb.DuckDBPyConnection:
    """DuckDB for one reading: bounded memory, spilling into the reading's own folder, no network, no extension."""
    spill = folder / "spill"
    spill.mkdir(exist_ok=True)
    return duckdb.connect(
        config={
            "memory_limit": f"{context.memory_mb}MB",
            "threads": context.threads,
            "temp_directory": str(spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )


def _all_delivered(files: MappingType[str, Path], mapping: Mapping) -> None:
    lacking = [s.file or s.name for s in mapping.sources.values() if not s.optional and s.name not in files]
    if lacking:
        raise FileRefused(f"缺少文件：{'、'.join(lacking)}。", "请把同一批文件放在一起导入。")


def _directory(connection: duckdb.DuckDBPyConnection, context: Context) -> None:
    known = context.departments or {}
    directory = pa.table(
        {"alias": pa.array(list(known), pa.string()), "code": pa.array(list(known.values()), pa.string())}
    )
    connection.register("departments_given", directory)
    connection.execute("CREATE TABLE departments AS SELECT * FROM departments_given")
    rows = [(place, *pair) for place, codes in context.terms.items() for pair in codes.items()]
    places, locals_, codes = zip(*rows, strict=True) if rows else ((), (), ())
    terms = {"place": places, "local": locals_, "code": codes}
    connection.register("terms_given", pa.table({n: pa.array(v, pa.string()) for n, v in terms.items()}))
    connection.execute("CREATE TABLE terms AS SELECT * FROM terms_given")


def _listed(connection: duckdb.DuckDBPyConnection, mapping: Mapping, staged: dict[str, Staged]) -> None:
    """Numbers by which a delivery refers to departments: those of sources with `directory`, in the mapping's order."""
    for source in mapping.sources.values():
        words = source.options.get("directory")
        if words and source.name in staged:
            names = " UNION ALL ".join(
                f"SELECT {named(words['of'])} AS alias, {named(name)} AS name, {place} AS place FROM {named(source.name)}"
                for place, name in enumerate(words["names"])
            )
            connection.execute(
                f"INSERT INTO departments SELECT n.alias, arg_min(d.code, n.place) FROM ({names}) AS n "
                f"JOIN departments AS d ON d.alias = n.name WHERE n.alias NOT IN (SELECT alias FROM departments) "
                f"GROUP BY n.alias"
            )


def _stage_table(name: str, table: pa.Table, folder: Path, *, live: bool = False) -> Path:
    if name not in TABLES:
        raise FileRefused(f"表 {name} 不在数据契约中。", "请按数据契约提供表名。")
    schema = live_reading.given_schema(name) if live else arrow_schema(name, with_month=False)
    missing = [f.name for f in schema if f.name not in table.column_names and not f.nullable]
    if missing:
        raise FileRefused(f"表 {name} 缺少必填列：{'、'.join(missing)}。", "请按数据契约补齐。")
    columns = [
        table[f.name] if f.name in table.column_names else pa.nulls(table.num_rows, f.type) for f in schema
    ]
    try:
        # nulls in required columns are the checks' business: here only types are made to fit
        cast = [column.cast(f.type) for column, f in zip(columns, schema, strict=True)]
    except pa.ArrowInvalid as error:
        raise FileRefused(
            f"表 {name} 的列类型与数据契约不符：{error}。", "请按数据契约提供数据类型。"
        ) from error
    path = folder / f"{name}.given.parquet"
    pq.write_table(pa.table(cast, names=schema.names), path, compression="lz4")
    return path


def _view(connection, name, source, from_, columns, place, latest, *, aliases=False, marks=()) -> View:
    """Create the view and return it with columns and checks that refer to the view's own names.

    marks: what a live row carries beside its columns; with them, the checks are those of a row by itself.
    """
    parts = [f"s.{ROW}", f"{place} AS {PLACE}", *marks]
    table, outer = name.partition("@")[0], []
    for one in columns:
        column = one.column.name
        parts += [f"{one.typed} AS {named(column)}", f"{one.raw} AS {named(column + '__raw')}"]
        parts += [f"{one.shown} AS {named(column + '__shown')}"] if one.shown else []
        shown = named(column + "__shown") if one.shown else None
        own = (one.label, one.field, shown, one.numbered)
        outer.append(Lowered(one.column, named(column), named(column + "__raw"), *own))
    connection.execute(f"CREATE VIEW {named('view_' + name)} AS SELECT {', '.join(parts)} {from_}")
    found = checks(TABLES[table], outer, latest=latest, aliases=aliases)
    if marks:
        found = live_reading.relaxed(TABLES[table], found)
    extras = live_reading.EXTRAS if marks else ()
    return View(name, table, source, source, tuple(outer), tuple(found), extras)


def _finish(
    connection, views: list[View], staged: dict[str, Staged], context, folder, known_stays, *, live=False
) -> Reading:
    reading = Reading()
    for one in staged.values():
        reading.delivered_rows += one.rows + len(one.problems)
        for fault in one.problems:
            reading.add(fault)
    reading.faulty_rows = sum(len(one.problems) for one in staged.values())
    setting_aside.set_aside(connection, views, folder, reading, repeated=live)
    if live:
        live_reading.write_live(connection, views, staged, folder, reading)
        return reading
    setting_aside.write_good(connection, views, folder, reading, known_stays)
    told = [one for one in staged.values() if one.source.format == "fhir"]
    reading.accounts = {one.source.name: accounting.account(connection, views, one) for one in told}
    setting_aside.write_identities(connection, staged, folder, reading)
    return reading


def _notes(reading: Reading, staged: dict[str, Staged]) -> None:
    for one in staged.values():
        reading.notes += [*one.notes, *accounting.left_out(one)]
        if one.lacking:
            shown = "、".join(one.source.label(c) for c in one.lacking[:10])
            more = f" 等 {len(one.lacking)} 列" if len(one.lacking) > 10 else ""
            reading.notes.append(f"文件没有以下可选列，其内容记为未知：{shown}{more}。")
        if one.unread:
            shown = "、".join(one.unread[:_SHOWN_UNREAD])
            more = f" 等 {len(one.unread)} 列" if len(one.unread) > _SHOWN_UNREAD else ""
            where = f"{one.source.name}：" if len(staged) > 1 else ""
            reading.notes.append(
                f"{where}以下列没有读入（数据契约没有相应的列，或映射没有用到）：{shown}{more}。"
            )
