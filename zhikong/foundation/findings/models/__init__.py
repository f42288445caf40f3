"""One finding in the whole product: what is wrong, who owns it, what is done, and whether it then held."""

from zhikong.foundation.findings.models.afterwards import Accountability, FollowUp, Lesson
from zhikong.foundation.findings.models.finding import Finding, Series
from zhikong.foundation.findings.models.moves import Extension, Referral
from zhikong.foundation.findings.models.parts import (
    Evidence,
    EvidenceFile,
    FindingCase,
    FindingStep,
    Part,
    Verification,
)
from zhikong.foundation.findings.models.planning import Cause, Measure

__all__ = [
    "Accountability",
    "Cause",
    "Evidence",
    "EvidenceFile",
    "Extension",
    "Finding",
    "FindingCase",
    "FindingStep",
    "FollowUp",
    "Lesson",
    "Measure",
    "Part",
    "Referral",
    "Series",
    "Verification",
]
