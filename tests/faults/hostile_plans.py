"""Plans that want to hurt their reader, made here: how each is written, and the words by which it is read or refused."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PLAN = "一、工作目标：治愈好转率≥92%。"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)


@dataclass(frozen=True)
class Hostile:
    """words: of the refusal, or of the text when it is read all the same."""

    name: str
    make: Callable[[], bytes]
    words: str
    refused: bool = True
    ends: str = ".docx"


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def body(inside: str, before: str = "") -> str:
    return f'{HEAD}{before}<w:document xmlns:w="{W}"><w:body>{inside}</w:body></w:document>'


def zipped(parts: dict[str, bytes | str], how=zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def word(inside: str = paragraph(PLAN), before: str = "", **more) -> bytes:
    return zipped({"word/document.xml": body(inside, before), **more})


def with_parts(parts: dict[str, bytes | str]) -> bytes:
    return zipped({"word/document.xml": body(paragraph(PLAN)), **parts})


def patched(raw: bytes, at: int, new: bytes) -> bytes:
    return raw[:at] + new + raw[at + len(new) :]


def locked() -> bytes:
    """The flag of encryption in both heads of every entry."""
    raw = bytearray(word())
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(sign)
        while at >= 0:
            raw[at + place] |= 1
            at = raw.find(sign, at + 4)
    return bytes(raw)


def wrong_sum() -> bytes:
    raw = zipped({"word/document.xml": body(paragraph(PLAN))}, zipfile.ZIP_STORED)
    at = raw.find("治愈".encode())
    return patched(raw, at, "治疗".encode())


def unknown_packing() -> bytes:
    raw = bytearray(word())
    for sign, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = raw.find(sign)
        raw[at + place : at + place + 2] = struct.pack("<H", 77)
    return bytes(raw)


def lying_size() -> bytes:
    """Its directory says 100 bytes; 40 MB come out."""
    raw = bytearray(zipped({"word/document.xml": body(paragraph("质" * 13_000_000))}))
    at = raw.rfind(b"PK\x01\x02")
    raw[at + 24 : at + 28] = struct.pack("<I", 100)
    return bytes(raw)


def with_link() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        link = zipfile.ZipInfo("word/document.xml")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return made.getvalue()


def twice() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", body(paragraph("另一份")))
        with_warning = zipfile.ZipInfo("word/document.xm1")
        archive.writestr(with_warning, body(paragraph(PLAN)))
    return made.getvalue().replace(b"word/document.xm1", b"word/document.xml")


def laughs() -> str:
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY a0 "笑">{lines}]>'


def nested_tables(depth: int) -> str:
    return "<w:tbl><w:tr><w:tc>" * depth + paragraph(PLAN) + "</w:tc></w:tr></w:tbl>" * depth


def table(rows: int, columns: int) -> str:
    row = "<w:tr>" + "<w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>" * columns + "</w:tr>"
    return "<w:tbl>" + row * rows + "</w:tbl>" + paragraph(PLAN)


def numbered() -> bytes:
    """A list whose counter starts at the end of all numbers and whose template calls levels that are not there."""
    level = f'<w:lvl w:ilvl="0"><w:start w:val="{"9" * 400}"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="{"%9" * 5000}"/></w:lvl>'
    numbering = f'{HEAD}<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0">{level}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    counted = f'<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>{PLAN}</w:t></w:r></w:p>'
    return zipped({"word/document.xml": body(counted * 20), "word/numbering.xml": numbering})


def pdf(
    content: bytes = b"BT /F1 12 Tf 72 720 Td (Plan 92%) Tj ET", page: str = "", trailer: str = ""
) -> bytes:
    """A small PDF by hand; page and trailer: further entries of those dictionaries."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> {page} >>".encode(),
        f"<< /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /NoSuchFontAnywhere >>",
    ]
    return assembled(objects, trailer)


def assembled(objects: list[bytes], trailer: str = "") -> bytes:
    made, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n".encode() + one + b"\nendobj\n"
    table = b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    start = len(made)
    made += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode() + table
    return (
        made
        + f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF".encode()
    )


def locked_pdf() -> bytes:
    keys = "<" + "41" * 32 + ">"
    return pdf(
        trailer=f"/Encrypt << /Filter /Standard /V 1 /R 2 /O {keys} /U {keys} /P -4 >> /ID [<00> <00>]"
    )


def circular_pdf() -> bytes:
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 /Parent 2 0 R >>",
        ]
    )


