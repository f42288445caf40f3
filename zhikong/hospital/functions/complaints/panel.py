"""What the parts of this function show on pages that they do not own."""

from zhikong.hospital.functions.complaints import panel_disputes, panel_intake
from zhikong.web.panels import joined

PANEL = joined(panel_intake.PANEL, panel_disputes.PANEL)
