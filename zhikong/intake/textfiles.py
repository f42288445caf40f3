"""What a delimited text file is: encoding, delimiter, header and fingerprint, found before a row is read."""

from __future__ import annotations

import codecs
import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

from zhikong.intake.reasons import FileRefused

_CHUNK = 1 << 20
_DELIMITERS = ",\t;|"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAVE_AS = "请在 Excel 中“另存为”CSV UTF-8（逗号分隔）后再导入。"


@dataclass(frozen=True, slots=True)
class TextFile:
    """A readable delimited file. `header` holds the names as written, trimmed."""

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]


def fingerprint(path: Path) -> str:
    """SHA-256 of the file's bytes, in hex: the same file is known again under any name."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def examine(path: Path) -> TextFile:
    """Find encoding (UTF-8, UTF-8 with BOM, UTF-16 with BOM, GB18030), delimiter and header.

    The whole file is decoded once, in chunks, so that no row fails later. Raises FileRefused for an empty
    file, a spreadsheet or archive, an undecodable file and a header that is empty or names a column twice.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip():
        raise FileRefused("文件是空的，没有任何内容。", "请确认导出是否成功，重新导出后再导入。")
    _refuse_binary(head)
    encoding = _encoding(path, head)
    delimiter, header = _header(path, encoding)
    _refuse_bad_header(header)
    return TextFile(path, encoding, delimiter, header)


def _refuse_binary(head: bytes) -> None:
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise FileRefused("这是 Excel 工作簿或压缩包，不是文本文件。", _SAVE_AS)
    if b"\x00" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileRefused("这不是文本文件（含有二进制内容）。", "请导出为 CSV 文本文件后再导入。")


def _encoding(path: Path, head: bytes) -> str:
    by_mark = next((name for mark, name in _BOMS if head.startswith(mark)), None)
    candidates = [by_mark] if by_mark else ["utf-8", "gb18030"]
    faults = []
    for name in candidates:
        fault = _first_fault(path, name)
        if fault is None:
            return name
        faults.append(fault)
    raise FileRefused(
        f"文件编码无法识别：既不是 UTF-8 也不是 GBK/GB18030，第 {max(faults)} 行附近有无法解码的内容。",
        "请用 UTF-8 重新导出后再导入。",
    )


def _first_fault(path: Path, encoding: str) -> int | None:
    """The line near which decoding fails, or None when every byte can be decoded."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                return lines + chunk[: error.start].count(b"\n")
            lines += chunk.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return lines
    return None


def _header(path: Path, encoding: str) -> tuple[str, tuple[str, ...]]:
    with path.open(encoding=encoding, newline="") as file:
        line = file.readline(_CHUNK)
    delimiter = max(_DELIMITERS, key=line.count)
    names = next(csv.reader([line], delimiter=delimiter), [])
    return delimiter, tuple(name.strip().lstrip("\ufeff") for name in names)


def _refuse_bad_header(header: tuple[str, ...]) -> None:
    if not any(header):
        raise FileRefused("文件的第一行不是表头。", "第一行应为列名，请重新导出。")
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise FileRefused(f"表头中列名重复：{'、'.join(twice[:5])}。", "请删去重复的列后再导入。")
