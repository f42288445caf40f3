"""Files that show where a figure comes from: added and taken away while the department has the sheet."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from zhikong.foundation.files.actions import use
from zhikong.foundation.files.models import File
from zhikong.hospital.functions.reporting.actions.filling import item_of, typing
from zhikong.hospital.functions.reporting.models import FigureFile, FigureSheet


@transaction.atomic
def attach(sheet: FigureSheet, *, by, now: datetime, item: str, files: Iterable[File]) -> list[FigureFile]:
    """Put files to an item; the same file again changes nothing."""
    found = item_of(typing(sheet, by), item)
    made = []
    for file in files:
        if file.department_id != sheet.department_id:
            raise ValidationError("附件不属于这个科室，请重新上传。")
        row, new = FigureFile.objects.get_or_create(
            institution_id=sheet.institution_id, sheet=sheet, item=item, file=file,
            defaults={"department_id": sheet.department_id, "version": sheet.version, "added_at": now, "added_by": by},
        )  # fmt: skip
        if new:
            words = f"{found.title}填报依据 {sheet.department_name} {sheet.month}"
            use(file, by=by, now=now, used_for=f"reporting.figure:{sheet.pk}", text=words)
        elif row.removed_at:
            row.removed_at = row.removed_by = None
            row.save(update_fields=["removed_at", "removed_by"])
        made.append(row)
    return made


@transaction.atomic
def detach(attached: FigureFile, *, by, now: datetime) -> None:
    """Take a file away from an item; of an earlier, accepted version it stays."""
    sheet = attached.sheet
    typing(sheet, by)
    if attached.version < sheet.version:
        raise ValidationError("这个附件属于已接收的版本，不能移除。")
    attached.removed_at, attached.removed_by = now, by
    attached.save(update_fields=["removed_at", "removed_by"])
