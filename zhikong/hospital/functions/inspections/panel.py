"""What the parts of this function show on pages that they do not own."""

from zhikong.hospital.functions.inspections import panel_planning, panel_results, panel_visiting
from zhikong.web.panels import joined

PANEL = joined(panel_planning.PANEL, panel_visiting.PANEL, panel_results.PANEL)
