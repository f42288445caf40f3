"""A hospital's versions as one file: a zip with pack.yaml and the definitions, the same bytes for the same content.

Reading trusts nothing: names, sizes and kinds of entries are checked before a byte is taken, and what is unpacked is
counted while it is unpacked.
"""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

MAX_BYTES = 5_000_000
MAX_FILES = 1_000
MAX_ONE = 400_000
MAX_UNPACKED = 20_000_000
PACK = "pack.yaml"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment a zip can hold: time of export must not change the bytes
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class BadBundle(ValueError):
    """The file is not a pack that may be taken in; the sentence says why."""


@dataclass(frozen=True)
class Entry:
    """One definition of a bundle: the folder says its kind, the file's name its id."""

    folder: str
    id: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.folder}/{self.id}.yaml"


@dataclass(frozen=True)
class Bundle:
    """What a file holds: the text of pack.yaml, and the definitions by name."""

    pack: str
    entries: tuple[Entry, ...]


def packed(root: str, files: Mapping[str, str]) -> bytes:
    """The zip: every file below one folder, sorted, uncompressed, without times, so that bytes never vary."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, text in sorted(files.items()):
            info = zipfile.ZipInfo(f"{root}/{name}", date_time=_EPOCH)
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            info.create_system = 3
            archive.writestr(info, text.encode("utf-8"))
    return target.getvalue()


def unpacked(raw: bytes) -> Bundle:
    """The content of a bundle. Raises BadBundle with a sentence for everything that is not one."""
    if len(raw) > MAX_BYTES:
        raise BadBundle(f"文件超过 {MAX_BYTES // 1_000_000} MB，不像是内容包。")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return _bundle(_texts(archive))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError) as error:
        if isinstance(error, BadBundle):
            raise
        raise BadBundle("这不是完整的 zip 文件，请重新导出后再导入。") from error


def _texts(archive: zipfile.ZipFile) -> dict[str, str]:
    members = [info for info in archive.infolist() if not info.is_dir()]
    if len(members) > MAX_FILES:
        raise BadBundle(f"里面有 {len(members)} 个文件，最多 {MAX_FILES} 个。")
    names = [_safe_name(info) for info in members]
    if len({name.casefold() for name in names}) != len(names):
        raise BadBundle("里面有重名的文件。")
    if sum(info.file_size for info in members) > MAX_UNPACKED:
        raise BadBundle("解压后过大，已拒绝。")
    return {name: _text(archive, info, name) for name, info in zip(names, members, strict=True)}


def _safe_name(info: zipfile.ZipInfo) -> str:
    """The name of an entry; refuses names that point elsewhere and entries that are no plain files."""
    name, path = info.filename, PurePosixPath(info.filename)
    mode = info.external_attr >> 16
    wrong = "\\" in name or "\x00" in name or ":" in name or name.startswith("/") or ".." in path.parts
    if wrong or not 2 <= len(path.parts) <= 3:
        raise BadBundle(f"文件名不合规：{name[:80]!r}。")
    if (
        (stat.S_IFMT(mode) not in (0, stat.S_IFREG))
        or info.flag_bits & 0x1
        or info.compress_type not in _METHODS
    ):
        raise BadBundle(f"不是普通文件：{name[:80]!r}。")
    if path.suffix != ".yaml":
        raise BadBundle(f"只能包含 .yaml 文件，不能有 {name[:80]!r}。")
    return name


def _text(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> str:
    """The text of an entry; what the header says of its size is not believed."""
    with archive.open(info) as source:
        raw = source.read(MAX_ONE + 1)
    if len(raw) > MAX_ONE:
        raise BadBundle(f"{name} 过大。")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadBundle(f"{name} 不是 UTF-8 编码的文字。") from error


def _bundle(texts: Mapping[str, str]) -> Bundle:
    roots = {PurePosixPath(name).parts[0] for name in texts}
    if len(roots) != 1:
        raise BadBundle("一个文件只能有一个内容包。")
    root = roots.pop()
    pack = texts.get(f"{root}/{PACK}")
    if pack is None:
        raise BadBundle("缺少 pack.yaml，不是内容包。")
    return Bundle(pack, tuple(_entries(root, texts)))


def _entries(root: str, texts: Mapping[str, str]) -> Iterable[Entry]:
    for name, text in sorted(texts.items()):
        parts = PurePosixPath(name).parts
        if len(parts) == 3:
            yield Entry(parts[1], PurePosixPath(name).stem, text)
        elif name != f"{root}/{PACK}":
            raise BadBundle(f"{name} 不在任何类别的文件夹里。")
