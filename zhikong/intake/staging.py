"""First step: a source file becomes a staging file of text columns, streamed, without any direct identifier."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from zhikong.intake import identity_checks
from zhikong.intake.context import Context
from zhikong.intake.deidentifying import deidentify
from zhikong.intake.mappings import Mapping, Source, deidentified_columns, used_columns
from zhikong.intake.pseudonyms import masked, pseudonyms
from zhikong.intake.reasons import FileRefused, Problem, problem
from zhikong.intake.textfiles import TextFile, examine
from zhikong.intake.unfolding import Unfolder

ROW = "__row"
_BLOCK = 4 << 20
_BATCH = 50_000
_LINES_IN_A_CELL = 50  # more line breaks than any cell of a front page has


Columns = dict[str, pa.Array]
FORMATS = ("fhir", "hl7", "rows")


@dataclass
class Staged:
    """A staged source: its text columns in one parquet file, its identities in another, and the lines left out.

    header_row: the header's row as the hospital sees it; rows after it are counted from there. zone: the wall time
    of times that carry an offset. left: why rows were left out that are no faults (the contract does not hold them)
    -> their numbers. withdrawn: rows already given that a later line of the file took back.
    """

    source: Source
    path: Path
    identities: Path | None
    rows: int = 0
    problems: list[Problem] = field(default_factory=list)
    lacking: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()  # columns of the file that the mapping does not use
    header_row: int = 1
    zone: str = "UTC"
    left: dict[str, list[int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    withdrawn: pa.Array | None = None
    live: bool = False
    unfolded: dict[str, Path] = field(default_factory=dict)


Reader = Callable[[Path, Source, list[str], Mapping, Staged], Iterator[tuple[pa.Array, Columns]]]
"""Streams a file: (row numbers, wanted columns as trimmed text, null where blank), some thousand rows at a time.

What cannot be read goes to the staged source's `problems` with its row; FileRefused when the file cannot be taken.
"""


def stage(
    source: Source,
    file: Path,
    mapping: Mapping,
    context: Context,
    folder: Path,
    *,
    header_row: int = 1,
    live: bool = False,
) -> Staged:
    """Stream `file` into `folder`: trimmed text, blanks as null, record numbers as pseudonyms, row numbers kept.

    Raises FileRefused when the file as a whole cannot be taken (empty, undecodable, missing column).
    """
    wanted = wanted_columns(source, mapping)
    zone = mapping.zone or context.zone
    result = Staged(
        source, folder / f"{source.name}.parquet", None, header_row=header_row, zone=zone, live=live
    )
    reader = reader_of(source.format)
    result.identities = folder / f"{source.name}.identities.parquet" if source.identity else None
    writers = _Writers(result)
    unfolder = Unfolder.of(source, mapping, folder)
    result.unfolded = unfolder.paths
    try:
        for first_rows, columns in reader(file, source, wanted, mapping, result):
            writers.write(*_split(source, mapping, context, first_rows, columns, unfolder))
            if context.told is not None:
                context.told(result.rows)
        if writers.main is None:
            nothing = {column: pa.array([], pa.string()) for column in wanted}
            writers.write(*_split(source, mapping, context, pa.array([], pa.int64()), nothing, unfolder))
    finally:
        writers.close()
        unfolder.close()
    _withdraw(result)
    if not result.rows and not result.problems and source.of is None and source.format not in FORMATS:
        raise FileRefused("文件只有表头，没有数据行。", "请确认导出的日期范围，重新导出后再导入。")
    return result


def _withdraw(result: Staged) -> None:
    """Write the staged files again without the rows that were taken back."""
    if result.withdrawn is None or not len(result.withdrawn):
        return
    result.rows = _without(result.path, result.withdrawn)
    for path in result.unfolded.values():
        _without(path, result.withdrawn)


def _without(path: Path, withdrawn: pa.Array) -> int:
    before, rows = path.replace(path.with_suffix(".before.parquet")), 0
    with pq.ParquetFile(before) as old, pq.ParquetWriter(path, old.schema_arrow) as new:
        for batch in old.iter_batches(batch_size=_BATCH):
            kept = batch.filter(pc.invert(pc.is_in(batch[ROW], withdrawn)))
            new.write_batch(kept)
            rows += kept.num_rows
    before.unlink()
    return rows


def reader_of(form: str) -> Reader:
    """The reader of a format; each module of `formats` reads one, and is loaded when it is asked for."""
    if form == "csv":
        return _text_batches
    if form == "parquet":
        return _parquet_batches
    if form not in FORMATS:
        raise FileRefused(
            f"不认识的文件格式 {form}。", f"可用的格式：{'、'.join(('csv', 'parquet', *FORMATS))}。"
        )
    found: Reader = import_module(f"zhikong.intake.formats.{form}").batches
    return found


def wanted_columns(source: Source, mapping: Mapping) -> list[str]:
    """Every column of a source that a reading needs: parts of pseudonyms, identities, and what the tables use."""
    parts = [part for _, of in source.pseudonyms.values() for part in of]
    parts += [column for of in source.judged.values() for column in of.values()]
    known = known_columns(source) if deidentified_columns(mapping, source.name) else []
    return list(
        dict.fromkeys([*parts, *source.identity.values(), *known, *used_columns(mapping, source.name)])
    )


def known_columns(source: Source) -> list[str]:
    """Columns that say who the patient is: the identity's, and those that the mapping's `known` names."""
    return list(dict.fromkeys([*source.identity.values(), *source.options.get("known", ())]))


class _Writers:
    """The two output files, opened with the first batch's schema."""

    def __init__(self, staged: Staged):
        self.staged, self.main, self.identities = staged, None, None

    def write(self, batch: pa.Table, identities: pa.Table | None) -> None:
        self.main = self.main or pq.ParquetWriter(self.staged.path, batch.schema, compression="lz4")
        self.main.write_table(batch)
        self.staged.rows += batch.num_rows
        if identities is not None:
            if self.identities is None:
                self.identities = pq.ParquetWriter(
                    self.staged.identities, identities.schema, compression="zstd"
                )
            self.identities.write_table(identities)

    def close(self) -> None:
        for writer in (self.main, self.identities):
            if writer is not None:
                writer.close()


