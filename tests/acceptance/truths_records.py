"""Truths of the indicators of records, national goals, front page, clinics, surgery, core systems, performance, seeds."""

from collections.abc import Mapping

from tests.acceptance.truth import Truth

TRUTHS: Mapping[str, Truth] = {}
