"""What this part of the function shows of itself on pages that it does not own."""

from zhikong.web.panels import Panel

PANEL = Panel()
