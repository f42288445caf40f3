"""What hospitals really send is taken: a check that refuses ordinary files would soon be switched off."""

import io
import struct
import zipfile

import docx
import openpyxl
import pytest
import typst
import xlsxwriter
from PIL import Image

from zhikong.foundation.files.inspection import Refused, inspect, names
from zhikong.foundation.files.rules import KINDS, Kind

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def by_docx():
    made, out = docx.Document(), io.BytesIO()
    made.add_heading("科室质控会议纪要")
    made.add_table(3, 3)
    image = io.BytesIO()
    Image.new("RGB", (30, 30)).save(image, "PNG")
    image.seek(0)
    made.add_picture(image)
    made.save(out)
    return out.getvalue()


def by_openpyxl():
    out, book = io.BytesIO(), openpyxl.Workbook()
    book.active.append(["科室", "例数", "=SUM(B2:B3)"])
    book.save(out)
    return out.getvalue()


def by_xlsxwriter():
    """A chart, a link, colours, and many equal cells."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet, bordered = book.add_worksheet(), book.add_format({"border": 1})
    for row in range(3000):
        for column in range(20):
            sheet.write_number(row, column, 0, bordered)
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Sheet1!$A$1:$A$9"})
    sheet.insert_chart("C1", chart)
    sheet.write_url("A9999", "https://example.org/standard")
    book.close()
    return out.getvalue()


def by_typst():
    return typst.compile(b'= Minutes\n#table(columns: 2)[a][b]\n#link("https://example.org")[standard]')


def with_link(kind, target, folder="word", part=None):
    """by_docx or by_openpyxl with one more external relationship."""
    source = by_docx() if folder == "word" else by_openpyxl()
    part = part or {"word": "word/_rels/document.xml.rels", "xl": "xl/_rels/workbook.xml.rels"}[folder]
    link = f'<Relationship Id="rX" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(
                entry,
                content.replace(b"</Relationships>", link.encode()) if entry.filename == part else content,
            )
    return out.getvalue()


def with_embedded():
    """A presentation keeps the table behind a chart as a package of its own."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(by_docx())) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            new.writestr(entry, old.read(entry))
        new.writestr("word/embeddings/Microsoft_Excel_Sheet.xlsx", by_openpyxl())
    return out.getvalue()


def mp3(frames=5, tag=b"ID3\x03\x00\x00\x00\x00\x00\x0a" + b"\0" * 10):
    """MPEG 1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes a frame."""
    return tag + (b"\xff\xfb\x90\x00" + b"\0" * 413) * frames


def m4a():
    def box(kind, content):
        return struct.pack(">L", 8 + len(content)) + kind + content

    return box(b"ftyp", b"M4A \0\0\0\0M4A mp42") + box(b"moov", b"\0" * 90) + box(b"mdat", b"\0" * 900)


def webm(track=2, doctype=b"webm"):
    """As browsers record: a segment of unknown length, tracks, a cluster of sound."""

    def element(name, content):
        return name + bytes((0x80 | len(content),)) + content

    head = element(b"\x1a\x45\xdf\xa3", element(b"\x42\x82", doctype))
    entry = element(b"\xae", element(b"\xd7", b"\x01") + element(b"\x83", bytes((track,))))
    inside = element(b"\x16\x54\xae\x6b", entry) + b"\x1f\x43\xb6\x75" + (b"\xff" + b"\xa3\x85sound" * 90)
    return head + b"\x18\x53\x80\x67" + b"\x01" + b"\xff" * 7 + inside


def webp():
    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, "WEBP")
    return out.getvalue()


TAKEN = {
    "minutes.docx": by_docx,
    "cells.xlsx": by_openpyxl,
    "chart.xlsx": by_xlsxwriter,
    "print.pdf": by_typst,
    "with template.docx": lambda: with_link("attachedTemplate", "file:///C:\\Users\\x\\Normal.dotm"),
    "with link.docx": lambda: with_link("hyperlink", "https://example.org"),
    "with embedded table.docx": with_embedded,
    "voice.mp3": mp3,
    "voice without tag.mp3": lambda: mp3(tag=b""),
    "voice.m4a": m4a,
    "voice.webm": webm,
    "list.csv": lambda: "科室,例数\n心内科,-5\n外科,+3\n=合计,8\n".encode(),
    "excel list.csv": lambda: "科室,例数\n心内科,5\n".encode("gb18030"),
    "marked.txt": lambda: "\ufeff收缩压 < 90 mmHg，评分 >= 3\r\n".encode(),
    "photo.webp": webp,
}


@pytest.mark.parametrize("name", TAKEN)
def test_ordinary_files_are_taken(name, tmp_path):
    path = tmp_path / "content"
    path.write_bytes(TAKEN[name]())
    found = inspect(path, name=name, declared="")
    assert found.kind == names.extension_of(name)
    assert found.remark == ""


def test_a_workbook_that_looks_into_others_is_taken_with_a_remark(tmp_path):
    path = tmp_path / "content"
    path.write_bytes(with_link("externalLinkPath", "file:///D:/other.xlsx", folder="xl"))
    assert "不更新" in inspect(path, name="a.xlsx", declared="").remark


@pytest.mark.parametrize("frames", [0, 1, 2])
def test_a_tag_and_a_frame_are_no_record(frames, tmp_path):
    path = tmp_path / "content"
    path.write_bytes(mp3(frames))
    with pytest.raises(Refused, match="录音"):
        inspect(path, name="a.mp3", declared="")


def test_every_kind_has_its_facts_and_no_extension_belongs_to_two():
    assert set(KINDS) == set(Kind)
    assert len({e for facts in KINDS.values() for e in facts.extensions}) == sum(
        len(facts.extensions) for facts in KINDS.values()
    )
