"""What the pages without login carry instead of a cookie: signed notes that say when a form was opened or whose
complaint was opened, and nothing of the reader. They end by themselves."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.core import signing

FORM_SALT, CASE_SALT = "zhikong.complaints.voice.form", "zhikong.complaints.voice.case"
FORM_HOURS, CASE_MINUTES = 12, 40
FASTEST_SECONDS = 3  # nobody reads the page and writes a complaint faster


@dataclass(frozen=True)
class FormNote:
    """An open form. nonce: what number and key will be made of; opened: seconds; institution and point of the code."""

    nonce: str
    opened: int
    institution: int
    point: int | None = None


def sign_form(note: FormNote) -> str:
    return signing.dumps(asdict(note), salt=FORM_SALT, compress=True)


def read_form(text: str) -> FormNote | None:
    """The note, or None when it is forged or older than half a day."""
    try:
        return FormNote(**signing.loads(text, salt=FORM_SALT, max_age=FORM_HOURS * 3600))
    except (signing.BadSignature, TypeError):
        return None


def sign_case(institution: int, complaint: int) -> str:
    return signing.dumps([institution, complaint], salt=CASE_SALT, compress=True)


def read_case(text: str) -> tuple[int, int] | None:
    """(institution, complaint) of a page that was opened with the key within the last minutes."""
    try:
        institution, complaint = signing.loads(text, salt=CASE_SALT, max_age=CASE_MINUTES * 60)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return institution, complaint
