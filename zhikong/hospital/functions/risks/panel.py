"""What the parts of this function show on pages that they do not own."""

from zhikong.hospital.functions.risks import panel_plans, panel_register
from zhikong.web.panels import joined

PANEL = joined(panel_register.PANEL, panel_plans.PANEL)
