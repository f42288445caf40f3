"""PDF with text: pages in order, lines that were broken at the margin joined, what stands on every page said once."""

from __future__ import annotations

from pathlib import Path

import pypdfium2

from zhikong.reading.files.pages import joined, without_margins
from zhikong.reading.files.refusing import NotReadable

MOST_PAGES = 2000


def opened(path: Path) -> pypdfium2.PdfDocument:
    """The document; raises NotReadable when it is locked, broken or too long."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise NotReadable("PDF 加了密码。", "请去掉密码后再上传。") from error
        raise NotReadable("PDF 不完整或已损坏。", "请重新导出后再上传。") from error
    if len(document) > MOST_PAGES:
        document.close()
        raise NotReadable("PDF 超过 2000 页。", "请只留下计划正文。")
    return document


def read(path: Path) -> str:
    """The text of all pages; '' when the pages are pictures only."""
    document = opened(path)
    try:
        pages = [_page(document, number) for number in range(len(document))]
    finally:
        document.close()
    return joined(without_margins(pages))


def _page(document: pypdfium2.PdfDocument, number: int) -> list[str]:
    try:
        page = document[number]
        shown = page.get_textpage()
        text = shown.get_text_range()
        shown.close()
        page.close()
    except pypdfium2.PdfiumError as error:
        raise NotReadable(f"PDF 第 {number + 1} 页无法读取。", "请重新导出后再上传。") from error
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufffe", "").split("\n")
