"""What the parts of this function show on pages that they do not own."""

from zhikong.hospital.functions.incidents import (
    panel_analysis,
    panel_anonymous,
    panel_handling,
    panel_learning,
    panel_reporting,
)
from zhikong.web.panels import joined

PANEL = joined(
    panel_reporting.PANEL,
    panel_anonymous.PANEL,
    panel_handling.PANEL,
    panel_analysis.PANEL,
    panel_learning.PANEL,
)
