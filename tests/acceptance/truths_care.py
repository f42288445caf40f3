"""Truths of the indicators of nursing, infections, intensive care, emergency, anaesthesia, laboratory, medicines, blood."""

from collections.abc import Mapping

from tests.acceptance.truth import Truth

TRUTHS: Mapping[str, Truth] = {}
