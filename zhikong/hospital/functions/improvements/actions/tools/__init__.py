"""Writes of the tools."""

from zhikong.hospital.functions.improvements.actions.tools.saving import (
    edit,
    redraw,
    remove,
    rewrite,
    save,
    save_entered,
    share,
)

__all__ = ["edit", "redraw", "remove", "rewrite", "save", "save_entered", "share"]
