"""What the parts of this function show on pages that they do not own."""

from zhikong.hospital.functions.improvements import panel_projects, panel_tools
from zhikong.web.panels import joined

PANEL = joined(panel_projects.PANEL, panel_tools.PANEL)
