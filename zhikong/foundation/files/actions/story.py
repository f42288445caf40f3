"""What every act on a file writes into its story."""

from datetime import datetime

from zhikong.foundation.files.models import File, FileEvent
from zhikong.foundation.files.rules import Act


def record(file: File, act: Act, *, by, now: datetime, text: str = "") -> None:
    FileEvent.objects.create(
        institution_id=file.institution_id,
        file=file,
        act=act,
        at=now,
        by=by,
        text=text[:400],
    )
