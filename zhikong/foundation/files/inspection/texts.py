"""Plain texts and tables: really text, and nothing that a browser or a spreadsheet would run."""

import codecs
import mmap
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zhikong.foundation.files.inspection.refusal import Refused

MARKUP = re.compile(rb"<\s*(?:!doctype|html|script|svg|iframe|object|embed|meta|\?xml|\?php)", re.IGNORECASE)
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
CELL = re.compile(rb"[^,;\t\r\n]+")
PROGRAM = re.compile(rb"[=+\-@][ =+\-@(]{0,20}[A-Za-z_][^|]{0,100}\|")
PIECE = 256 * 1024
NO_TEXT = "内容不是纯文本（应为 UTF-8 或 GB18030 编码）。请检查后重新导出。"
MARKED_UP = "文本里含有网页代码（HTML、SVG 或脚本），不能上传。请另存为 docx 或 PDF。"


def check(path: Path) -> str:
    """A text in UTF-8 or GB18030 without control characters and without markup at its beginning."""
    with _mapped(path) as data:
        if CONTROL.search(data) or not (_decodes(data, "utf-8-sig") or _decodes(data, "gb18030")):
            raise Refused(NO_TEXT)
        if MARKUP.search(data):
            raise Refused(MARKED_UP)
    return ""


def check_csv(path: Path) -> str:
    """A text, and no cell that would start a program when a spreadsheet opens it (DDE)."""
    check(path)
    with _mapped(path) as data:
        if any(_starts_program(found[0]) for found in CELL.finditer(data)):
            raise Refused("表格里有会启动外部程序的公式（DDE），不能上传。请删除这些公式后重新导出。")
    return ""


def _starts_program(cell: bytes) -> bool:
    """=cmd|' /C calc'!A0: what a spreadsheet takes for a formula, with a program's name before a bar."""
    return bool(PROGRAM.match(cell.lstrip(b" \"'")))


@contextmanager
def _mapped(path: Path) -> Iterator[mmap.mmap]:
    """The file without reading it into memory; it is not empty, sniffing has refused that."""
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield data


def _decodes(data: mmap.mmap, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(data), PIECE):
            decoder.decode(data[start : start + PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
