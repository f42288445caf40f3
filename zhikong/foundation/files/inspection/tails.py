"""Polyglots: a second file of another kind hidden in or behind the first."""

import os
from pathlib import Path

from zhikong.foundation.files.inspection.refusal import Refused
from zhikong.foundation.files.rules import IMAGES, Kind

ZIPS = (Kind.DOCX, Kind.XLSX, Kind.PPTX)
ZIP_END = b"PK\x05\x06"
ZIP_TAIL = 65_557  # the end record, with its longest comment


def check(path: Path, kind: Kind) -> None:
    """Refuse anything that is at the same time a zip (or jar), except the kinds that are, and pictures.

    Pictures are not looked at: writing them anew leaves nothing of a second file.
    """
    if kind in ZIPS or kind in IMAGES:
        return
    with open(path, "rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - ZIP_TAIL))
        if ZIP_END in file.read():
            raise Refused("文件里还藏着另一个压缩包，不能上传。请重新导出一份干净的文件。")
