"""What the two halves of this function show on pages that they do not own."""

from zhikong.hospital.functions.records import panel_results, panel_running
from zhikong.web.panels import joined

PANEL = joined(panel_running.PANEL, panel_results.PANEL)
