"""The parts of a Word file as XML trees: looked up by name in the zip, bounded in size and ratio, never unpacked to disk."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from pathlib import Path

from lxml import etree

from zhikong.reading.files.refusing import NotReadable

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_USUAL = W.strip("{}").encode()
_MAIN = "word/document.xml"
_OFFICE = "/relationships/officeDocument"
MOST_XML = 80_000_000
MOST_ENTRIES = 20_000
MOST_RATIO = 300  # text packs to 1:30; a bomb to 1:1000
_AGAIN = "请用 Word 打开后另存一份。"


class Parts:
    """An opened Word file. `main` is the name of its main part."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._found = {one.filename: one for one in archive.infolist()}
        self._archive = archive
        self.left = MOST_XML
        self.main = self._main()

    def tree(self, name: str):
        """The root of a part beside the main one (footnotes.xml); None where the file has none."""
        whole = posixpath.join(posixpath.dirname(self.main), name)
        return self._tree(whole) if whole in self._found else None

    def body(self):
        """The root of the main part."""
        if self.main not in self._found:
            raise NotReadable("这个压缩包不是 Word 文档。", "请上传 .docx、.pdf 或 .txt 文件。")
        return self._tree(self.main)

    def names(self, beginning: str) -> list[str]:
        """Parts beside the main one whose name begins so, such as header1.xml."""
        folder = posixpath.dirname(self.main)
        found = (posixpath.relpath(one, folder or ".") for one in self._found if one.startswith(f"{folder}/"))
        return sorted(one for one in found if one.startswith(beginning) and one.endswith(".xml"))[:12]

    def _main(self) -> str:
        if "_rels/.rels" in self._found:
            for one in self._tree("_rels/.rels"):
                if str(one.get("Type", "")).endswith(_OFFICE):
                    return str(one.get("Target", _MAIN)).lstrip("/")
        return _MAIN

    def _tree(self, name: str):
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            root = etree.fromstring(self._bytes(name).replace(_STRICT, _USUAL), parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise NotReadable("Word 文件的内容已损坏，或层次过深。", _AGAIN) from error
        if root.getroottree().docinfo.internalDTD is not None:
            raise NotReadable("Word 文件里夹带了实体声明，不是 Word 存出来的。", _AGAIN)
        return root

    def _bytes(self, name: str) -> bytes:
        part = self._found[name]
        if part.flag_bits & 1:
            raise NotReadable("文件加了密码。", "请去掉密码后再上传。")
        if part.file_size > self.left or part.file_size > MOST_RATIO * max(part.compress_size, 4096):
            raise NotReadable("文件展开后过大，不像一份文档。", _AGAIN)
        with self._archive.open(part) as stream:
            found = stream.read(self.left + 1)
        self.left -= len(found)
        if self.left < 0:
            raise NotReadable("文件展开后过大，不像一份文档。", _AGAIN)
        return found


def opened(path: Path, reader) -> str:
    """What reader(parts) makes of a Word file; raises NotReadable when the zip is broken."""
    try:
        with zipfile.ZipFile(path) as archive:
            if len(archive.infolist()) > MOST_ENTRIES:
                raise NotReadable("文件里的部件太多，不像一份文档。", _AGAIN)
            return reader(Parts(archive))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, UnicodeDecodeError) as error:  # fmt: skip
        if isinstance(error, RecursionError):
            raise
        raise NotReadable("Word 文件不完整或已损坏。", "请重新下载或另存后再上传。") from error
