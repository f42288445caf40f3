"""Uploads that want to hurt the next reader, the server or the hospital's disk.

What is refused must be refused with a sentence and leave nothing behind; what is kept must be harmless.
"""

import errno
import io
import os
import resource
import signal
import struct
import subprocess
import sys
import threading
import zipfile
import zlib
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from tests.unit.foundation.files.test_accepted import webm
from zhikong.foundation.files import actions
from zhikong.foundation.files.images import guarded
from zhikong.foundation.files.inspection import names
from zhikong.foundation.files.models import Blob, File, FileEvent
from zhikong.foundation.files.storage import blobs

PROJECT = Path(__file__).resolve().parents[2]
NOW = timezone.now()
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"
    settings.FILES_SCANNER = "off"
    return settings.FILES_FOLDER


@pytest.fixture
def nurse(make_user, hospital):
    return make_user("nurse", hospital.departments["CARD"])


@pytest.fixture
def keep(hospital, nurse):
    """keep(content, name, declared) → the stored File; raises ValidationError."""

    def store(content, name, declared="application/octet-stream"):
        return actions.store(
            by=nurse,
            now=NOW,
            upload=SimpleUploadedFile(name, content, declared),
            department_id=hospital.departments["CARD"].id,
            purpose="tests.hostile",
        )

    return store


def content_of(file, by):
    return b"".join(actions.read(file, by=by, now=NOW, purpose="tests"))


def lying(folder):
    """Every file below the folder of blobs, locks aside."""
    return [p for p in Path(folder).rglob("*") if p.is_file() and p.name != ".lock"]


# ---- makers ------------------------------------------------------------------------------------------------------


def picture(form="JPEG", size=(80, 60), **options):
    made = io.BytesIO()
    Image.new("RGB", size, "teal").save(made, form, **options)
    return made.getvalue()


def package(*parts, folder="word", types="", links="", main=None, **options):
    """An office package: parts are (name, content); links: Relationship elements of the main part."""
    name = {"word": "document.xml", "xl": "workbook.xml", "ppt": "presentation.xml"}[folder]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(
            "[Content_Types].xml",
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
        )
        out.writestr(f"{folder}/{name}", main or f'<?xml version="1.0"?><w:document xmlns:w="{WORD}"/>')
        out.writestr(
            f"{folder}/_rels/{name}.rels",
            '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f"{links}</Relationships>",
        )
        for part, content in parts:
            out.writestr(part, content)
    return made.getvalue()


def link(kind, target, mode="External"):
    return f'<Relationship Id="r9" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'


def paragraph(*runs):
    texts = "".join(f"<w:r><w:instrText>{run}</w:instrText></w:r>" for run in runs)
    return (
        f'<?xml version="1.0"?><w:document xmlns:w="{WORD}"><w:body><w:p>{texts}</w:p></w:body></w:document>'
    )


def pdf(*objects, head=b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", tail=b""):
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, o) for n, o in enumerate(objects, 1))
    return head + body + b"trailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n" + tail


CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"


