"""Word 97–2003 and RTF files by catdoc or LibreOffice, where one is installed; otherwise a sentence says what to do."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from zhikong.reading.files.refusing import NotReadable

SECONDS = 120


def read(path: Path) -> str:
    """The text as the installed converter gives it."""
    if not _is_rtf(path) and (found := shutil.which("catdoc")):
        return _run([found, "-d", "utf-8", "-w", str(path)]).decode("utf-8", "replace")
    if found := shutil.which("soffice") or shutil.which("libreoffice"):
        return _by_office(found, path)
    name = "RTF 文件" if _is_rtf(path) else "旧版 Word 文件（.doc）"
    raise NotReadable(
        f"这是{name}，本机没有能读它的程序。",
        "请在 Word 中另存为 .docx，或请管理员安装 catdoc 或 LibreOffice。",
    )


def _is_rtf(path: Path) -> bool:
    with path.open("rb") as opened:
        return opened.read(64).lstrip().startswith(b"{\\rtf")


def _by_office(program: str, path: Path) -> str:
    """LibreOffice with a profile of its own, under a name of ours: what the file is called is not its business."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / ("plan.rtf" if _is_rtf(path) else "plan.doc")
        shutil.copyfile(path, source)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        told = ["--headless", "--convert-to", "txt:Text (encoded):UTF8", "--outdir", folder]
        _run([program, profile, *told, str(source)])
        made = Path(folder) / "plan.txt"
        if not made.exists():
            raise NotReadable("旧版 Word 文件无法转换。", "请在 Word 中另存为 .docx 后再上传。")
        return made.read_text("utf-8-sig", "replace")


def _run(command: list[str]) -> bytes:
    """The program's output; at the time limit it ends with everything that it started."""
    running = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        told, _ = running.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired as error:
        _end(running)
        raise NotReadable("旧版 Word 文件转换超时。", "请在 Word 中另存为 .docx 后再上传。") from error
    if running.returncode:
        raise NotReadable("旧版 Word 文件无法转换。", "请在 Word 中另存为 .docx 后再上传。")
    return told


def _end(running: subprocess.Popen) -> None:
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
    running.kill()
    running.communicate()
