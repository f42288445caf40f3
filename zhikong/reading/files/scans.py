"""Scanned pages and photographs by character recognition (optional extra `ocr`): models of its wheel, no network."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from zhikong.reading.files import pdf
from zhikong.reading.files.pages import joined, without_margins
from zhikong.reading.files.refusing import NotReadable

Box = tuple[float, float, float, float, str]  # left, top, right, bottom in pixels, words
Engine = Callable[[Any], list[Box]]
DPI = 160
MOST_SCANNED = 300
MOST_PIXELS = 50_000_000
REASON = "这是扫描件或照片，本机没有安装文字识别组件。"
REMEDY = '请用带文字的 Word 或 PDF，或请管理员安装：pip install "zhikong[ocr]"。'


def read(path: Path, kind: str, engine: Engine | None = None) -> str:
    """The recognised text of a PDF (kind scan) or a picture; raises NotReadable, also when the extra is missing."""
    engine = engine or packaged_engine()
    pages = [_lines(engine(one)) for one in (_scanned(path) if kind == "scan" else [_picture(path)])]
    return joined(without_margins(pages))


def packaged_engine() -> Engine:
    """RapidOCR with the models that its wheel carries."""
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise NotReadable(REASON, REMEDY) from error
    recognise = RapidOCR(params={"Global.log_level": "error"})

    def engine(picture: Any) -> list[Box]:
        found = recognise(picture)
        if found.boxes is None or found.txts is None:
            return []
        return [_box(corners, words) for corners, words in zip(found.boxes, found.txts, strict=True)]

    return engine


def _box(corners: Any, words: str) -> Box:
    across, down = [float(x) for x, _ in corners], [float(y) for _, y in corners]
    return min(across), min(down), max(across), max(down), words


def _scanned(path: Path):
    """The pages as arrays of pixels, one after the other; a page without any picture or text gives nothing."""
    document = pdf.opened(path)
    try:
        if len(document) > MOST_SCANNED:
            raise NotReadable(f"扫描件超过 {MOST_SCANNED} 页。", "请只留下计划正文。")
        for number in range(len(document)):
            page = document[number]
            wide, high = page.get_size()
            scale = min(DPI / 72, (MOST_PIXELS / max(wide * high, 1)) ** 0.5)
            if any(True for _ in page.get_objects(max_depth=2)):
                yield page.render(scale=scale).to_numpy()[:, :, :3]
            page.close()
    finally:
        document.close()


def _picture(path: Path):
    import numpy
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # judged by the header, with a sentence of our own
    try:
        with Image.open(path, formats=["PNG", "JPEG", "TIFF", "BMP"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise NotReadable("图片的像素太多（超过 5000 万）。", "请缩小后再上传。")
            return numpy.asarray(picture.convert("RGB"))
    except (OSError, ValueError, SyntaxError) as error:
        raise NotReadable("图片不完整或已损坏。", "请重新扫描或拍照后再上传。") from error


def _lines(boxes: list[Box]) -> list[str]:
    """Boxes from top to bottom; those whose middles are level are one line, cells of a table parted by tabs."""
    found: list[list[Box]] = []
    for box in sorted(boxes, key=lambda one: (one[1] + one[3]) / 2):
        middle = (box[1] + box[3]) / 2
        if found and found[-1][0][1] <= middle <= found[-1][0][3]:
            found[-1].append(box)
        else:
            found.append([box])
    return [_row(sorted(line)) for line in found]


def _row(line: list[Box]) -> str:
    text = line[0][4]
    for before, one in pairwise(line):
        gap, high = one[0] - before[2], one[3] - one[1]
        text += ("\t" if gap > 1.2 * high else "") + one[4]
    return text
