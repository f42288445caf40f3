"""Where the spool, its public key and the worker's private keys lie; sizes that bound the disk."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

SLOT = 256 * 1024  # bytes of one record on disk, whatever it holds
SLOTS = 256  # the whole spool takes 64 MiB, written once, never more


@dataclass(frozen=True)
class Places:
    """Files of one installation's spool."""

    folder: Path
    keys: Path
    count: int = SLOTS

    @property
    def slots(self) -> Path:
        return self.folder / "slots"

    @property
    def lock(self) -> Path:
        return self.folder / "lock"

    @property
    def public(self) -> Path:
        return self.folder / "public"

    @property
    def problems(self) -> Path:
        return self.folder / "problems"


def places() -> Places:
    """The spool of this installation: in the data folder, its private keys outside of it."""
    count = getattr(settings, "SPEAK_SLOTS", SLOTS)
    return Places(Path(settings.SPEAK_FOLDER), Path(settings.SPEAK_KEYS), count)
