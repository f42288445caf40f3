"""The brief as a file: one content, two layouts."""

from collections.abc import Callable
from dataclasses import dataclass

from zhikong.hospital.overviews.reports.documents import pdf, word


@dataclass(frozen=True)
class Document:
    make: Callable[[object], bytes]
    content_type: str


DOCUMENTS = {
    "pdf": Document(pdf.make, "application/pdf"),
    "docx": Document(word.make, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}