def packed(content, dictionary=b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode"):
    squeezed = zlib.compress(content)
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (dictionary, len(squeezed), squeezed)


def overlapping():
    """Twenty directory entries that all point at the same bytes (Fifield's bomb in small)."""
    one = io.BytesIO()
    with zipfile.ZipFile(one, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("[Content_Types].xml", "<Types/>")
        out.writestr("word/document.xml", "<a>" + "x" * 500_000 + "</a>")
    data = one.getvalue()
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    first, second = data[start:end].split(b"PK\x01\x02")[1:]
    directory = b"PK\x01\x02" + first
    for number in range(20):
        directory += b"PK\x01\x02" + second.replace(b"document.xml", b"docum%03d.xml" % number)
    close = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 21, 21, len(directory), start, 0)
    return data[:start] + directory + close


def lying_size():
    """The directory promises ten bytes; the stream holds a megabyte."""
    data = bytearray(package(("word/media/a.bin", b"\0" * 1_000_000)))
    where = data.rindex(b"word/media/a.bin") - 46
    data[where + 24 : where + 28] = struct.pack("<L", 10)
    return bytes(data)


def nest(depth):
    inner = package()
    for _level in range(depth):
        inner = package(("word/embeddings/inner.docx", inner))
    return inner


def bitmap_bomb(side=30_000):
    """A PNG whose header promises 900 million pixels in a few kilobytes."""

    def chunk(kind, content):
        return (
            struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))
        )

    header = struct.pack(">LLBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * ((side // 8 + 1) * 2000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jar():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as out:
        out.writestr("META-INF/MANIFEST.MF", "Main-Class: Evil\n")
        out.writestr("Evil.class", b"\xca\xfe\xba\xbe")
    return made.getvalue()


BOMB_XML = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>'
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
VBA = ("word/vbaProject.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 64)
MACRO_TYPE = (
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
)
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

REFUSED = {
    # what, content, name, part of the sentence
    "empty": (b"", "a.pdf", "空的"),
    "svg": (SVG, "a.svg", "认不出"),
    "svg as text": (SVG, "a.txt", "网页代码"),
    "svg as picture": (SVG, "a.png", "认不出"),
    "html": (HTML, "a.html", "认不出"),
    "html as text": (HTML, "a.txt", "网页代码"),
    "html in a table": (b"a,b\n1,<ScRipt>x</script>\n", "a.csv", "网页代码"),
    "windows program": (b"MZ\x90\x00" + b"\0" * 99, "a.jpg", "程序"),
    "linux program": (b"\x7fELF" + b"\0" * 99, "a.pdf", "程序"),
    "shell script": (b"#!/bin/sh\nrm -rf /\n", "a.txt", "脚本"),
    "shortcut": (b"L\x00\x00\x00\x01\x14\x02\x00" + b"\0" * 60, "a.docx", "快捷方式"),
    "text with zeros": (b"a\0b", "a.txt", "纯文本"),
    "not any encoding": (b"\xff\xfe\xfd\x80\x80" * 9, "a.csv", "纯文本"),
    "dde in a table": (b"1,=cmd|' /C calc'!A0\n", "a.csv", "DDE"),
    "dde with commas": (b"1,\"=cmd|'/C a,b'!A0\"\n", "a.csv", "DDE"),
    "dde behind a sign": (b"1;+=(MSEXCEL|'..\\x'!z\n", "a.csv", "DDE"),
    "old office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.doc", "另存为 docx"),
    "gif and jar": (b"GIF89a" + b"\0" * 20 + jar(), "a.gif", "GIF"),
    "plain zip": (jar(), "a.zip", "压缩包"),
    "zip as docx": (jar(), "a.docx", "压缩包"),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0" + b"\0" * 90, "a.heic", "兼容性最佳"),
    "png as jpg": (picture("PNG"), "a.jpg", "不一致"),
    "jpg as pdf": (picture(), "a.pdf", "不一致"),
    "docx as xlsx": (package(), "a.xlsx", "不一致"),
    "no extension": (picture(), "照片", "没有扩展名"),
    # office
    "docm under its own name": (package(), "a.docm", "宏"),
    "macro": (package(VBA), "a.docx", "宏"),
    "macro, capitals": (package(("WORD/VBAPROJECT.BIN", b"x")), "a.docx", "宏"),
    "docm renamed": (package(types=MACRO_TYPE), "a.docx", "宏"),
    "macro under another name": (
        package(("word/x.bin", b"x"), links=link("vbaProject", "x.bin", "Internal")), "a.docx", "宏"),
    "macro sheet": (package(("xl/macrosheets/sheet1.xml", "<a/>"), folder="xl"), "a.xlsx", "宏"),
    "ole object": (package(("word/embeddings/oleObject1.bin", b"x")), "a.docx", "OLE"),
    "ole under another name": (package(("word/media/image1.png", VBA[1])), "a.docx", "OLE"),
    "activex": (package(("word/activeX/activeX1.xml", "<a/>")), "a.docx", "OLE"),
    "program inside": (package(("word/media/setup.exe", b"x")), "a.docx", "OLE"),
    "remote template": (package(links=link("attachedTemplate", "http://x.test/t.dotm")), "a.docx", "断开"),
    "template on a share": (package(links=link("attachedTemplate", r"\\host\t.dotm")), "a.docx", "断开"),
    "remote object": (package(links=link("oleObject", "http://x.test/a")), "a.docx", "断开"),
    "remote picture": (package(links=link("image", "http://x.test/a.png")), "a.docx", "断开"),
    "dde field in pieces": (package(main=paragraph("DD", "EAUTO c:\\\\x")), "a.docx", "DDE"),
    "xml under another name": (
        package(("word/body.bin", paragraph("DDEAUTO c:\\\\x")),
                types='<Override PartName="/word/body.bin" ContentType="application/vnd.ms-word.document.main+xml"/>'),
        "a.docx", "损坏"),
    "dde link": (
        package(("xl/externalLinks/externalLink1.xml", "<externalLink><ddeLink/></externalLink>"), folder="xl"),
        "a.xlsx", "DDE"),
    "laughs": (package(("word/styles.xml", BOMB_XML)), "a.docx", "DTD"),
    "laughs in utf-16": (package(("word/styles.xml", BOMB_XML.replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16"))), "a.docx", "DTD"),
    "broken xml": (package(("word/styles.xml", "<a>")), "a.docx", "损坏"),
    # bombs
    "zip bomb": (package(("word/media/a.bin", b"\0" * 30_000_000)), "a.docx", "炸弹"),
    "bomb in xml": (package(("word/footer.xml", "<a>" + " " * 30_000_000 + "</a>")), "a.docx", "炸弹"),
    "overlapping entries": (overlapping(), "a.docx", "炸弹"),
    "many entries": (package(*((f"word/media/{n}", b"") for n in range(5001))), "a.docx", "炸弹"),
    "nested packages": (nest(3), "a.docx", "炸弹"),
    "zip in docx": (package(("word/media/a.bin", jar())), "a.docx", "炸弹"),
    "lying size": (lying_size(), "a.docx", "损坏"),
    "climbing names": (package(("word/../../evil", b"x")), "a.docx", "损坏"),
    "absolute names": (package(("/etc/passwd", b"x")), "a.docx", "损坏"),
    "cut docx": (package()[:-30], "a.docx", "损坏"),
    "docx behind a program": (b"PK\x03\x04" + b"\0" * 40 + package(), "a.docx", "损坏"),
    # pdf
    "pdf script": (pdf(CATALOG, b"<< /S /JavaScript /JS (app.alert(1)) >>"), "a.pdf", "JavaScript"),
    "pdf script, escaped": (pdf(CATALOG, b"<< /S /J#61vaScrip#74 >>"), "a.pdf", "JavaScript"),
    "pdf script, packed": (pdf(CATALOG, packed(b"9 0 << /S /JavaScript >>")), "a.pdf", "JavaScript"),
    "pdf script, packed without type": (
        pdf(CATALOG, packed(b"9 0 << /S /JavaScript >>", b"/Filter /FlateDecode")), "a.pdf", "JavaScript"),
    "pdf script, oddly packed": (
        pdf(CATALOG, packed(b"x", b"/Type /ObjStm /Filter [/ASCII85Decode /FlateDecode]")), "a.pdf", "不正常"),
    "pdf script, packed behind a carriage return": (
        pdf(CATALOG, packed(b"9 0 << /S /JavaScript >>").replace(b"stream\n", b"stream \r", 1)), "a.pdf", "JavaScript"),
    "pdf objects behind a predictor": (
        pdf(CATALOG, packed(b"x", b"/N 1 /First 4 /Filter /FlateDecode /DecodeParms << /Predictor 12 >>")),
        "a.pdf", "不正常"),
    "pdf with a script for an address": (pdf(CATALOG, b"<< /S /URI /URI (JavaScript:alert(1)) >>"), "a.pdf", "javascript"),
    "pdf that opens a share": (pdf(CATALOG, b"<< /S /GoToR /F (\\\\host\\a.pdf) >>"), "a.pdf", "GoToR"),
    "pdf launch": (pdf(CATALOG, b"<< /S /Launch /F (cmd.exe) >>"), "a.pdf", "Launch"),
    "pdf attachment": (pdf(CATALOG, b"<< /Type /Filespec /EF << /F 3 0 R >> /EmbeddedFiles 3 0 R >>"), "a.pdf", "嵌有"),
    "pdf form by XFA": (pdf(CATALOG, b"<< /AcroForm << /XFA [(a) 3 0 R] >> >>"), "a.pdf", "XFA"),
    "pdf with password": (pdf(CATALOG, b"<< /Encrypt 4 0 R >>"), "a.pdf", "密码"),
    "pdf bomb": (pdf(CATALOG, packed(b"1 0 " + b" " * 60_000_000)), "a.pdf", "大得不正常"),
    "pdf of endless streams": (pdf(CATALOG, b"stream\n" * 150_000), "a.pdf", "大得不正常"),
    "pdf and html": (pdf(CATALOG, head=b"%PDF-1.7\n<html><script>1</script>\n"), "a.pdf", "网页代码"),
    "pdf and jar": (pdf(CATALOG, tail=jar()), "a.pdf", "压缩包"),
    "pdf with a long tail": (pdf(CATALOG, tail=b"x" * 5000), "a.pdf", "其他文件"),
    "html before the pdf": (HTML + pdf(CATALOG), "a.pdf", "认不出"),
    "cut pdf": (pdf(CATALOG)[:-20], "a.pdf", "不完整"),
    # pictures
    "pixel bomb": (bitmap_bomb(), "a.png", "像素太多"),
    "cut jpg": (picture(size=(900, 900), quality=95)[:-400], "a.jpg", "不完整"),
    "cut png": (picture("PNG")[:-30], "a.png", "不完整"),
    "only a signature": (b"\xff\xd8\xff\xe0" + os.urandom(300), "a.jpg", "不完整"),
    "one format as another inside": (b"\x89PNG\r\n\x1a\n" + picture(), "a.png", "不完整"),
    # sound
    "mp3 tag and html": (b"ID3\x03\x00\x00\x00\x00\x00\x0a" + HTML * 40, "a.mp3", "录音"),
    "m4a and program": (b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42MZ" + b"\0" * 400, "a.m4a", "录音"),
    "film in webm": (webm(track=1), "a.webm", "视频"),
    "matroska": (webm(doctype=b"matroska"), "a.webm", "录音"),
    "webm cut short": (webm()[:30], "a.webm", "录音"),
    "film": (b"\0\0\0\x18ftypqt  \0\0\0\0qt  qt  " + b"\0" * 90, "a.m4a", "录音请用"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_refused_with_a_sentence_and_nothing_left(what, keep, own_folder):
    content, name, sentence = REFUSED[what]
    with pytest.raises(ValidationError, match=sentence) as refused:
        keep(content, name)
    assert names.safe_name(name) in refused.value.messages[0]
    assert not File.objects.exists()
    assert not Blob.objects.exists()
    assert lying(own_folder) == []


HARMLESS = {
    "lines and nothing else": b"\n" * 5_000_000,
    "signs": b'"=' * 2_000_000,
    "bars": b"-|" * 2_000_000,
    "open brackets": b"< " * 2_000_000,
    "negative numbers": b"name,value\nx,-5\ny,-7|8\n",
    "gb18030": "科室，例数\n心内科，-5\n".encode("gb18030"),
}


@pytest.mark.parametrize("what", HARMLESS)
def test_patterns_do_not_hang_on_what_was_made_to_hang_them(what, keep):
    assert keep(HARMLESS[what], "a.csv", "text/csv").size == len(HARMLESS[what])


def test_a_fields_words_do_not_pile_up(keep):
    long = paragraph(*(f"PAGE {os.urandom(4).hex()} " for _ in range(60_000)))
    assert keep(package(main=long), "a.docx", DOCX).kind == "docx"


@pytest.mark.parametrize(
    ("declared", "fits"),
    [
        ("image/jpeg", True),
        ("application/octet-stream", True),
        ("", True),
        ("text/html", False),
        ("image/svg+xml", False),
    ],
)
def test_what_the_browser_declares_must_fit(declared, fits, keep):
    if fits:
        assert keep(picture(), "a.jpg", declared).kind == "jpg"
        return
    with pytest.raises(ValidationError, match="不一致"):
        keep(picture(), "a.jpg", declared)


# ---- pictures are written anew ----------------------------------------------------------------------------------


def exif_photo():
    """A photograph as a phone makes it: lying on its side, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "PhoneMaker"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (30.0, 15.0, 27.5), "E", (120.0, 9.0, 18.0)
    picture = Image.new("RGB", (120, 60), "white")
    picture.paste("red", (0, 0, 20, 60))
    made = io.BytesIO()
    picture.save(made, "JPEG", exif=exif, comment=b"patient 4711", quality=95)
    return made.getvalue()


def test_a_photo_loses_place_and_maker_and_stands_upright(keep, nurse):
    sent = exif_photo()
    assert Image.open(io.BytesIO(sent)).getexif().get_ifd(0x8825)
    file = keep(sent, "现场.jpg", "image/jpeg")
    kept = content_of(file, nurse)
    shown = Image.open(io.BytesIO(kept))
    assert not shown.getexif()
    assert "comment" not in shown.info
    for word in (b"PhoneMaker", b"4711", b"Exif"):
        assert word not in kept
    assert shown.size == (60, 120) == (file.width, file.height)
    assert shown.getpixel((30, 5))[0] > 200 > shown.getpixel((30, 5))[1]  # the red edge is on top now
    assert file.digest != file.received_digest


@pytest.mark.parametrize(
    "tail", [jar(), HTML, b"<?php system($_GET[0]) ?>", b"\0" * 9000], ids=["jar", "html", "php", "zeros"]
)
@pytest.mark.parametrize(("form", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp")])
def test_what_hides_behind_a_picture_is_gone(form, name, tail, keep, nurse):
    file = keep(picture(form) + tail, name)
    kept = content_of(file, nurse)
    assert tail[:40] not in kept or set(tail) == {0}
    assert b"PK\x03\x04" not in kept
    assert len(kept) < len(picture(form)) + 1000
    assert Image.open(io.BytesIO(kept)).size == (80, 60)


def test_a_comment_with_script_is_gone(keep, nurse):
    kept = content_of(keep(picture(comment=HTML), "a.jpg"), nurse)
    assert b"script" not in kept


def test_only_the_first_frame_of_a_moving_picture_stays(keep, nurse):
    made = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    frames[0].save(made, "WEBP", save_all=True, append_images=frames[1:])
    shown = Image.open(io.BytesIO(content_of(keep(made.getvalue(), "a.webp"), nurse)))
    assert getattr(shown, "n_frames", 1) == 1
    assert shown.getpixel((5, 5))[0] > 200


def test_a_large_photo_is_reduced(keep):
    file = keep(picture(size=(6000, 3000)), "a.jpg")
    assert (file.width, file.height) == (guarded.LARGEST_SIDE, guarded.LARGEST_SIDE // 2)


def test_a_transparent_picture_stays_transparent(keep, nurse):
    made = io.BytesIO()
    Image.new("RGBA", (30, 30), (1, 2, 3, 0)).save(made, "PNG")
    shown = Image.open(io.BytesIO(content_of(keep(made.getvalue(), "b.png"), nurse)))
    assert shown.mode == "RGBA"
    assert shown.getpixel((5, 5))[3] == 0


def test_a_decoder_that_hangs_is_stopped(keep, monkeypatch, tmp_path, own_folder):
    sleeper = tmp_path / "sleeper.py"
    sleeper.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(guarded, "WORKER", sleeper)
    monkeypatch.setattr(guarded, "SECONDS", 0.5)
    with pytest.raises(ValidationError, match="超时"):
        keep(picture(), "a.jpg")
    assert lying(own_folder) == []


def test_a_decoder_that_dies_is_a_sentence(keep, monkeypatch, tmp_path):
    dying = tmp_path / "dying.py"
    dying.write_text("import os; os.kill(os.getpid(), 9)")
    monkeypatch.setattr(guarded, "WORKER", dying)
    with pytest.raises(ValidationError, match="不完整"):
        keep(picture(), "a.jpg")


def test_the_decoder_limits_itself_before_it_reads(tmp_path):
    """Its bounds are real: more memory than allowed is not given."""
    script = tmp_path / "probe.py"
    source = guarded.WORKER.read_text(encoding="utf-8").replace("\nmain()\n", "\n")
    script.write_text(
        source + "\nlimit()\ntry:\n    b'x' * (3 << 30)\nexcept MemoryError:\n    print('bounded')\n"
    )
    done = subprocess.run([sys.executable, "-I", str(script)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "bounded"


# ---- names ------------------------------------------------------------------------------------------------------


NAMES = {
    "../../etc/passwd.txt": "passwd.txt",
    "..\\..\\windows\\a.txt": "a.txt",
    "C:\\Users\\a\\整改.txt": "整改.txt",
    "a\0b.txt": "ab.txt",
    "照片\u202etxt.exe.txt": "照片txt.exe.txt",
    "a\u200b\u2066b.txt": "ab.txt",
    "con.txt": "_con.txt",
    "LPT1.report.txt": "_LPT1.report.txt",
    "  . .a .txt": "a.txt",
    'a<b>:"|?*.txt': "a_b______.txt",
    "....txt": "文件.txt",
    "行\r\nSet-Cookie: a=b.txt": "行Set-Cookie_ a=b.txt",
    "ｅ\u0301.txt": "ｅ\u0301.txt",
}


@pytest.mark.parametrize("raw", NAMES)
def test_names_are_neutralised(raw):
    assert names.safe_name(raw) == NAMES[raw]


def test_a_name_of_three_hundred_characters_is_cut_and_keeps_its_ending(keep):
    file = keep("会议纪要".encode(), "纪" * 300 + ".txt", "text/plain")
    assert file.name.endswith("纪.txt")
    assert len(file.name.encode()) <= 200


# ---- size -------------------------------------------------------------------------------------------------------


class Endless:
    """An upload that says it is small and never ends."""

    name, size, content_type = "a.txt", 10, "text/plain"

    def __init__(self):
        self.given = 0

    def chunks(self, size):
        while True:
            self.given += size
            yield b"a" * size


def test_an_upload_that_lies_about_its_size_is_stopped(hospital, nurse, monkeypatch, own_folder):
    from zhikong.foundation.files.actions import storing

    monkeypatch.setattr(storing, "LARGEST", 3 * 1024 * 1024)
    endless = Endless()
    with pytest.raises(ValidationError, match="超过"):
        actions.store(by=nurse, now=NOW, upload=endless, purpose="tests.hostile")
    assert endless.given <= 4 * 1024 * 1024
    assert lying(own_folder) == []


def test_a_kind_has_its_own_limit_and_the_institution_may_narrow_it(keep, make_user):
    admin = make_user("administrator")
    actions.set_limit(by=admin, kind="txt", allowed=True, max_bytes=10)
    with pytest.raises(ValidationError, match="TXT 文件不能超过"):
        keep(b"a" * 11, "a.txt")
    actions.set_limit(by=admin, kind="txt", allowed=False, max_bytes=10)
    with pytest.raises(ValidationError, match="本院不接受"):
        keep(b"a", "a.txt")
    with pytest.raises(ValidationError, match="上限应在"):
        actions.set_limit(by=admin, kind="txt", allowed=True, max_bytes=10**12)


# ---- the disk ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_a_sentence_and_leaves_nothing(code, keep, monkeypatch, own_folder):
    def full(handle):
        raise OSError(code, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ValidationError, match="磁盘空间不足"):
        keep(b"text", "a.txt")
    monkeypatch.undo()
    assert lying(own_folder) == []
    assert not File.objects.exists()


@contextmanager
def files_no_larger_than(count):
    """The kernel refuses to write more into one file, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (count, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_the_kernel_refuses_to_write_on(keep, own_folder):
    with files_no_larger_than(100_000), pytest.raises(ValidationError, match="磁盘空间不足"):
        keep(b"a" * 400_000, "a.txt")
    assert lying(own_folder) == []


def test_uploads_stop_before_the_database_has_no_room(keep, settings):
    settings.FILES_RESERVE_BYTES = 10**18
    with pytest.raises(ValidationError, match="快用完"):
        keep(b"text", "a.txt")


KILLED = """
import os, sys, django
django.setup()
from io import BytesIO
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from zhikong.foundation.access.scope import job_scope, scoped
from tests.unit.foundation.files.test_accepted import webm
from zhikong.foundation.files import actions
from zhikong.foundation.files.actions import storing
settings.FILES_FOLDER, settings.FILES_SCANNER = sys.argv[2], "off"

def die(*args, **kwargs):
    print("between", flush=True)
    os.kill(os.getpid(), 9)

{seam}
with scoped(job_scope(int(sys.argv[1]), job="tests")):
    actions.store(by=None, now=timezone.now(), upload=SimpleUploadedFile("a.txt", b"killed", "text/plain"), purpose="tests.killed")
"""
SEAMS = {
    "before the rename": "from pathlib import Path; Path.replace = die",
    "between disk and row": "storing.Blob.objects.bulk_create = die",
    "before the commit": "storing.record = die",
}


@pytest.mark.parametrize("seam", SEAMS)
def test_killed_while_storing_leaves_what_the_sweep_takes_away(seam, committed_hospital, own_folder):
    from django.db import transaction

    from zhikong.foundation.access.scope import scoped

    number = str(committed_hospital.id)
    script = KILLED.replace("{seam}", SEAMS[seam])
    done = subprocess.run(
        [sys.executable, "-c", script, number, str(own_folder)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert done.stdout == "between\n"
    assert len(lying(own_folder)) >= 1
    with scoped(committed_hospital.scope()):
        assert not Blob.objects.exists()
        assert (
            actions.sweep(now=NOW).removed == 0
        )  # a day has not passed: it could be a transaction on its way
        assert len(lying(own_folder)) >= 1
        for path in lying(own_folder):
            os.utime(path, (0, 0))
        assert actions.sweep(now=NOW).removed >= 1
        transaction.set_rollback(True)
    assert lying(own_folder) == []


def test_two_uploads_of_the_same_content_at_once(committed_hospital, own_folder):
    """All are kept, the content once; none fails."""
    from zhikong.foundation.access.scope import scoped

    start, made = threading.Barrier(4), []

    def work():
        start.wait()
        with scoped(committed_hospital.scope()):
            upload = SimpleUploadedFile("同一份.txt", b"the same content", "text/plain")
            made.append(actions.store(by=None, now=NOW, upload=upload, purpose="tests.parallel").pk)

    try:
        _run_together(work, work, work, work)
        with scoped(committed_hospital.scope()):
            assert File.objects.filter(pk__in=made).count() == 4
            assert Blob.objects.count() == 1
            assert len(lying(own_folder)) == 1
            for file in File.objects.filter(pk__in=made):
                assert b"".join(blobs.read(file.institution_id, file.blob.address)) == b"the same content"
    finally:
        _forget(FileEvent, File, Blob)


def test_a_content_that_is_brought_again_while_it_is_destroyed(committed_hospital, own_folder):
    """The upload waits for the destruction, starts anew, and keeps its content on disk."""
    from zhikong.foundation.access.scope import scoped

    later, scope = NOW + timedelta(days=3000), committed_hospital.scope()
    destroyed, brought = threading.Event(), threading.Event()

    def store():
        with scoped(scope):
            upload = SimpleUploadedFile("a.txt", b"the same content", "text/plain")
            return actions.store(
                by=None, now=NOW, upload=upload, purpose="tests.parallel", retention="training"
            ).pk

    def destroy():
        with scoped(scope):
            assert actions.destroy_due(now=later) == 1
            destroyed.set()
            brought.wait(2)  # the upload now stands at the row's lock

    def bring():
        destroyed.wait()
        made.append(store())
        brought.set()

    made = []
    try:
        store()
        for path in lying(own_folder):
            os.utime(path, (0, 0))
        _run_together(destroy, bring)
        with scoped(scope):
            [file] = File.objects.filter(deleted_at=None)
            assert made == [file.pk]
            content = blobs.read(file.institution_id, file.blob.address)
            assert b"".join(content) == b"the same content"
    finally:
        _forget(FileEvent, File, Blob)


def _run_together(*works):
    """Each in a thread of its own; the first error is raised here."""
    from django.db import connections

    failed = []

    def guarded_work(work):
        try:
            work()
        except BaseException as error:  # noqa: BLE001 (a thread's error would be lost)
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=guarded_work, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if failed:
        raise failed[0]


def _forget(*models):
    """Committed rows of a test are taken back by the superuser: nobody else may delete stories."""
    from django.db import connections

    with connections["superuser"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # triggers guard the stories otherwise
        for model in models:
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')
        cursor.execute("SET session_replication_role = DEFAULT")
