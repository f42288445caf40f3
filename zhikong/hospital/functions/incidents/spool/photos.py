"""A picture as a writer may send it: pixels only, turned upright, made small, written with one set of tables.

Decoding happens in the files app's own process with little to lose; the answer never touches a named file that
outlives it. What the camera, the phone or an editor wrote beside the pixels is gone before anything is kept.
"""

import io
import tempfile
from pathlib import Path

from PIL import Image

SIDES = (1280, 1024, 800, 640)
QUALITY = 60
ROOM = 100 * 1024  # bytes of one picture in a record
MOST = 2
HEADS = {b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}


class NotAPicture(ValueError):
    """Another kind of file, or one that cannot be decoded."""


def kind_of(content: bytes) -> str:
    """jpg, png or webp by the first bytes; raises NotAPicture."""
    for head, kind in HEADS.items():
        if content.startswith(head):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    raise NotAPicture("unknown kind")


def small(content: bytes, room: int = ROOM) -> bytes:
    """The picture as a bare JPEG that fits; raises NotAPicture."""
    pixels = _decoded(content)
    for side in SIDES:
        pixels.thumbnail((side, side), Image.Resampling.LANCZOS)
        written = io.BytesIO()
        pixels.save(written, "JPEG", quality=QUALITY, subsampling=2, optimize=True)
        if written.tell() <= room:
            return written.getvalue()
    raise NotAPicture("too large even when it is made small")


def _decoded(content: bytes) -> Image.Image:
    """Pixels that the guarded process gave; its files lie in memory where the system has such a folder."""
    from zhikong.foundation.files.images import guarded
    from zhikong.foundation.files.inspection.refusal import Refused
    from zhikong.foundation.files.rules import Kind

    kind = kind_of(content)
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        source, target, thumbnail = (Path(folder, name) for name in ("source", "target", "thumbnail"))
        source.write_bytes(content)
        try:
            guarded.rewrite(source, Kind(kind), target=target, thumbnail=thumbnail)
        except Refused as refused:
            raise NotAPicture(str(refused)) from None
        with Image.open(target) as picture:
            return picture.convert("RGB")
