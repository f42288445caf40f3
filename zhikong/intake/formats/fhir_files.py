"""The resources of a FHIR delivery one after the other: NDJSON, a Bundle or single resources, in a file, folder or ZIP.

Bulk export (HL7 FHIR Bulk Data Access 2.0) gives any number of NDJSON files for each resource type; a file whose name
begins with the type holds only that type. Everything is streamed: a Bundle through ijson, NDJSON line by line.
"""

from __future__ import annotations

import gzip
import json
import re
import zipfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import IO, Any

import ijson

from zhikong.intake.formats.fhir_paths import Resource
from zhikong.intake.reasons import FileRefused

_LONGEST_LINE = 64 << 20  # bytes; a document with pictures in it stays far below
_SMALL = 4 << 20  # bytes of a JSON file that is read at once
_HEAD = 64 << 10
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_BOM = b"\xef\xbb\xbf"
_SUFFIXES = (".ndjson", ".jsonl", ".json", ".ndjson.gz", ".jsonl.gz", ".json.gz")
_NAME = re.compile(r"[A-Za-z]+")
_FIRST_TYPE = re.compile(rb'"resourceType"\s*:\s*"([A-Za-z]+)"')


@dataclass(frozen=True)
class Item:
    """One line or Bundle entry. `fault` says why there is no resource; `deleted` is the reference that a DELETE names."""

    resource: Resource | None = None
    fault: str = ""
    deleted: str = ""


@dataclass
class Part:
    """One file of a delivery. `claimed`: the resource type that its name says, or empty."""

    name: str
    open: Callable[[], IO[bytes]]
    claimed: str = ""


@dataclass
class Delivery:
    """The files of a delivery, in order of their names."""

    parts: list[Part] = field(default_factory=list)

    def of(self, types: Collection[str]) -> list[Part]:
        """The files in which resources of these types may be found."""
        return [part for part in self.parts if not part.claimed or part.claimed in types]


@contextmanager
def delivery(path: Path, types: Collection[str]) -> Iterator[Delivery]:
    """The files of `path`: itself, those of a folder, or the members of a ZIP. Raises FileRefused when there are none.

    types: the resource types that a mapping takes; a file is claimed by the type with which its name begins.
    """
    with _opening(path) as parts:
        stamp = path.stat()
        claims = _claims(path, frozenset(types), (stamp.st_mtime_ns, stamp.st_size))
        for part in parts:
            part.claimed = claims.get(part.name, "")
        yield Delivery(parts)


@contextmanager
def _opening(path: Path) -> Iterator[list[Part]]:
    """The parts of a delivery; a ZIP is opened once for all its members."""
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.is_file() and _known(p.name))
        yield _some([Part(p.relative_to(path).as_posix(), _opener(p)) for p in files], path)
    elif _starts(path, _ZIP):
        with _archive(path) as archive:
            members = (m.filename for m in archive.infolist() if not m.is_dir() and _known(_base(m.filename)))
            yield _some([Part(name, _member(archive, name)) for name in sorted(members)], path)
    else:
        yield [Part(path.name, _opener(path))]


def _some(parts: list[Part], path: Path) -> list[Part]:
    if not parts:
        raise FileRefused(
            f"{path.name} 中没有 FHIR 文件（.ndjson、.json 或其 .gz）。", "请确认导出的文件夹后重新导入。"
        )
    return parts


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise FileRefused(f"{path.name} 不是完整的压缩包。", "请重新下载后再导入。") from error


@lru_cache(maxsize=8)  # every source of a mapping asks for the same delivery
def _claims(path: Path, types: frozenset[str], stamp: tuple[int, int]) -> dict[str, str]:
    """File → the type that claims it, for the files of a folder or ZIP; a single file holds whatever it holds."""
    by_key = {name.casefold(): name for name in types}
    with _opening(path) as parts:
        several = path.is_dir() or _starts(path, _ZIP)
        return {part.name: claimed for part in parts if several and (claimed := _claimed(part, by_key))}


def _known(name: str) -> bool:
    return name.lower().endswith(_SUFFIXES) and not name.startswith(".")


def _starts(path: Path, mark: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(mark)) == mark


def _opener(path: Path) -> Callable[[], IO[bytes]]:
    return lambda: gzip.open(path, "rb") if _starts(path, _GZIP) else path.open("rb")


def _member(archive: zipfile.ZipFile, name: str) -> Callable[[], IO[bytes]]:
    if name.lower().endswith(".gz"):
        return lambda: gzip.GzipFile(fileobj=archive.open(name))
    return lambda: archive.open(name)


