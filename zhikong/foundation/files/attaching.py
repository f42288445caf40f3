"""The attach component: what it needs to know, and the sealed note by which it tells the upload page where files go.

The note is signed, so that nobody can upload under another purpose or have a file kept for a shorter time.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.core import signing
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from zhikong.foundation.files.models import File
from zhikong.foundation.files.rules import KINDS, LARGEST, readable_size

SALT = "zhikong.files.attach"
HOURS = 12


@dataclass(frozen=True)
class Note:
    """Where an upload goes: the form's field name, the purpose, the department and the retention class."""

    name: str
    purpose: str
    department_id: int | None = None
    retention: str = "default"


def sign(note: Note) -> str:
    return signing.dumps(asdict(note), salt=SALT, compress=True)


def unsign(text: str) -> Note:
    """The note of a component; raises django.core.signing.BadSignature when it is forged or old."""
    return Note(**signing.loads(text, salt=SALT, max_age=HOURS * 3600))


def accepted(only: Iterable[str] = ()) -> str:
    """The accept attribute: every allowed extension, or those of some kinds. HEIC is left out on purpose: iPhones
    then hand over a JPEG by themselves."""
    kinds = [kind for kind in KINDS if not only or kind.value in only]
    return ",".join(f".{extension}" for kind in kinds for extension in KINDS[kind].extensions)


def render(
    *,
    name: str,
    label: str = "",
    purpose: str,
    department_id: int | None = None,
    retention: str = "default",
    files: Iterable[File] = (),
    accept: str = "",
    multiple: bool = True,
    field_id: str = "",
    described_by: str = "",
) -> SafeString:
    """The component as HTML. accept: kinds such as ``jpg,png,webp``, by default all of them."""
    kinds = [kind for kind in accept.split(",") if kind]
    context = {
        "name": name,
        "label": label,
        "token": sign(Note(name, purpose, department_id, retention)),
        "files": files,
        "accept": accepted(kinds),
        "pictures_only": bool(kinds) and set(kinds) <= {"jpg", "png", "webp"},
        "multiple": multiple,
        "field_id": field_id or f"id_{name}",
        "described_by": described_by,
        "largest": readable_size(max(f.max_bytes for k, f in KINDS.items() if not kinds or k.value in kinds)),
        "largest_bytes": LARGEST,
    }
    return render_to_string("components/attach.html", context)
