"""What taking and giving a file costs, in CPU time, against doing the bare minimum by hand.

    python benchmarks/files.py [--json FILE]

Storing is compared with one SHA-256 over the same bytes, reading with a plain read, looking at a PDF with one
SHA-256, writing a photograph anew with Pillow in this process. Every side must give the same content, else it fails.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import resource
import sys
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from table import Row, show, write

MB = 1024 * 1024
SIZE = 40 * MB
ROUNDS = 3


def cpu(work: Callable[[], object]) -> float:
    """The least CPU seconds of some rounds, of this process and of what it started."""
    return min(_once(work) for _ in range(ROUNDS))


def _once(work: Callable[[], object]) -> float:
    before = _spent()
    work()
    return _spent() - before


def _spent() -> float:
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in spent)


def settle(folder: Path) -> None:
    os.environ |= {"ZHIKONG_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "zhikong.site.settings"}


def hashed(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(256 * 1024):
            digest.update(piece)
    return digest.hexdigest()


def storing(folder: Path) -> list[Row]:
    """Store and read, plain and sealed."""
    from zhikong.foundation.files.storage import blobs, keys

    source = folder / "content"
    source.write_bytes(random.Random(3).randbytes(SIZE))
    least, wanted = cpu(lambda: hashed(source)), hashed(source)
    plain = cpu(lambda: [None for _ in blobs.pieces(source)])
    rows = []
    for name, key in (("plain", None), ("sealed", keys._create(folder / "secrets" / "files.key"))):
        numbers = iter(range(1, 100))  # a new institution each time, so that nothing lies there yet
        stored = cpu(
            lambda key=key, numbers=numbers: blobs.place(source, institution_id=next(numbers), key=key)
        )
        place = blobs.place(source, institution_id=1000, key=key)
        if hashlib.sha256(b"".join(blobs.read(1000, place.address))).hexdigest() != wanted:
            raise SystemExit(f"what was stored {name} came back changed")
        read = cpu(lambda place=place: [None for _ in blobs.read(1000, place.address)])
        rows.append(Row(f"store 40 MB, {name}, to one SHA-256", stored / least, "×", 4.0))
        rows.append(
            Row(f"read 40 MB, {name}, to a plain read", read / plain, "×", 2.0 if key is None else 12.0)
        )
        _empty(blobs.root())
    return rows


def _empty(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()


def looking(folder: Path) -> list[Row]:
    """A scanned document: 200 pages that are pictures, and object streams between them."""
    from zhikong.foundation.files.inspection import inspect

    chance, path = random.Random(5), folder / "scan.pdf"
    with open(path, "wb") as file:
        file.write(b"%PDF-1.7\n")
        for number in range(200):
            picture, objects = chance.randbytes(150_000), zlib.compress(b"%d 0 << /Type /Page >>" % number)
            for kind, content in (
                ("/Subtype /Image", picture),
                ("/Type /ObjStm /Filter /FlateDecode", objects),
            ):
                file.write(
                    b"%d 0 obj\n<< %s >>\nstream\n" % (number, kind.encode())
                    + content
                    + b"\nendstream\nendobj\n"
                )
        file.write(b"startxref\n9\n%%EOF\n")
    inspect(path, name="scan.pdf", declared="")
    ratio = cpu(lambda: inspect(path, name="scan.pdf", declared="")) / cpu(lambda: hashed(path))
    return [Row("look at a scanned PDF of 30 MB, to one SHA-256", ratio, "×", 12.0)]


def picturing(folder: Path) -> list[Row]:
    """A photograph of twelve megapixels: the guard is a process of its own, so it must cost little beside the decoding."""
    from PIL import Image

    from zhikong.foundation.files.images import guarded
    from zhikong.foundation.files.rules import Kind

    source, target, small = (folder / name for name in ("photo.jpg", "anew.jpg", "small.jpg"))
    noise = Image.effect_noise((1000, 750), 40).convert("RGB").resize((4000, 3000))
    noise.save(source, quality=92)

    def by_hand() -> None:
        with Image.open(source) as picture:
            bare = picture.convert("RGB")
        bare.save(target, quality=88, optimize=True)
        bare.thumbnail((320, 320), Image.Resampling.LANCZOS)
        bare.save(small, quality=88)

    hand = cpu(by_hand)
    guard = cpu(lambda: guarded.rewrite(source, Kind.JPG, target=target, thumbnail=small))
    with Image.open(target) as picture:
        if picture.size != (4000, 3000):
            raise SystemExit("the photograph was written in another size")
    return [
        Row("photograph of 12 megapixels written anew", guard, "s CPU", 3.0),
        Row("the same, to Pillow in this process", guard / hand, "×", 2.0, f"by hand {hand:.2f} s"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settle(folder)
        rows = [*storing(folder), *looking(folder), *picturing(folder)]
    print(show(rows))
    if given.json:
        write(given.json, rows)


if __name__ == "__main__":
    main()