def packed_pdf() -> bytes:
    """A page whose stream unpacks to 200 MB of blanks."""
    packer = zlib.compressobj(9)
    block = b" " * 1_000_000
    packed = b"".join(packer.compress(block) for _ in range(200)) + packer.flush()
    raw = pdf(packed)
    return raw.replace(
        f"<< /Length {len(packed)} >>".encode(), f"<< /Length {len(packed)} /Filter /FlateDecode >>".encode()
    )


def deep_pdf() -> bytes:
    return pdf(page="/Extra " + "[" * 50_000 + "]" * 50_000)


def many_pages() -> bytes:
    kids = " ".join(f"{n} 0 R" for n in range(3, 2104))
    pages = [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] >>"] * 2101
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            f"<< /Type /Pages /Kids [{kids}] /Count 2101 >>".encode(),
            *pages,
        ]
    )


def picture(mark: bytes) -> bytes:
    return mark + bytes(range(256)) * 8


def wide_picture() -> bytes:
    """A PNG whose head promises 100,000 by 100,000 pixels."""
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


def utf(name: str) -> bytes:
    return PLAN.encode(name)


def compound(*names: str) -> bytes:
    return OLE + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in names)


def dimension(text: str) -> str:
    return f'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="{text}"/></w:tcPr>{paragraph(PLAN)}</w:tc></w:tr></w:tbl>'


def box() -> str:
    """A text box in a text box in a text box …, each in both of its forms."""
    inside = paragraph(PLAN)
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    for _ in range(9):
        held = f"<w:txbxContent>{inside}</w:txbxContent>"
        inside = f'<w:p><w:r><m:AlternateContent xmlns:m="{mc}"><m:Choice>{held}</m:Choice><m:Fallback>{held}</m:Fallback></m:AlternateContent></w:r></w:p>'
    return inside


XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
FAR = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'
TARGET = "治愈好转率"

