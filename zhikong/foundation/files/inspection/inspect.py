"""From a draft on disk to a verdict: what it is, and whether it may stay."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from zhikong.foundation.files.inspection import names, office, pdf, sound, tails, texts, webm
from zhikong.foundation.files.inspection.refusal import Refused
from zhikong.foundation.files.inspection.sniffing import sniff
from zhikong.foundation.files.rules import ANYTHING, KINDS, Kind

__all__ = ["Inspected", "Refused", "inspect"]


@dataclass(frozen=True)
class Inspected:
    """What was found. remark: a sentence for readers about something that is tolerated, or nothing."""

    kind: Kind
    name: str
    remark: str = ""


MACRO_EXTENSIONS = ("docm", "dotm", "xlsm", "xltm", "xlam", "pptm", "potm", "ppsm", "ppam")
CHECKS: dict[Kind, Callable[[Path], str]] = {
    Kind.PDF: pdf.check,
    Kind.DOCX: office.check,
    Kind.XLSX: office.check,
    Kind.PPTX: office.check,
    Kind.CSV: texts.check_csv,
    Kind.TXT: texts.check,
    Kind.MP3: sound.check_mp3,
    Kind.M4A: sound.check_m4a,
    Kind.WEBM: webm.check,
}  # pictures are decoded and written anew instead


def inspect(path: Path, *, name: str, declared: str) -> Inspected:
    """Look at a draft. name: as the browser sent it; declared: the media type that the browser sent.

    Raises Refused when the content is not taken, is dangerous, or is not what its name and declaration say.
    """
    shown = names.safe_name(name)
    extension = names.extension_of(shown)
    kind = sniff(path, extension)
    _check_agreement(kind, extension, declared.partition(";")[0].strip().lower())
    tails.check(path, kind)
    remark = CHECKS[kind](path) if kind in CHECKS else ""
    return Inspected(kind, shown, remark)


def _check_agreement(kind: Kind, extension: str, declared: str) -> None:
    facts = KINDS[kind]
    if extension in MACRO_EXTENSIONS:
        raise Refused(office.MACRO)
    if extension not in facts.extensions:
        said = f"扩展名是 .{extension}" if extension else "没有扩展名"
        raise Refused(
            f"文件的内容是 {kind.upper()}，{said}，两者不一致。请把扩展名改为 .{kind}，或换一个文件。"
        )
    if declared not in (*facts.types, *ANYTHING):
        raise Refused(
            f"文件的内容是 {kind.upper()}，浏览器却声明为 {declared[:60]}，两者不一致，没有保存。请换一个文件。"
        )
