"""The door signs of this overview."""

from zhikong.web.panels import Panel

PANEL = Panel()
