"""Zip containers: bombs, overlaps and names, judged from the directory before anything is unpacked."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from zhikong.foundation.files.inspection.refusal import Refused

MOST_ENTRIES = 5_000
LARGEST_TOTAL = 300 * 1024 * 1024
LARGEST_ENTRY = 200 * 1024 * 1024
WORST_RATIO = 200  # deflate reaches 1000; plain spreadsheets stay below 50, sheets of empty cells below 150
RATIO_MATTERS = 1024 * 1024
BOMB = "文件解开后大得不正常（可能是压缩炸弹），不能上传。请用 Office 或 WPS 另存一份后再试。"
BROKEN = "文件已损坏或结构不正常，打不开。请用 Office 或 WPS 另存一份后再试。"


def opened(path: Path) -> zipfile.ZipFile:
    """The container, when its directory is sound; raises Refused otherwise. The caller closes it."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, OverflowError):
        raise Refused(BROKEN) from None
    try:
        _check_directory(archive, path)
    except BaseException:
        archive.close()
        raise
    return archive


def entry_names(path: Path) -> set[bytes]:
    """Names of the entries, for telling formats apart."""
    with opened(path) as archive:
        return {name.encode("utf-8", "replace") for name in archive.namelist()}


def _check_directory(archive: zipfile.ZipFile, path: Path) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise Refused(BOMB)
    _check_start(entries, path)
    _check_sizes(entries)
    _check_overlap(entries, archive.start_dir)
    names = [entry.filename for entry in entries]
    if len({name.lower() for name in names}) != len(names):
        raise Refused(BROKEN)
    for entry in entries:
        _check_entry(entry)


def _check_start(entries: list[zipfile.ZipInfo], path: Path) -> None:
    """The first entry begins the file: nothing stands in front of the container."""
    with open(path, "rb") as file:
        begins = file.read(4) == b"PK\x03\x04"
    if not begins or not entries or min(e.header_offset for e in entries) != 0:
        raise Refused(BROKEN)


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if sum(entry.file_size for entry in entries) > LARGEST_TOTAL:
        raise Refused(BOMB)
    for entry in entries:
        worst = entry.file_size > RATIO_MATTERS and entry.file_size > WORST_RATIO * max(
            entry.compress_size, 1
        )
        if entry.file_size > LARGEST_ENTRY or worst:
            raise Refused(BOMB)


def _check_overlap(entries: list[zipfile.ZipInfo], directory: int) -> None:
    """Entries that share bytes make a small file large without any single ratio being wrong."""
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    starts = [entry.header_offset for entry in ordered[1:]] + [directory]
    for entry, following in zip(ordered, starts, strict=True):
        if entry.header_offset + 30 + len(entry.orig_filename) + entry.compress_size > following:
            raise Refused(BOMB)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    parts = entry.filename.replace("\\", "/").split("/")
    climbing = ".." in parts or entry.filename.startswith(("/", "\\")) or ":" in entry.filename
    if climbing or "\x00" in entry.orig_filename:
        raise Refused(BROKEN)
    if entry.flag_bits & 0x1:
        raise Refused("文件设有密码，无法检查内容。请去掉密码后再上传。")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused(BROKEN)


def content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """An entry's content in pieces, never more than its directory promised."""
    left = entry.file_size
    try:
        with archive.open(entry) as source:
            while piece := source.read(256 * 1024):
                left -= len(piece)
                if left < 0:
                    raise Refused(BOMB)
                yield piece
    except Refused:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        raise Refused(BROKEN) from None
