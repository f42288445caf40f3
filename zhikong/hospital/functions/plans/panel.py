"""What the parts of this function show on pages that they do not own."""

from zhikong.hospital.functions.plans import panel_coverage, panel_reviewing
from zhikong.web.panels import joined

PANEL = joined(panel_reviewing.PANEL, panel_coverage.PANEL)
