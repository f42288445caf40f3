"""All printed guides as one PDF. Words reach the layout as data: nothing in a guide is ever read as markup of the layout."""

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from zhikong import __version__
from zhikong.hospital.overviews.help import contents
from zhikong.hospital.overviews.help.reading import Block, Span, plain

LAYOUT = Path(__file__).with_name("manual.typ")
PHONE = 500
TITLE = "质控系统使用手册"


@cache
def manual() -> bytes:
    """PDF bytes; the same guides give the same manual, so it is set once for each process."""
    from zhikong.web import typesetting
    from zhikong.web.charts.fonts import SANS, SERIF, folders

    with TemporaryDirectory(prefix="zhikong-manual-") as name:
        folder = Path(name)
        (folder / "manual.typ").write_bytes(LAYOUT.read_bytes())
        data = {"title": TITLE, "version": __version__, "chapters": _chapters(folder)}
        (folder / "data.json").write_text(
            json.dumps(data | {"fonts": {"sans": SANS, "serif": SERIF}}, ensure_ascii=False), "utf-8"
        )
        return typesetting.compile(
            str(folder / "manual.typ"),
            root=str(folder),
            font_paths=[str(path) for path in folders()],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
        )


def _chapters(folder: Path) -> list[dict]:
    kept = (
        {"title": one.title, "pages": [_page(page, folder) for page in one.pages if page.printed]}
        for one in contents.chapters()
    )
    return [chapter for chapter in kept if chapter["pages"]]


def _page(page: contents.Page, folder: Path) -> dict:
    return {"title": page.title, "blocks": [as_data(block, folder) for block in page.blocks[1:]]}


def as_data(block: Block, folder: Path) -> dict:
    """A block as the layout takes it; pictures are copied beside the layout."""
    made: dict = {"kind": block.kind, "level": block.level, "text": block.text, "spans": _line(block.spans)}
    made["rows"] = [[_line(cell) for cell in row] for row in block.rows]
    made["widths"] = _widths(block)
    made["items"] = [[as_data(one, folder) for one in item] for item in block.items]
    if block.kind == "picture":
        made["file"] = _copied(block.to.rpartition("/")[2], folder)
        made["share"] = _share(folder / made["file"])
    return made


def _share(picture: Path) -> int:
    """How much of the page's width a picture takes, in percent: that of a phone stands upright and small."""
    width = int.from_bytes(picture.read_bytes()[16:20], "big")  # the first chunk of a PNG says it
    return 38 if width < PHONE else 86


def _line(pieces: tuple[Span, ...]) -> list[dict]:
    return [{"kind": piece.kind, "text": piece.text} for piece in pieces]


def _widths(block: Block) -> list[int]:
    """Shares of the page's width for the columns of a table: by their longest cell, none too thin or too wide."""
    columns = zip(*block.rows, strict=True)
    lengths = (
        max(_length(plain(cell)) * (1.4 if _is_code(cell) else 1) for cell in column) for column in columns
    )
    return [min(max(round(length), 11), 40) for length in lengths]


def _is_code(cell: tuple[Span, ...]) -> bool:
    """A name of a column does not break over two lines, so it gets the room that it needs."""
    return any(piece.kind in ("code", "link") and piece.text.isascii() for piece in cell)


def _length(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)


def _copied(file: str, folder: Path) -> str:
    source = contents.picture(file.removesuffix(".png"))
    if source is None:
        raise FileNotFoundError(file)
    (folder / file).write_bytes(source.read_bytes())
    return file
