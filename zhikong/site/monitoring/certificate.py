"""How long the web server's certificate is still good."""

from datetime import datetime
from pathlib import Path

from cryptography import x509

DAY = 24 * 60 * 60  # seconds


def days_left(path: Path, *, now: datetime) -> float | None:
    """Days until the first certificate of a PEM file ends, negative afterwards; None when it cannot be read."""
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return None
    return (found.not_valid_after_utc - now).total_seconds() / DAY
