"""A plan document of any kind as plain text: docx, docm, pdf, html, txt, doc, rtf, scans. What a file is, its content says."""

from __future__ import annotations

from pathlib import Path

from zhikong.reading.files import apart, old_word
from zhikong.reading.files.cleaning import clean
from zhikong.reading.files.kinds import kind_of
from zhikong.reading.files.refusing import NotReadable

__all__ = ["NotReadable", "plain_text"]

MOST_BYTES = 60_000_000
MOST_CHARACTERS = 3_000_000  # a plan of 200 pages has 200,000


def plain_text(path: Path) -> str:
    """The document's text in reading order; table rows are lines whose cells are parted by tabs.

    Raises NotReadable with a sentence for the person who gave the file. The file is opened by a process of its own
    with limits of time and memory, so that a hostile one takes nothing down but its reader.
    """
    if not path.is_file():
        raise NotReadable("没有这个文件。", "请核对文件名和路径。")
    if path.stat().st_size > MOST_BYTES:
        raise NotReadable("文件超过 60 MB。", "请删去图片或分成几个文件。")
    with path.open("rb") as opened:
        kind = kind_of(opened.read(4096), path)
    text = clean(old_word.read(path) if kind in ("doc", "rtf") else apart.read(path, kind))
    if len(text) > MOST_CHARACTERS:
        raise NotReadable("文字超过三百万字，不像一份计划。", "请只留下计划正文。")
    if not text.strip():
        raise NotReadable(
            "文件里没有文字，可能只有图片。", "请用带文字的 Word 或 PDF，或把扫描件存为 PDF 再上传。"
        )
    return text
