"""Tables of this function, a module for each part; the import makes them known."""

from zhikong.hospital.functions.complaints.models import (
    disputes,
    disputes_money,
    disputes_parts,
    disputes_sealing,
    intake,
    intake_parts,
)

__all__ = ["disputes", "disputes_money", "disputes_parts", "disputes_sealing", "intake", "intake_parts"]
