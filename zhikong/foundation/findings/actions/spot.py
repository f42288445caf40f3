"""Put right before the inspector's eyes: evidence, and the inspector's own look at it, in one go (CAP-04)."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.files.models import File
from zhikong.foundation.findings.actions.department import correct_on_the_spot
from zhikong.foundation.findings.actions.office import close
from zhikong.foundation.findings.actions.proof import verify
from zhikong.foundation.findings.models import Finding


@transaction.atomic
def record_on_the_spot(
    finding: Finding, *, by, now: datetime, corrected_by, evidence: str, files: Iterable[File] = ()
) -> Finding:
    """An inspector saw a minor thing put right: the department's person corrected it, the inspector verified it.

    corrected_by: an account of the department, another than the inspector. It closes when the inspector may verify
    findings of the department; otherwise it waits for the office to verify.
    """
    require(by, Permission.INSPECT)
    if corrected_by is None or (by is not None and corrected_by.pk == by.pk):
        raise ValidationError(_("当场纠正须由受检科室的人完成，检查的人只作核实。"))
    correct_on_the_spot(finding, by=corrected_by, now=now, evidence=evidence, files=files)
    if can(by, Permission.VERIFY_FINDING, finding.department_id):
        verify(finding, by=by, now=now, text=_("检查时当场看到已纠正。"))
        close(finding, by=by, now=now)
    return finding