def _split(
    source: Source, mapping: Mapping, context: Context, rows: pa.Array, columns: Columns, unfolder: Unfolder
):
    """Staging columns and identity columns of one batch: here the record numbers leave the stream."""
    out: Columns = {ROW: rows}
    for name, (kind, of) in source.pseudonyms.items():
        parts = [columns[part] for part in of]
        out[name] = pseudonyms(context.secret, context.institution, kind, parts)
        out[f"{name}__masked"] = masked(parts[0])
    for name, of in source.judged.items():
        out[name] = identity_checks.judge(name, {role: columns[column] for role, column in of.items()})
    hidden = deidentified_columns(mapping, source.name)
    for name in used_columns(mapping, source.name):
        out[name] = _without_persons(columns[name], source, columns) if name in hidden else columns[name]
    if unfolder.tables:
        keys = [ROW, *source.pseudonyms, *(f"{name}__masked" for name in source.pseudonyms)]
        unfolder.write({name: out[name] for name in keys}, out)
        out = {n: c for n, c in out.items() if n in unfolder.wide or n in keys or n in source.judged}
    if not source.identity:
        return pa.table(out), None
    who = {"patient_key": out["patient_key"]}
    who |= {field: columns[column] for field, column in source.identity.items()}
    return pa.table(out), pa.table(who)


def _without_persons(texts: pa.Array, source: Source, columns: Columns) -> pa.Array:
    """Free text without names and numbers; what the same row says of the person is hidden wherever it stands."""
    known = [columns[name].to_pylist() for name in known_columns(source)]
    rows = zip(texts.to_pylist(), *known, strict=True)
    return pa.array(
        [None if text is None else deidentify(text, [k for k in who if k]).text for text, *who in rows],
        pa.string(),
    )


def _clean(column: pa.Array, blank: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):  # most columns of a front page say "-" in every row
        values = _clean(column.dictionary, blank)
        nothing = values.null_count == len(values)
        return pa.nulls(len(column), pa.string()) if nothing else values.take(column.indices)
    trimmed = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.is_in(trimmed, blank), pa.scalar(None, pa.string()), trimmed)


def names_of_column(source: Source, column: str) -> tuple[str, ...]:
    """The headers under which a file may bring a column, the likeliest first."""
    own = [source.names[column]] if column in source.names else []
    return (column, *source.aliases.get(column, ()), *own)


