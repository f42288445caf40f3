"""What the two halves of this function show on pages that they do not own."""

from zhikong.hospital.functions.record_reviews import panel_reviewing, panel_sampling
from zhikong.web.panels import joined

PANEL = joined(panel_reviewing.PANEL, panel_sampling.PANEL)
