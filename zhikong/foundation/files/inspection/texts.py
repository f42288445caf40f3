"""Plain texts and tables: really text, and nothing that a browser or a spreadsheet would run."""

import codecs
import re
from pathlib import Path

from zhikong.foundation.files.inspection.refusal import Refused

MARKUP = re.compile(rb"<\s*(?:!doctype|html|script|svg|iframe|object|embed|meta|\?xml|\?php)", re.IGNORECASE)
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
DDE = re.compile(rb"(?:^|[,;\t\"'])\s*[=+\-@][^,;\t\r\n]{0,200}\|[^,;\t\r\n]{0,400}!", re.MULTILINE)
NO_TEXT = "内容不是纯文本（应为 UTF-8 或 GB18030 编码）。请检查后重新导出。"
MARKED_UP = "文本里含有网页代码（HTML、SVG 或脚本），不能上传。请另存为 docx 或 PDF。"


def check(path: Path) -> str:
    """A text in UTF-8 or GB18030 without control characters and without markup at its beginning."""
    data = path.read_bytes()  # at most 10 MB, see rules.KINDS
    if CONTROL.search(data) or not (_decodes(data, "utf-8-sig") or _decodes(data, "gb18030")):
        raise Refused(NO_TEXT)
    if MARKUP.search(data):
        raise Refused(MARKED_UP)
    return ""


def check_csv(path: Path) -> str:
    """A text, and no cell that would start a program when a spreadsheet opens it (DDE)."""
    check(path)
    if DDE.search(path.read_bytes()):
        raise Refused("表格里有会启动外部程序的公式（DDE），不能上传。请删除这些公式后重新导出。")
    return ""


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        codecs.decode(data, encoding)
    except UnicodeDecodeError:
        return False
    return True