def find_columns(
    source: Source, wanted: list[str], present: list[str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Wanted column -> header as written, matching code or alias without regard to case; and what is lacking.

    Raises FileRefused when a column is lacking that the source does not tolerate.
    """
    by_key = {name.casefold(): name for name in present}
    found, lacking = {}, []
    for column in wanted:
        names = [name.casefold() for name in names_of_column(source, column)]
        match = next((by_key[name] for name in names if name in by_key), None)
        if match is None:
            lacking.append(column)
        else:
            found[column] = match
    missing = [column for column in lacking if not source.tolerates(column)]
    if missing:
        _refuse_missing(source, missing)
    return found, tuple(lacking)


def _refuse_missing(source: Source, missing: list[str]) -> None:
    shown = "、".join(source.label(column) for column in missing[:8])
    more = f"等 {len(missing)} 列" if len(missing) > 8 else ""
    raise FileRefused(f"文件缺少列：{shown}{more}。", "请按接口标准重新导出，或选择与文件相符的映射。")


def _text_batches(file: Path, source: Source, wanted: list[str], mapping: Mapping, result: Staged):
    text = examine(file)
    found, result.lacking = find_columns(source, wanted, list(text.header))
    result.unread = tuple(name for name in text.header if name and name not in found.values())
    skipped: list[int] = []
    swallowed: list[tuple[int, int]] = []

    def left_out(row) -> str:
        number = row.number + result.header_row - 1
        skipped.append(number)
        swallowed.append((row.text.count("\n"), number))
        result.problems.append(_column_count(source, row, number))
        return "skip"

    blank = pa.array(mapping.blank, pa.string())
    numbers = _RowNumbers(skipped, result.header_row)
    try:
        for batch in _open_csv(text, list(found.values()), left_out):
            rows = numbers.of(batch.num_rows)
            columns = {c: _clean(batch.column(h), blank) for c, h in found.items()}
            columns |= {c: pa.nulls(batch.num_rows, pa.string()) for c in result.lacking}
            yield _without_blank_lines(batch, rows, columns)
            _refuse_open_quote(swallowed)
        _refuse_open_quote(swallowed)
    except pa.ArrowInvalid as error:
        raise FileRefused(
            f"第 {numbers.next} 行之后无法按列拆分（多半是引号不成对）。",
            "请检查该处的引号和换行，重新导出。",
        ) from error


def _refuse_open_quote(swallowed: list[tuple[int, int]]) -> None:
    """A quote that is never closed makes one cell of all lines up to the next quote: no row can be trusted then."""
    lines, row = max(swallowed, default=(0, 0))
    if lines > _LINES_IN_A_CELL:
        raise FileRefused(
            f"第 {row} 行的引号没有配对，其后 {lines} 行被当成了同一格。", "请补上或删去该行的引号后再导入。"
        )


def _open_csv(text: TextFile, headers: list[str], left_out) -> pa_csv.CSVStreamingReader:
    """Every column as text; no threads, so that the parser knows row numbers."""
    encoding = "utf8" if text.encoding in ("utf-8", "utf-8-sig") else text.encoding
    names = _unique(text.header)
    return pa_csv.open_csv(
        text.path,
        read_options=pa_csv.ReadOptions(
            use_threads=False, encoding=encoding, block_size=_BLOCK, column_names=names, skip_rows=1
        ),
        parse_options=pa_csv.ParseOptions(
            delimiter=text.delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=left_out,
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types=dict.fromkeys(headers, pa.dictionary(pa.int32(), pa.string())),
            include_columns=headers,
            strings_can_be_null=False,
        ),
    )


def _unique(header: tuple[str, ...]) -> list[str]:
    """Names for the parser: columns without a name get one that no mapping asks for."""
    return [name or f"\x00{place}" for place, name in enumerate(header)]


def _column_count(source: Source, row, number: int) -> Problem:
    return problem(
        "column_count",
        source=source.name,
        row=number,
        table="",
        column="",
        label="整行",
        value=str(row.actual_columns),
        detail=str(row.expected_columns),
    )


class _RowNumbers:
    """Numbers of the parsed rows, when the parser has left some out; they follow the header's."""

    def __init__(self, skipped: list[int], header_row: int):
        self.skipped, self.next = skipped, header_row + 1

    def of(self, count: int) -> pa.Array:
        ahead = [number for number in self.skipped if number >= self.next]
        numbers = np.setdiff1d(np.arange(self.next, self.next + count + len(ahead)), ahead)[:count]
        self.next = int(numbers[-1]) + 1 if count else self.next
        return pa.array(numbers, pa.int64())


def _without_blank_lines(batch: pa.RecordBatch, rows: pa.Array, columns: Columns) -> tuple[pa.Array, Columns]:
    """Lines with nothing in any wanted column are no rows; spreadsheets like to leave them at the end."""
    filled = np.zeros(batch.num_rows, dtype=bool)
    for column in columns.values():
        if filled.all():
            return rows, columns
        filled |= column.is_valid().to_numpy(zero_copy_only=False)
    keep = pa.array(filled)
    return rows.filter(keep), {name: column.filter(keep) for name, column in columns.items()}


def _parquet_batches(file: Path, source: Source, wanted: list[str], mapping: Mapping, result: Staged):
    try:
        parquet = pq.ParquetFile(file)
    except pa.ArrowInvalid as error:
        raise FileRefused(f"{file.name} 不是完整的 Parquet 文件。", "请重新下载或导出。") from error
    found, result.lacking = find_columns(source, wanted, parquet.schema_arrow.names)
    result.unread = tuple(name for name in parquet.schema_arrow.names if name not in found.values())
    blank = pa.array(mapping.blank, pa.string())
    first = 1
    for batch in parquet.iter_batches(batch_size=_BATCH, columns=list(found.values())):
        columns = {c: _clean(_as_text(batch.column(h), mapping.zone), blank) for c, h in found.items()}
        columns |= {c: pa.nulls(batch.num_rows, pa.string()) for c in result.lacking}
        yield pa.array(range(first, first + batch.num_rows), pa.int64()), columns
        first += batch.num_rows


def _as_text(column: pa.Array, zone: str | None) -> pa.Array:
    """Text of a typed column; a time with a zone becomes the wall time of the mapping's zone, never moved."""
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        column = pc.local_timestamp(column.cast(pa.timestamp("us", zone or column.type.tz)))
    return column.cast(pa.string())


def batches_of(path: Path) -> Iterator[pa.RecordBatch]:
    """The record batches of a parquet file, one after the other."""
    with pq.ParquetFile(path) as parquet:
        yield from parquet.iter_batches(batch_size=_BATCH)
