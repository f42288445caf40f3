"""Has a picture written anew by a process of its own, and turns whatever happens there into a sentence."""

import json
import logging
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore

from zhikong.foundation.files.inspection.refusal import Refused
from zhikong.foundation.files.rules import Kind

logger = logging.getLogger(__name__)
WORKER = Path(__file__).with_name("worker.py")
SECONDS = 30
LARGEST_SIDE = 4096  # a page of print at 350 dpi; larger photographs are reduced
THUMBNAIL_SIDE = 320
TOO_LARGE = "图片的像素太多（超过 6400 万），不能上传。请缩小后再试。"
BROKEN = "图片不完整或已损坏，打不开。请重新拍照或重新导出。"
BUSY = "同时上传的图片太多，服务器正忙。请稍后再试。"
TOO_SLOW = "图片处理超时，没有保存。请缩小后再试。"
_turn = BoundedSemaphore(2)  # decoders at work at once in one server process; each may take 1.5 GB


@dataclass(frozen=True)
class Size:
    """Pixels of the picture as it was written."""

    width: int
    height: int


def rewrite(
    source: Path, kind: Kind, *, target: Path, thumbnail: Path, regions: Sequence[Mapping[str, float]] = ()
) -> Size:
    """Write the picture anew without metadata, upright, first frame only, with a thumbnail; raises Refused.

    regions: rectangles x, y, w, h to hide, as fractions of the upright picture.
    """
    answer = _ask(source, kind, target, thumbnail, regions)
    if answer.get("error") == "large":
        raise Refused(TOO_LARGE)
    if "width" not in answer:
        logger.info("picture refused: %s", answer.get("detail", "no answer"))
        raise Refused(BROKEN)
    return Size(answer["width"], answer["height"])


def _ask(source: Path, kind: Kind, target: Path, thumbnail: Path, regions) -> dict:
    if not _turn.acquire(timeout=SECONDS):
        raise Refused(BUSY)
    try:
        return _run(source, kind, target, thumbnail, regions)
    finally:
        _turn.release()


def _run(source: Path, kind: Kind, target: Path, thumbnail: Path, regions) -> dict:
    sides = [str(LARGEST_SIDE), str(THUMBNAIL_SIDE)]
    command = [
        sys.executable,
        "-I",
        str(WORKER),
        str(source),
        kind.value,
        str(target),
        str(thumbnail),
        *sides,
        json.dumps([dict(one) for one in regions]),
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False, env={}, cwd="/")
    except subprocess.TimeoutExpired:
        raise Refused(TOO_SLOW) from None
    if done.returncode != 0:
        logger.warning("picture worker ended with %s: %s", done.returncode, done.stderr[-300:])
    try:
        return json.loads(done.stdout)
    except ValueError:
        return {}
