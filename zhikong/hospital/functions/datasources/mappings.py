"""The mapping files that the packs bring, and the files that a delivery consists of."""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from zhikong import packs
from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.packstore.queries import resolve_all
from zhikong.intake import workbooks
from zhikong.intake.mappings import Mapping, MappingFault, load_mapping, read_mapping
from zhikong.intake.reasons import FileRefused
from zhikong.intake.recognition import Recognised, recognise
from zhikong.intake.textfiles import examine, fingerprint

PACKS = Path(next(iter(packs.__path__)))
KIND = "mapping"
"""Mappings in the pack store: a hospital's own are versions there, reviewed before they are used."""
_ARCHIVES = (".whl", ".zip")


@dataclass(frozen=True)
class MappingFile:
    """A mapping with the fingerprint of its text: a changed mapping reads the same file anew."""

    mapping: Mapping
    hash: str


@cache
def packaged() -> dict[str, MappingFile]:
    """Mapping id -> mapping, of all packs, sorted by id."""
    found = {}
    for path in sorted(PACKS.glob("*/mappings/*.yaml")):
        mapping = load_mapping(path)
        found[mapping.id] = MappingFile(mapping, fingerprint(path))
    return dict(sorted(found.items()))


def mappings() -> dict[str, MappingFile]:
    """Mapping id -> mapping: the packs', and what the hospital in scope has published itself."""
    today = timezone.localdate()
    own = [found for found in resolve_all(KIND, on=today) if found.is_own]
    return {**packaged(), **{found.id: MappingFile(found.obj, found.hash) for found in own}}


def parse(text: str, *, file: Path) -> Mapping | list[Problem]:
    """A mapping's text for the pack store: the mapping, or the sentence that says what is wrong with it."""
    try:
        return read_mapping(text, file)
    except MappingFault as fault:
        return [Problem(file, 1, str(fault), "请在导入向导里重新生成，或按 intake/README.md 的写法改正。")]


def mapping_named(name: str) -> MappingFile:
    """The mapping with an id; raises FileRefused with the ids that there are."""
    known = mappings()
    if name not in known:
        raise FileRefused(f"没有名为 {name} 的映射。", f"可用的映射：{'、'.join(known)}。")
    return known[name]


def recognised(path: Path) -> Recognised:
    """The mapping that reads a file or a folder, told by its header. Raises FileRefused when none is known by it.

    In a folder or archive a mapping is known by its main file's name.
    """
    known = [file.mapping for file in mappings().values()]
    if path.is_dir():
        mains = [(m, path / m.sources[m.main].file) for m in known if m.sources[m.main].file]
        found = [recognise(_header(file), [m]) for m, file in mains if file.is_file()]
        found = [one for one in found if one is not None]
        if found:
            return max(found, key=lambda one: one.certain)
    elif path.suffix not in _ARCHIVES and (one := recognise(_header(path), known)):
        return one
    raise FileRefused(
        f"从表头认不出 {path.name} 是哪种文件。", f"请指明映射：{'、'.join(m.id for m in known)}。"
    )


def _header(path: Path) -> tuple[str, ...]:
    if workbooks.is_workbook(path):
        return tuple(workbooks.sheets(path)[0].header)
    return examine(path).header


def delivery(path: Path, mapping: Mapping, folder: Path) -> dict[str, Path]:
    """Source name -> file, from one file, a folder of files, or an archive (a wheel, say) that holds them.

    From an archive only the files that the mapping names are taken out, into `folder`.
    Raises FileRefused when the path does not exist or holds none of them.
    """
    if not path.exists():
        raise FileRefused(f"找不到文件 {path.name}。", "请检查路径。")
    if mapping.sources[mapping.main].format == "fhir":  # its reader finds each source's files by itself
        return dict.fromkeys((n for n, s in mapping.sources.items() if s.format == "fhir"), path)
    if path.is_dir():
        found = {n: path / s.file for n, s in mapping.sources.items() if s.file and (path / s.file).is_file()}
    elif path.suffix in _ARCHIVES and any(s.file for s in mapping.sources.values()):
        found = _taken_out(path, mapping, folder)
    else:
        return {n: path for n, s in mapping.sources.items() if n == mapping.main or s.of == mapping.main}
    if not found:
        names = "、".join(s.file for s in mapping.sources.values() if s.file)
        raise FileRefused(f"{path.name} 中没有映射“{mapping.name}”需要的文件。", f"需要：{names}。")
    return found


def reads_folders(name: str) -> bool:
    """Whether a mapping reads a folder as a whole, whatever the names of the files in it (FHIR bulk exports)."""
    chosen = mappings().get(name)
    return chosen is not None and chosen.mapping.sources[chosen.mapping.main].format == "fhir"


@contextmanager
def archived(folder: Path) -> Iterator[Path]:
    """The files of a folder as one private ZIP, for as long as it is needed; equal files give equal bytes."""
    incoming = Path(settings.RAW_FOLDER) / "incoming"
    incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = incoming / f"{os.getpid()}-{uuid4().hex}.zip"
    try:
        with (
            os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        ):
            for one in sorted(p for p in folder.rglob("*") if p.is_file()):
                member = zipfile.ZipInfo(one.relative_to(folder).as_posix())
                member.compress_type = zipfile.ZIP_DEFLATED
                with one.open("rb") as source, archive.open(member, "w", force_zip64=True) as target:
                    shutil.copyfileobj(source, target, 1 << 20)
        yield path
    finally:
        path.unlink(missing_ok=True)


def readable(
    files: dict[str, Path], mapping: Mapping, folder: Path
) -> tuple[dict[str, Path], dict[str, int]]:
    """The files with the first table of each Excel workbook as text, and the rows on which their headers stand."""
    texts, header_rows = dict(files), {}
    for name, path in files.items():
        if mapping.sources[name].format == "csv" and workbooks.is_workbook(path):
            sheet = workbooks.sheets(path)[0]
            texts[name], header_rows[name] = folder / f"{name}.sheet.csv", sheet.header_row
            workbooks.write_text(path, sheet, texts[name])
    return texts, header_rows


def _taken_out(path: Path, mapping: Mapping, folder: Path) -> dict[str, Path]:
    wanted = {source.file: name for name, source in mapping.sources.items() if source.file}
    found: dict[str, Path] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                file = PurePosixPath(member.filename).name
                if file in wanted and not member.is_dir():
                    # written under our own name: nothing in an archive decides where a file lands
                    target = folder / f"{wanted[file]}.delivered"
                    target.write_bytes(archive.read(member))
                    found[wanted[file]] = target
    except zipfile.BadZipFile as error:
        raise FileRefused(f"{path.name} 不是完整的压缩包。", "请重新下载后再导入。") from error
    return found


def fingerprint_of(files: dict[str, Path]) -> str:
    """One fingerprint of a whole delivery: that of its only file, or of all files by name."""
    known = {path: fingerprint(path) for path in set(files.values())}
    prints = {name: known[path] for name, path in sorted(files.items())}
    if len(known) == 1:
        return next(iter(prints.values()))
    return hashlib.sha256("\n".join(f"{n} {p}" for n, p in prints.items()).encode()).hexdigest()
