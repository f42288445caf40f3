"""What a content is, from its first bytes; and what it is when we do not take it, so that the refusal can help."""

from pathlib import Path

from zhikong.foundation.files.inspection.refusal import Refused
from zhikong.foundation.files.rules import Kind

HEAD = 4096
ZIP = b"PK\x03\x04"

# Signatures of what is not taken, and the sentence; the most likely mistakes of a ward first.
STRANGERS: tuple[tuple[bytes, str], ...] = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "这是旧版 Office 文件（doc、xls、ppt）。请另存为 docx、xlsx 或 pptx 后再上传。",
    ),
    (b"MZ", "这是 Windows 程序，不能上传。"),
    (b"\x7fELF", "这是程序，不能上传。"),
    (b"\xca\xfe\xba\xbe", "这是程序，不能上传。"),
    (b"\xcf\xfa\xed\xfe", "这是程序，不能上传。"),
    (b"#!", "这是脚本，不能上传。"),
    (b"Rar!", "不接受压缩包。请解压后逐个上传文件。"),
    (b"7z\xbc\xaf\x27\x1c", "不接受压缩包。请解压后逐个上传文件。"),
    (b"\x1f\x8b", "不接受压缩包。请解压后逐个上传文件。"),
    (b"BZh", "不接受压缩包。请解压后逐个上传文件。"),
    (b"\xfd7zXZ\x00", "不接受压缩包。请解压后逐个上传文件。"),
    (b"GIF8", "不接受 GIF 图片。请另存为 PNG 或 JPG 后再上传。"),
    (b"BM", "不接受 BMP 图片。请另存为 PNG 或 JPG 后再上传。"),
    (b"II*\x00", "不接受 TIFF 图片。请另存为 PNG 或 JPG 后再上传。"),
    (b"MM\x00*", "不接受 TIFF 图片。请另存为 PNG 或 JPG 后再上传。"),
    (b"{\\rtf", "不接受 RTF 文件。请另存为 docx 或 PDF 后再上传。"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "这是快捷方式，不能上传。"),
)
HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
HEIC_SENTENCE = "这是 HEIC 照片。请在手机“设置 → 相机 → 格式”中选“兼容性最佳”，或另存为 JPG 后再上传。"
OFFICE = {b"word/": Kind.DOCX, b"xl/": Kind.XLSX, b"ppt/": Kind.PPTX}
SOUND_BRANDS = (b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso2", b"3gp4", b"3gp5")


def sniff(path: Path, extension: str) -> Kind:
    """The kind of a content; raises Refused for what is not taken.

    extension: only tells csv from txt, which no content can.
    """
    with open(path, "rb") as file:
        head = file.read(HEAD)
    if not head:
        raise Refused("文件是空的（0 字节）。请检查后重新上传。")
    kind = _by_signature(head, path)
    if kind is not None:
        return kind
    for signature, sentence in STRANGERS:
        if head.startswith(signature):
            raise Refused(sentence)
    if extension in (Kind.CSV, Kind.TXT):
        return Kind(extension)
    raise Refused(
        "认不出这个文件的内容，或者不接受这种文件。可以上传：图片（JPG、PNG、WebP）、PDF、docx、xlsx、pptx、csv、txt、mp3、m4a、webm 录音。"
    )


def _by_signature(head: bytes, path: Path) -> Kind | None:
    if head.startswith(b"\xff\xd8\xff"):
        return Kind.JPG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Kind.WEBP
    if head.startswith(b"%PDF-"):
        return Kind.PDF
    if head.startswith(ZIP) or head.startswith(b"PK\x05\x06"):
        return _office(path)
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return Kind.WEBM  # or another Matroska; sound.py looks inside
    return Kind.MP3 if _is_mp3(head) else None


def _office(path: Path) -> Kind:
    """Which office format a zip is. Only names are read here; office.py looks inside."""
    from zhikong.foundation.files.inspection.archives import entry_names

    names = entry_names(path)
    if b"[Content_Types].xml" in names:
        for folder, kind in OFFICE.items():
            if any(name.startswith(folder) for name in names):
                return kind
    raise Refused("不接受压缩包。请解压后逐个上传文件。")


def _by_brand(head: bytes) -> Kind:
    brand = head[8:12]
    if brand in HEIC:
        raise Refused(HEIC_SENTENCE)
    if brand in SOUND_BRANDS:
        return Kind.M4A
    raise Refused("不接受这种音频或视频。录音请用 mp3、m4a 或 webm。")


def _is_mp3(head: bytes) -> bool:
    if head.startswith(b"ID3") and len(head) > 10 and head[3] in (2, 3, 4):
        return True
    return len(head) > 4 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] & 0xF0 != 0xF0
