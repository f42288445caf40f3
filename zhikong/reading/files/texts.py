"""Plain text in the encodings that Chinese offices use: UTF-8, GB18030, Big5, UTF-16."""

from __future__ import annotations

import re
from pathlib import Path

from zhikong.reading.files.refusing import NotReadable

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
          (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))  # fmt: skip
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a]")
_MOST_ODD = 0.002  # of a text's characters: some stray control characters are no sign of a binary file
_USUAL = re.compile(r"[的一是在和年月质量病人患者院醫療科度工作及]")
_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?([\w-]+)", re.I)


def read(path: Path) -> str:
    """The text; a binary file is refused."""
    return decoded(path.read_bytes())


def decoded(raw: bytes, *, declared: bool = False) -> str:
    """Text of bytes: by its mark, by a declared charset of a web page, or by trying."""
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return _decode(raw.removeprefix(mark) if name == "utf-8" else raw, name)
    if wide := _wide(raw):
        return _decode(raw, wide)
    odd = len(_NOT_TEXT.findall(raw[:65536]))
    if odd > max(3, _MOST_ODD * len(raw[:65536])):
        raise NotReadable("这不是文档文件，或文件类型不支持。", "请上传 .docx、.pdf、.txt 或 .html 文件。")
    if declared and (said := _DECLARED.search(raw[:4096])):
        return _as_declared(raw, said[1].decode("ascii").lower())
    return _tried(raw)


def _wide(raw: bytes) -> str:
    """UTF-16 without a mark: it holds zeros, and read as such it is Chinese."""
    head = raw[:4096]
    if len(raw) % 2 or b"\x00" not in head:
        return ""
    read = {name: len(_USUAL.findall(head.decode(name, "replace"))) for name in ("utf-16-le", "utf-16-be")}
    name = max(read, key=read.__getitem__)
    return name if read[name] > 0.01 * len(head) else ""


def _as_declared(raw: bytes, name: str) -> str:
    """By the declared charset; many pages declare one and are written in another."""
    try:
        return raw.decode("gb18030" if name.startswith("gb") else name)
    except (UnicodeDecodeError, LookupError):
        return _tried(raw)


def _tried(raw: bytes) -> str:
    """UTF-8 when it fits; else GB18030 or Big5, whichever reads more like Chinese."""
    found = []
    for name in ("utf-8", "gb18030", "big5"):
        try:
            text = raw.decode(name)
        except UnicodeDecodeError:
            continue
        if name == "utf-8":
            return text
        found.append((len(_USUAL.findall(text)), text))
    if not found:
        raise NotReadable("认不出文字编码。", "请另存为 UTF-8 编码的文本。")
    return max(found, key=lambda one: one[0])[1]


def _decode(raw: bytes, name: str) -> str:
    try:
        return raw.decode(name)
    except (UnicodeDecodeError, LookupError) as error:
        raise NotReadable("文字编码与文件声明的不一致。", "请另存为 UTF-8 编码的文本。") from error
