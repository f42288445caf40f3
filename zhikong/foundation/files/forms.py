"""The form field for attachments: files that were uploaded before the form was sent, and plain ones that came with it.

In a Django form: ``files = AttachField(label=…, purpose="findings.evidence", department_id=…, required=False)``; its
clean value is an Attached. In a page without one: ``attached(request.POST, request.FILES, name)``.
Then ``settle`` makes Files of it, in the action's transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.files import actions, attaching, queries
from zhikong.foundation.files.models import File

MOST = 20


@dataclass(frozen=True)
class Attached:
    """What a form brought: ids of files that stand already, and uploads that came with the form."""

    ids: tuple[int, ...] = ()
    uploads: tuple[Any, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ids or self.uploads)


def attached(data, files, name: str) -> Attached:
    """Read the fields of one attach component from a request's POST and FILES."""
    taken_away = set(data.getlist(f"{name}_remove")) if hasattr(data, "getlist") else set()
    given = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
    ids = [int(v) for v in given if str(v).isascii() and str(v).isdigit() and str(v) not in taken_away]
    uploads = files.getlist(f"{name}_upload") if hasattr(files, "getlist") else []
    return Attached(tuple(dict.fromkeys(ids)), tuple(uploads))


def settle(
    given: Attached,
    *,
    by,
    now: datetime,
    department_id: int | None,
    purpose: str,
    retention: str = "default",
    already: Iterable[int] = (),
) -> list[File]:
    """The files of a form: those that stand, after a check that ``by`` uploaded them, and the plain ones stored now.

    already: ids that the thing had before; they stay whoever uploaded them. Raises ValidationError.
    """
    found, kept = queries.files(given.ids), set(already)
    foreign = [f for f in found if f.pk not in kept and f.uploaded_by_id != getattr(by, "pk", None)]
    if len(found) != len(given.ids) or foreign:
        raise ValidationError(_("有文件已不存在，或不是您上传的。请移除后重新上传。"))
    if len(found) + len(given.uploads) > MOST:
        raise ValidationError(_("一处最多附 %(n)d 个文件。") % {"n": MOST})
    new = [
        actions.store(
            by=by, now=now, upload=u, department_id=department_id, purpose=purpose, retention=retention
        )
        for u in given.uploads
    ]
    return [*found, *new]


class AttachWidget(forms.Widget):
    """Draws components/attach.html."""

    template_name = "components/attach.html"
    needs_multipart_form = True

    def __init__(self, *, label="", accept: str = "", multiple: bool = True):
        super().__init__()
        self.label, self.accept, self.multiple = label, accept, multiple
        self.purpose, self.retention, self.department_id = "", "default", None

    def render(self, name, value, attrs=None, renderer=None):
        ids = value.ids if isinstance(value, Attached) else tuple(value or ())
        return attaching.render(
            name=name,
            label=self.label,
            purpose=self.purpose,
            department_id=self.department_id,
            retention=self.retention,
            files=queries.files(ids),
            accept=self.accept,
            multiple=self.multiple,
            field_id=(attrs or {}).get("id", ""),
            described_by=(attrs or {}).get("aria-describedby", ""),
        )

    def value_from_datadict(self, data, files, name):
        return attached(data, files, name)

    def value_omitted_from_data(self, data, files, name):
        return False


class AttachField(forms.Field):
    """A field whose clean value is an Attached. department_id may be set later on the instance."""

    widget = AttachWidget
    default_error_messages = {"required": gettext_lazy("请至少附一个文件或一张照片。")}

    def __init__(
        self, *, purpose: str, retention: str = "default", accept: str = "", multiple: bool = True, **kwargs
    ):
        super().__init__(widget=AttachWidget(accept=accept, multiple=multiple), **kwargs)
        self.widget.purpose, self.widget.retention = purpose, retention

    def for_department(self, department_id: int | None) -> None:
        """Say whose files they will be; the component uploads them there."""
        self.widget.department_id = department_id

    def to_python(self, value):
        return value or Attached()

    def has_changed(self, initial, data):
        return bool(data)
