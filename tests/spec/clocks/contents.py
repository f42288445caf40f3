"""The chapters of the manual in order."""

from tests.spec.clocks import belonging, chains, once

CHAPTERS = {
    "做一次：within": once.WITHIN,
    "之前、要有、不得、例外": once.OTHERS,
    "反复做：every": chains.EVERY,
    "状态与停表": chains.STATES,
    "谁应答谁": belonging.BELONGING,
    "工作日、当日、当班": belonging.UNITS,
    "不知道的时候": belonging.UNKNOWN,
}
"""Title -> paragraphs."""
