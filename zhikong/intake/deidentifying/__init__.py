"""Free text without the person: names, telephones, document numbers, addresses and hospital numbers become placeholders.

Deterministic, by patterns, cues and what is known of the patient. What it finds is given with its place, so that
recall and precision can be counted; what it may miss is said in README.md.
"""

from zhikong.intake.deidentifying.spans import Cleared, Kind, Span, deidentify

__all__ = ["Cleared", "Kind", "Span", "deidentify"]
