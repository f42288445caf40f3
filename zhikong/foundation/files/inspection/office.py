"""docx, xlsx, pptx: no macros, no controls, no foreign objects, nothing that is fetched without being asked.

Sources: ECMA-376 part 2 (packages and relationships); the names of what Office stores macros and controls in.
"""

import re
import zipfile
from contextlib import closing
from pathlib import Path
from xml.parsers import expat

from zhikong.foundation.files.inspection import archives
from zhikong.foundation.files.inspection.refusal import Refused

MACRO = "文件里有宏，不能上传（把 docm、xlsm 改名为 docx、xlsx 也不行）。请在 Office 或 WPS 中另存为不带宏的格式。"
ACTIVE = "文件里嵌有控件或其他程序的对象（OLE、ActiveX），不能上传。请把对象改为图片或删除后另存。"
FETCHES = "文件打开时会从网络或别处读取内容（外部模板、外部对象或图片），不能上传。请断开这些链接后另存。"
DDE = "文件里有会启动外部程序的域或链接（DDE），不能上传。请删除后另存。"
DOCTYPE = "文件的内部结构不正常（含有 DTD），不能上传。请用 Office 或 WPS 另存一份后再试。"
LINKED = "引用了别的工作簿；打开时如提示更新链接，请选“不更新”。"

MACRO_PARTS = re.compile(r"(?:^|/)(?:vba[^/]*\.bin|vbadata\.xml|macrosheets/.*)$", re.IGNORECASE)
ACTIVE_PARTS = re.compile(
    r"(?:^|/)(?:activex/.*|oleobject[^/]*|[^/]*\.(?:exe|dll|scr|com|bat|cmd|js|jse|vbs|vbe|wsf|hta|ps1|lnk|msi|jar|ole))$",
    re.IGNORECASE,
)
MACRO_TYPES = re.compile(r"macroenabled|vbaproject|ms-excel\.(?:int)?macrosheet", re.IGNORECASE)
XML_PARTS = (".xml", ".rels", ".vml")
PASSIVE = ("hyperlink",)
LINKS = ("externallinkpath", "externallinklongpath", "xlpathmissing", "xlexternallinkpath")
LOCAL_TEMPLATE = re.compile(r"^(?:file:///)?[A-Za-z]:", re.IGNORECASE)  # where Word keeps its own Normal.dotm
EMBEDDED = (".docx", ".xlsx", ".pptx")
DDE_FIELD = re.compile(r"\bDDE(?:AUTO)?\b")


def check(path: Path, *, depth: int = 0) -> str:
    """Look through a whole package; returns a remark for readers. Raises Refused."""
    remark = ""
    with archives.opened(path) as archive:
        for entry in archive.infolist():
            _check_name(entry.filename)
            remark = _check_part(archive, entry, depth) or remark
    return remark


def _check_name(name: str) -> None:
    if MACRO_PARTS.search(name):
        raise Refused(MACRO)
    if ACTIVE_PARTS.search(name):
        raise Refused(ACTIVE)


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, depth: int) -> str:
    name = entry.filename.lower()
    if name.endswith(EMBEDDED):
        return _check_embedded(archive, entry, depth)
    if name.endswith(XML_PARTS):
        part = _Part(name)
        with closing(archives.content(archive, entry)) as pieces:
            part.read(pieces)
        return part.remark
    _check_bytes(archive, entry)
    return ""


def _check_embedded(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, depth: int) -> str:
    """The table behind a chart is a package of its own; one level is usual, more is a nest."""
    from zhikong.foundation.files.storage.blobs import draft

    if depth:
        raise Refused(archives.BOMB)
    with draft() as inner:
        with open(inner, "xb") as file, closing(archives.content(archive, entry)) as pieces:
            for piece in pieces:
                file.write(piece)
        return check(inner, depth=depth + 1)


def _check_bytes(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Pictures, fonts and the like: unpacked to the end (the sum is right, the size was true), and no OLE or program."""
    head = b""
    with closing(archives.content(archive, entry)) as pieces:
        for piece in pieces:
            head = head or piece[:8]
    if head.startswith((b"\xd0\xcf\x11\xe0", b"MZ", b"\x7fELF")):
        raise Refused(ACTIVE)
    if head.startswith(b"PK\x03\x04"):
        raise Refused(archives.BOMB)


class _Part:
    """One XML part, read as a stream: relationships, content types, fields; a DTD ends it."""

    def __init__(self, name: str):
        self.name, self.remark = name, ""
        self._field, self._in_field = "", False
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def read(self, pieces) -> None:
        try:
            for piece in pieces:
                self._parser.Parse(piece, False)
            self._parser.Parse(b"", True)
        except expat.ExpatError:
            raise Refused(archives.BROKEN) from None

    def _doctype(self, *_args) -> None:
        raise Refused(DOCTYPE)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "Relationship":
            self._relationship(attributes)
        elif tag in ("Override", "Default"):
            self._content_type(attributes)
        elif tag in ("ddeLink", "oleLink"):
            raise Refused(DDE)
        elif tag == "fldSimple":
            self._check_field("".join(attributes.values()))
        self._in_field = tag == "instrText"
        if tag == "p":
            self._field = ""

    def _content_type(self, attributes: dict[str, str]) -> None:
        """No macros; and what is XML is called so, because only such parts are looked into."""
        kind = attributes.get("ContentType", "").lower()
        if MACRO_TYPES.search(kind):
            raise Refused(MACRO)
        name = attributes.get("PartName", "") or "." + attributes.get("Extension", "")
        if kind.endswith("xml") and not name.lower().endswith(XML_PARTS):
            raise Refused(archives.BROKEN)

    def _end(self, _name: str) -> None:
        self._in_field = False

    def _text(self, text: str) -> None:
        """A field's words may be cut into many runs; they are put together again within a paragraph."""
        if self._in_field:
            self._check_field(self._field + text)
            self._field = (self._field + text)[-16:]

    def _check_field(self, text: str) -> None:
        if DDE_FIELD.search(text):
            raise Refused(DDE)

    def _relationship(self, attributes: dict[str, str]) -> None:
        kind = attributes.get("Type", "").rpartition("/")[2].lower()
        if kind in ("vbaproject", "xlmacrosheet", "xlintlmacrosheet", "wordvbadata"):
            raise Refused(MACRO)
        if (
            kind in ("oleobject", "control", "activexcontrolbinary")
            and attributes.get("TargetMode") != "External"
        ):
            raise Refused(ACTIVE)
        if attributes.get("TargetMode") == "External":
            self._external(kind, attributes.get("Target", ""))

    def _external(self, kind: str, target: str) -> None:
        if kind in PASSIVE:
            return
        if kind in LINKS:
            self.remark = LINKED
            return
        if kind == "attachedtemplate" and LOCAL_TEMPLATE.match(target):
            return
        raise Refused(FETCHES)