HOSTILE = [
    Hostile("empty", lambda: b"", "空的"),
    Hostile("blanks only", lambda: b" \r\n\t " * 50, "没有文字", ends=".txt"),
    Hostile("truncated zip", lambda: word()[:-60], "损坏"),
    Hostile("only a zip's sign", lambda: b"PK\x03\x04", "损坏"),
    Hostile("zip with nothing in it", lambda: zipped({}), "不是 Word"),
    Hostile("zip of other things", lambda: zipped({"a.txt": "x"}), "不是 Word"),
    Hostile("middle of the zip overwritten", lambda: patched(word(paragraph(PLAN * 200)), 60, b"\xff" * 40), "损坏"),
    Hostile("wrong checksum", wrong_sum, "损坏"),
    Hostile("unknown packing", unknown_packing, "损坏"),
    Hostile("size that lies", lying_size, "损坏"),
    Hostile("zip bomb", lambda: word(paragraph("0" * 60_000_000)), "过大"),
    Hostile("bomb in the notes", lambda: with_parts({"word/footnotes.xml": b"<a>" + b" " * 60_000_000 + b"</a>"}), "过大"),
    Hostile("25,000 parts", lambda: with_parts({f"word/p{n}.xml": "" for n in range(25_000)}), "部件太多"),
    Hostile("encrypted zip", locked, "密码"),
    Hostile("encrypted docx", lambda: compound("EncryptionInfo", "EncryptedPackage"), "密码"),
    Hostile("macros", lambda: with_parts({"word/vbaProject.bin": OLE + b"Shell"}), TARGET, False, ".docm"),
    Hostile("external template", lambda: with_parts({"word/_rels/document.xml.rels": '<r Target="http://127.0.0.1:9/x.dotm"/>'}), TARGET, False),
    Hostile("names with ..", lambda: with_parts({"../../../../etc/cron.d/x": "x", "/absolute": "x", "C:\\x": "x"}), TARGET, False),
    Hostile("symbolic link as body", with_link, "损坏"),
    Hostile("main part elsewhere", lambda: zipped({"_rels/.rels": '<R><r Type="x/relationships/officeDocument" Target="../../etc/passwd"/></R>'}), "不是 Word"),
    Hostile("two bodies of one name", twice, TARGET, False),
    Hostile("entities in entities", lambda: word(paragraph("&a9;"), laughs()), "实体|损坏"),
    Hostile("entity that reads a file", lambda: word(paragraph("&e;"), XXE), "实体"),
    Hostile("entity that calls out", lambda: word(paragraph(PLAN), FAR), "实体"),
    Hostile("no XML at all", lambda: zipped({"word/document.xml": b"\x00\x01\x02"}), "损坏"),
    Hostile("XML cut off", lambda: zipped({"word/document.xml": body(paragraph(PLAN))[:-20]}), "损坏"),
    Hostile("no body", lambda: zipped({"word/document.xml": f'<w:document xmlns:w="{W}"/>'}), "没有正文"),
    Hostile("tables in tables", lambda: word(nested_tables(2000)), "层次过深"),
    Hostile("60 tables in tables", lambda: word(nested_tables(60)), TARGET, False),
    Hostile("text boxes in text boxes", lambda: word(box()), TARGET, False),
    Hostile("50,000 cells", lambda: word(table(500, 100)), TARGET, False),
    Hostile("cell over two billion columns", lambda: word(dimension("2147483647")), TARGET, False),
    Hostile("cell over -1 columns", lambda: word(dimension("-1")), TARGET, False),
    Hostile("gigantic cell", lambda: word("<w:tbl><w:tr><w:tc>" + paragraph("质控" * 2_000_000) + "</w:tc></w:tr></w:tbl>"), "损坏|过大|三百万"),
    Hostile("counter beyond all numbers", numbered, TARGET, False),
    Hostile("only pictures", lambda: word("<w:p><w:r><w:drawing/></w:r></w:p>", **{"word/media/1.png": b"\x89PNG"}), "没有文字"),
    Hostile("spreadsheet as docx", lambda: zipped({"xl/workbook.xml": "<a/>"}), "Excel"),
    Hostile("old spreadsheet as doc", lambda: compound("Workbook"), "Excel", ends=".doc"),
    Hostile("compound file of nothing", lambda: OLE, "不是 Word", ends=".doc"),
    Hostile("program as docx", lambda: b"MZ" + bytes(3000), "程序"),
    Hostile("archive of another kind", lambda: b"Rar!\x1a\x07\x00" + bytes(100), "RAR"),
    Hostile("pdf as docx", pdf, "92%", False),
    Hostile("text as pdf", lambda: utf("gb18030"), TARGET, False, ".pdf"),
    Hostile("pdf cut off", lambda: pdf()[:40], "损坏", ends=".pdf"),
    Hostile("pdf encrypted", locked_pdf, "密码", ends=".pdf"),
    Hostile("pdf whose pages hold themselves", circular_pdf, "无法读取|损坏", ends=".pdf"),
    Hostile("pdf that unpacks to 200 MB", packed_pdf, "损坏|识别|没有文字|超时", ends=".pdf"),
    Hostile("pdf with 50,000 brackets", deep_pdf, "92%|损坏", False, ".pdf"),
    Hostile("pdf of 2,101 pages", many_pages, "2000 页", ends=".pdf"),
    Hostile("pdf that runs a script", lambda: pdf(page="/AA << /O << /S /JavaScript /JS (app.alert(1)) >> >>"), "92%", False, ".pdf"),
    Hostile("pdf of pictures", lambda: pdf(b"0 0 100 100 re f"), "识别|没有文字", ends=".pdf"),
    Hostile("picture with noise", lambda: picture(b"\xff\xd8\xff\xe0"), "识别|损坏", ends=".jpg"),
    Hostile("picture without end", wide_picture, "识别|损坏|像素", ends=".png"),
    Hostile("NUL bytes in a text", lambda: b"\x00" * 5000 + utf("utf-8"), "不是文档", ends=".txt"),
    Hostile("one NUL in a text", lambda: utf("utf-8") * 40 + b"\x00", TARGET, False, ".txt"),
    Hostile("halves of characters", lambda: b"\xff\xfe" + utf("utf-16-le") + b"\x00\xd8\n\x00", TARGET + "|编码", False, ".txt"),
    Hostile("no encoding at all", lambda: b"\xff\x80\xfe\xff" * 200, "编码", ends=".txt"),
    Hostile("turned writing direction", lambda: ("\u202e" + PLAN).encode(), TARGET, False, ".txt"),
    Hostile("web page 60,000 deep", lambda: b"<html>" + b"<div>" * 60_000 + utf("utf-8"), "没有文字|无法读取", ends=".html"),
    Hostile("web page with scripts", lambda: f"<html><script>{'x' * 1000}</script><style>p</style><p>{PLAN}".encode(), TARGET, False, ".html"),
    Hostile("web page that lies on its charset", lambda: f"<html><meta charset=big5><p>{PLAN}".encode(), TARGET, False, ".html"),
    Hostile("XML as html", lambda: f"{HEAD}{XXE}<x>&e;</x>".encode(), "XML", ends=".html"),
    Hostile("four million characters", lambda: "质控工作。".encode() * 800_000, "三百万字", ends=".txt"),
]  # fmt: skip