def _base(name: str) -> str:
    return PurePosixPath(name).name


def _claimed(part: Part, by_key: dict[str, str]) -> str:
    """The type that the name begins with; a JSON file must also say so itself, since it may be a Bundle."""
    word = _NAME.match(_base(part.name))
    claimed = by_key.get(word[0].casefold(), "") if word else ""
    if claimed and ".json" in _base(part.name).lower():
        with part.open() as file:
            first = _FIRST_TYPE.search(file.read(_HEAD))
        return claimed if first and first[1].decode() == claimed else ""
    return claimed


# ---- one file ------------------------------------------------------------------------------------------------------


def items(part: Part, holding: Collection[str] = ()) -> Iterator[Item | None]:
    """The resources of one file, one item a row: a line of NDJSON (None when it is blank), an entry of a Bundle.

    holding: resource types; NDJSON lines in which none of the names occurs are passed over unread, as None.
    Raises FileRefused for a file that is cut off or no JSON at all.
    """
    try:
        with part.open() as file:
            if _is_lines(part, file):
                yield from _lines(file, holding)
            else:
                yield from _document(part, file)
    except (ijson.JSONError, EOFError, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise FileRefused(f"{part.name} 不完整（多半是传输时被截断）。", "请重新导出后再导入。") from error


def _is_lines(part: Part, file: IO[bytes]) -> bool:
    """NDJSON by its name, or because the first line is a whole object and more follows."""
    name = _base(part.name).lower()
    if ".ndjson" in name or ".jsonl" in name:
        return True
    head = file.read(_HEAD)
    file.seek(0)
    line, newline, more = head.removeprefix(_BOM).lstrip().partition(b"\n")
    return bool(newline and more.strip()) and isinstance(_parsed(line), dict)


def _lines(file: IO[bytes], holding: Collection[str]) -> Iterator[Item | None]:
    marks = [f'"{name}"'.encode() for name in holding]
    for line in _each_line(file):
        if line is None:
            yield Item(fault="too_long")
        elif not line.strip() or (marks and not any(mark in line for mark in marks)):
            yield None
        else:
            yield from _of(_parsed(line))


def _each_line(file: IO[bytes]) -> Iterator[bytes | None]:
    """Lines, None in place of one that is longer than any resource."""
    first = True
    while line := file.readline(_LONGEST_LINE):
        line, first = (line.removeprefix(_BOM) if first else line), False
        if len(line) < _LONGEST_LINE or line.endswith(b"\n"):
            yield line
            continue
        while (rest := file.readline(_LONGEST_LINE)) and not rest.endswith(b"\n"):
            pass
        yield None


def _constant(name: str) -> Any:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_constant)


def _parsed(line: bytes) -> Any:
    """The JSON value of a line, numbers as they are written; None for what is no JSON (NaN included)."""
    try:
        return _DECODER.decode(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def _of(value: Any) -> Iterator[Item]:
    """The resource of a line; a Bundle in one line gives its entries."""
    if not isinstance(value, dict):
        yield Item(fault="unreadable_row")
    elif value.get("resourceType") == "Bundle":
        yield from map(_entry, _entries(value))
    else:
        yield Item(value)


def _entries(bundle: Resource) -> list[Any]:
    entries = bundle.get("entry")
    return entries if isinstance(entries, list) else []


def _document(part: Part, file: IO[bytes]) -> Iterator[Item]:
    """A JSON file: one resource, or a Bundle, whose entries count as rows."""
    head = file.read(_SMALL).removeprefix(_BOM)
    if len(head) < _SMALL:
        value = _parsed(head)
        if not isinstance(value, dict):
            raise FileRefused(f"{part.name} 不是完整的 JSON 对象。", "请重新导出后再导入。")
        yield from _of(value)
    else:
        file.seek(0)
        yield from map(_entry, ijson.items(file, "entry.item"))


def _entry(entry: Any) -> Item:
    """A Bundle's entry. One created by a transaction is known by its `fullUrl`; a DELETE has no resource."""
    if not isinstance(entry, dict):
        return Item(fault="unreadable_row")
    request = entry.get("request") if isinstance(entry.get("request"), dict) else {}
    resource, url = entry.get("resource"), str(entry.get("fullUrl") or "")
    if request.get("method") == "DELETE":
        return Item(deleted=str(request.get("url") or url))
    if not isinstance(resource, dict):
        return Item(fault="no_resource")
    created = url.startswith("urn:uuid:") and request.get("method") == "POST"
    if url and (created or "id" not in resource):
        resource["id"] = re.split(r"[/:]", url)[-1]
    return Item(resource)
