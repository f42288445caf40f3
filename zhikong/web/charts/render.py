"""Charts as bytes: drawn in a spawned process (vl-convert hangs after fork) and cached on disk by content."""

import hashlib
import json
import multiprocessing
import os
import tempfile
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from importlib.metadata import version
from multiprocessing import util
from pathlib import Path

from zhikong.web.charts import drawing, fonts

SECONDS = 60
_lock = threading.Lock()
_pool: ProcessPoolExecutor | None = None


def cache_folder() -> Path:
    """Where drawings are kept; they can be deleted at any time."""
    home = os.environ.get("ZHIKONG_HOME")
    return (Path(home) / "cache" if home else Path.home() / ".cache" / "zhikong") / "charts"


def render(spec: dict | str, kind: str = "svg", *, scale: float = 2.0, folder: Path | None = None) -> bytes:
    """Draw a Vega-Lite specification, or SVG text, as ``svg`` or ``png``; the second time it comes from the cache.

    Raises ValueError for another kind, FontMissing without a Chinese font, RuntimeError when drawing fails.
    """
    if kind not in ("svg", "png"):
        raise ValueError(f"A chart is drawn as svg or png, not as {kind!r}.")
    text = spec if isinstance(spec, str) else json.dumps(spec, ensure_ascii=False, sort_keys=True)
    if kind == "svg" and isinstance(spec, str):
        return text.encode()
    path = (folder or cache_folder()) / f"{_key(text, kind, scale)}.{kind}"
    if path.exists():
        return path.read_bytes()
    drawn = _draw(text, kind, scale)
    _keep(path, drawn)
    return drawn


def cached(spec: dict, kind: str = "svg", *, scale: float = 2.0, folder: Path | None = None) -> bool:
    text = json.dumps(spec, ensure_ascii=False, sort_keys=True)
    return ((folder or cache_folder()) / f"{_key(text, kind, scale)}.{kind}").exists()


def check() -> None:
    """Start-up check: Chinese text is drawn as text. Raises FontMissing with what to do when it is not."""
    fonts.folders()
    _draw('{"data": {"values": [{}]}, "mark": "point"}', "svg", 1.0)


def _key(text: str, kind: str, scale: float) -> str:
    return hashlib.sha256(f"{_stamp()}|{kind}|{scale}|{text}".encode()).hexdigest()


@cache
def _stamp() -> str:
    """What else decides a drawing: the library's version and the font folder in use."""
    return f"{version('vl-convert-python')}|{fonts.folders()[0].name}"


def _draw(text: str, kind: str, scale: float) -> bytes:
    for attempt in (1, 2):
        try:
            return _workers().submit(drawing.draw, text, kind, scale).result(timeout=SECONDS)
        except BrokenProcessPool:
            # The drawing process was killed (memory, an operator): start another, once.
            _forget()
            if attempt == 2:
                raise
    raise RuntimeError("unreachable")


def _workers() -> ProcessPoolExecutor:
    global _pool
    with _lock:
        if _pool is None:
            spawn = multiprocessing.get_context("spawn")
            _pool = ProcessPoolExecutor(1, mp_context=spawn, initializer=drawing.end_with_parent)
            # before a web process waits for its children at its end: this one would never end by itself
            util.Finalize(None, _forget, kwargs={"wait": True}, exitpriority=100)
        return _pool


def _forget(*, wait: bool = False) -> None:
    global _pool
    with _lock:
        if _pool is not None:
            _pool.shutdown(wait=wait, cancel_futures=True)
        _pool = None


def _keep(path: Path, drawn: bytes) -> None:
    """Write whole or not at all. A full disk costs the cache, not the chart."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(drawn)
        Path(name).replace(path)
    except OSError:
        return
