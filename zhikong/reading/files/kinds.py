"""What a file is, told from its first bytes and never from its name."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from zhikong.reading.files import html
from zhikong.reading.files.refusing import NotReadable

OLD = bytes.fromhex("d0cf11e0a1b11ae1")
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"BM")
_SAVE_AS = "请在原来的软件里另存为 .docx 或 PDF 后再上传。"
_OTHERS = (
    (b"Rar!", "这是 RAR 压缩包。", "请解压后上传其中的文件。"),
    (b"7z\xbc\xaf", "这是 7z 压缩包。", "请解压后上传其中的文件。"),
    (b"\x1f\x8b", "这是 gzip 压缩包。", "请解压后上传其中的文件。"),
    (b"MZ", "这是程序文件，不是文档。", "请上传 .docx、.pdf、.txt 或 .html 文件。"),
    (b"\x7fELF", "这是程序文件，不是文档。", "请上传 .docx、.pdf、.txt 或 .html 文件。"),
    (b"MIME-Version:", "这是单个文件网页（.mht）。", _SAVE_AS),
    (b"%!PS", "这是 PostScript 文件。", _SAVE_AS),
)
_PARTS = (
    ("xl/workbook.xml", "这是 Excel 表格，不是计划文档。", "请把计划另存为 .docx 或 PDF 后再上传。"),
    ("ppt/presentation.xml", "这是演示文稿，不是计划文档。", "请把计划另存为 .docx 或 PDF 后再上传。"),
    ("content.xml", "这是 ODF 文档（.odt、.ods）。", _SAVE_AS),
    ("Document.xml", "这是 OFD 版式文件。", "请另存为 PDF 后再上传。"),
    ("OFD.xml", "这是 OFD 版式文件。", "请另存为 PDF 后再上传。"),
)


def kind_of(head: bytes, path: Path) -> str:
    """docx, pdf, doc, rtf, html, txt or picture; raises NotReadable for what is none of them."""
    if not head:
        raise NotReadable("文件是空的。", "请重新导出或另存后再试。")
    if head.startswith(b"PK"):
        return _zipped(path)
    if head.lstrip()[:5] == b"%PDF-" or b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(OLD):
        return _old(path)
    if head.lstrip().startswith(b"{\\rtf"):
        return "rtf"
    if head.startswith(_PICTURES):
        return "picture"
    for sign, reason, remedy in _OTHERS:
        if head.startswith(sign):
            raise NotReadable(reason, remedy)
    return _marked_up(head)


def _zipped(path: Path) -> str:
    """A zip is a Word document unless its parts say that it is another kind."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError) as error:
        raise NotReadable("文件不完整或已损坏。", "请重新下载或另存后再上传。") from error
    if "word/document.xml" not in names:
        for part, reason, remedy in _PARTS:
            if part in names:
                raise NotReadable(reason, remedy)
    return "docx"


def _old(path: Path) -> str:
    """A compound file of Microsoft's: an old Word document, or an encrypted new one; its directory says which."""
    raw = path.read_bytes()
    if _named("EncryptedPackage") in raw:
        raise NotReadable("文件加了密码。", "请去掉密码后再上传。")
    if _named("WordDocument") in raw:
        return "doc"
    if _named("Workbook") in raw or _named("Book") in raw:
        raise NotReadable("这是旧版 Excel 表格，不是计划文档。", "请把计划另存为 .docx 或 PDF 后再上传。")
    if _named("PowerPoint Document") in raw:
        raise NotReadable("这是旧版演示文稿，不是计划文档。", "请把计划另存为 .docx 或 PDF 后再上传。")
    raise NotReadable("文件不是 Word 文档，或已损坏。", _SAVE_AS)


def _named(name: str) -> bytes:
    return name.encode("utf-16-le")


def _marked_up(head: bytes) -> str:
    plain = re.sub(rb"\x00", b"", head) if head[:2] in (b"\xff\xfe", b"\xfe\xff") else head
    opened = plain.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
    if not opened.startswith(b"<"):
        return "txt"
    if html.looks_like(opened):
        return "html"
    if opened.startswith((b"<?xml", b"<!DOCTYPE")):
        raise NotReadable("这是 XML 文件，不是文档。", _SAVE_AS)
    return "txt"
