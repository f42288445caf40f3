"""All writes to files, and the reads that leave a trace."""

from zhikong.foundation.files.actions.blurring import blurred
from zhikong.foundation.files.actions.disposal import destroy, destroy_due, destroy_superseded, may_go
from zhikong.foundation.files.actions.holding import hold, release, set_retention
from zhikong.foundation.files.actions.limits import set_limit
from zhikong.foundation.files.actions.reading import read, thumbnail
from zhikong.foundation.files.actions.storing import store, use
from zhikong.foundation.files.actions.sweeping import rescan, reseal, sweep

__all__ = [
    "blurred",
    "destroy",
    "destroy_due",
    "destroy_superseded",
    "hold",
    "may_go",
    "read",
    "release",
    "rescan",
    "reseal",
    "set_limit",
    "set_retention",
    "store",
    "sweep",
    "thumbnail",
    "use",
]
