"""Reads one document and answers its text. Runs as a script in a process of its own that limits itself first.

Arguments: path, kind. The answer is one JSON object: {"text": …}, {"reason": …, "remedy": …} or {"again": "scan"}.
"""

import json
import os
import sys
from pathlib import Path

CPU_SECONDS, SCAN_CPU_SECONDS = 60, 3600
MEMORY, SCAN_MEMORY = 1536 * 1024 * 1024, 6 * 1024 * 1024 * 1024


def limit(kind):
    """Bounds that the kernel keeps; Windows has none of them and relies on the parent's clock."""
    try:
        import resource
    except ImportError:
        return
    heavy = kind in ("scan", "picture")
    for what, most in (
        (resource.RLIMIT_CPU, SCAN_CPU_SECONDS if heavy else CPU_SECONDS),
        (resource.RLIMIT_AS, SCAN_MEMORY if heavy else MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def answer(path, kind):
    """What the reader of a kind says of a file."""
    from zhikong.reading.files.refusing import NotReadable

    try:
        return _by_kind(path, kind)
    except NotReadable as error:
        return {"reason": error.reason, "remedy": error.remedy}
    except (MemoryError, RecursionError):
        return {
            "reason": "文件展开后过大或层次过深。",
            "remedy": "请用 Word 打开后另存一份，或只留下计划正文。",
        }


def _by_kind(path, kind):
    if kind in ("scan", "picture"):
        from zhikong.reading.files import scans

        return {"text": scans.read(path, kind)}
    if kind == "pdf":
        from zhikong.reading.files import pdf

        text = pdf.read(path)
        return {"text": text} if text.strip() else {"again": "scan"}
    from zhikong.reading.files import docx, html, texts

    return {"text": {"docx": docx, "html": html, "txt": texts}[kind].read(path)}


def main():
    path, kind = Path(sys.argv[1]), sys.argv[2]
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    sys.dont_write_bytecode = True
    limit(kind)
    with os.fdopen(1, "wb", closefd=False) as out:
        out.write(json.dumps(answer(path, kind)).encode())


if __name__ == "__main__":
    main()
