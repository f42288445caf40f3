"""Opens a document in a process with little to lose, and turns whatever happens there into a sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore

from zhikong.reading.files.refusing import NotReadable

WORKER = Path(__file__).with_name("worker.py")
SECONDS = {"picture": 300, "scan": 1800}
USUAL_SECONDS = 90
SCANNED = "scan"  # the worker's answer to a PDF whose pages are pictures
_turn = BoundedSemaphore(2)  # readers at work at once in one server process; each may take 1.5 GB


def read(path: Path, kind: str) -> str:
    """The text of a docx, pdf, html, txt or picture; raises NotReadable."""
    answer = _ask(path, kind)
    if answer.get("again") == SCANNED:
        answer = _ask(path, SCANNED)
    if "text" in answer:
        return answer["text"]
    raise NotReadable(
        answer.get("reason") or "文件无法读取：内容已损坏，或展开后过大。",
        answer.get("remedy") or "请用 Word 打开后另存一份，或只留下计划正文。",
    )


def _ask(path: Path, kind: str) -> dict:
    seconds = SECONDS.get(kind, USUAL_SECONDS)
    if not _turn.acquire(timeout=seconds):
        raise NotReadable("同时读取的文件太多，服务器正忙。", "请稍后再试。")
    try:
        return _run([sys.executable, "-I", str(WORKER), str(path.resolve()), kind], seconds)
    finally:
        _turn.release()


def _run(command: list[str], seconds: int) -> dict:
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False, env={}, cwd="/")
    except subprocess.TimeoutExpired:
        raise NotReadable(
            "读取超时，文件可能有意做得很难读。", "请用 Word 打开后另存一份，或只留下计划正文。"
        ) from None
    try:
        return json.loads(done.stdout)
    except ValueError:  # the kernel ended it at one of its limits
        return {}
