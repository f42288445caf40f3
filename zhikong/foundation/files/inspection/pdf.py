"""PDF: refused when it can act by itself.

Why refused and not kept as dangerous: what is uploaded here stands for paper. Printing it to a new PDF loses nothing
and removes every script, while a file kept as dangerous would be handed to the next reader with a warning that
nobody heeds. The names of actions are those of ISO 32000-1, 12.6.4 and 7.11.4. Object streams are unpacked, because
names can hide there; a file with a password cannot be looked into and is refused as well.
"""

import mmap
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from zhikong.foundation.files.inspection.refusal import Refused

ACTIVE = "PDF 里有脚本或会自动执行的动作（%s），不能上传。请用“打印到 PDF”重新生成后再上传。"
EMBEDDED = "PDF 里嵌有别的文件或多媒体（%s），不能上传。请用“打印到 PDF”重新生成，附带的文件另行上传。"
ENCRYPTED = "PDF 设有密码或使用限制，无法检查内容。请用“打印到 PDF”重新生成后再上传。"
BROKEN = "PDF 文件不完整或结构不正常。请重新导出后再上传。"
POLYGLOT = "PDF 里混有网页代码或其他文件，不能上传。请用“打印到 PDF”重新生成后再上传。"
BOMB = "PDF 解开后大得不正常，不能上传。请用“打印到 PDF”重新生成后再上传。"

ACTIONS = (
    b"JavaScript",
    b"Launch",
    b"SubmitForm",
    b"ImportData",
    b"Rendition",
    b"GoToE",
    b"GoToR",
    b"OnInstantiate",
)
CARRIERS = (b"EmbeddedFile", b"EmbeddedFiles", b"RichMedia", b"Movie", b"Sound", b"FileAttachment")
# Names of two letters (JS, 3D) are left out: packed pictures contain them by chance, and they never stand alone.
NAME = re.compile(rb"/([A-Za-z0-9#]{5,64})")
XFA = re.compile(rb"/(?:X|#58)(?:F|#46)(?:A|#41)\s*[\[0-9]")
ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
STREAM = re.compile(rb"(?<!end)stream[ \t]{0,4}(?:\r\n|\n|\r)")
# What every object stream must say of itself, whatever its /Type; and packing that hides names from us but not from
# readers. A predictor belongs to pictures and cross-references.
SAYS_OBJECTS = (re.compile(rb"/First\b"), re.compile(rb"/N\s+\d"))
SCRIPT_ADDRESS = re.compile(rb"/URI\s*\(\s*javascript:", re.IGNORECASE)
OBJECTS = re.compile(
    rb"\s*\d+\s+\d+\s"
)  # an object stream begins with numbers and offsets (ISO 32000-1, 7.5.7)
ODD_FILTERS = re.compile(
    rb"/(?:Predictor|LZW|LZWDecode|ASCII85Decode|A85|ASCIIHexDecode|AHx|RunLengthDecode|RL|Crypt)\b"
)
MARKUP = re.compile(rb"<\s*(?:!doctype\s+html|html|script|svg|body|iframe)\b", re.IGNORECASE)
LARGEST_UNPACKED = 200 * 1024 * 1024
LARGEST_STREAM = 50 * 1024 * 1024
LONGEST_DICTIONARY = 4096
MOST_STREAMS = 100_000
PIECE = 64 * 1024


def check(path: Path) -> str:
    """Look at every name in the file, which is mapped and not read into memory. Raises Refused."""
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        _check(data)
    return ""


def _check(data: mmap.mmap) -> None:
    _check_shape(data)
    _check_names(data)
    unpacked = 0
    for objects in _object_streams(data):
        unpacked += len(objects)
        if unpacked > LARGEST_UNPACKED:
            raise Refused(BOMB)
        _check_names(objects)


def _check_shape(data: mmap.mmap) -> None:
    """From the first byte to the end mark it is a PDF and nothing else."""
    end = data.rfind(b"%%EOF")
    if end < 0 or data.rfind(b"startxref") < 0:
        raise Refused(BROKEN)
    if len(data) - end > 1024 or MARKUP.search(data[:1024]) or MARKUP.search(data[end:]):
        raise Refused(POLYGLOT)


def _check_names(data: mmap.mmap | bytes) -> None:
    if XFA.search(data):
        raise Refused(ACTIVE % "XFA")
    if SCRIPT_ADDRESS.search(data):
        raise Refused(ACTIVE % "javascript:")
    for name in {_unescaped(raw) for raw in {found[1] for found in NAME.finditer(data)}}:
        if name in ACTIONS:
            raise Refused(ACTIVE % name.decode())
        if name in CARRIERS:
            raise Refused(EMBEDDED % name.decode())
        if name == b"Encrypt":
            raise Refused(ENCRYPTED)


def _unescaped(name: bytes) -> bytes:
    """Any character of a name may be written as # and its code."""
    return ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), name)


def _object_streams(data: mmap.mmap) -> Iterator[bytes]:
    """The unpacked contents of streams that hold objects, whether their dictionaries say so or not.

    Readers find object streams by the cross-reference table and forgive a missing /Type, so the content decides too.
    """
    for number, found in enumerate(STREAM.finditer(data)):
        if number > MOST_STREAMS:
            raise Refused(BOMB)
        before = data[max(0, found.start() - LONGEST_DICTIONARY) : found.start()]
        dictionary = _unescaped(before[before.rfind(b"endstream") + 1 :])
        declared = b"/ObjStm" in dictionary or all(word.search(dictionary) for word in SAYS_OBJECTS)
        if declared and ODD_FILTERS.search(dictionary):
            raise Refused(BROKEN)  # packed as no ordinary program packs objects
        if declared or OBJECTS.match(_inflate(data, found.end(), 256)):
            yield _inflate(data, found.end(), LARGEST_STREAM, whole=True)


def _inflate(data: mmap.mmap, position: int, most: int, *, whole: bool = False) -> bytes:
    """Up to ``most`` bytes of a packed stream, nothing when it is not packed; whole: more than that is a bomb."""
    unpacker, content, piece = zlib.decompressobj(), bytearray(), PIECE if whole else 2 * most
    try:
        while position < len(data) and not unpacker.eof and len(content) <= most:
            content += unpacker.decompress(data[position : position + piece], most + 1)
            position += piece
    except zlib.error:
        return bytes(content)
    if whole and len(content) > most:
        raise Refused(BOMB)
    return bytes(content)
