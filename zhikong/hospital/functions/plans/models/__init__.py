"""The tables of this function, one module for each part."""

from zhikong.hospital.functions.plans.models.coverage import *  # noqa: F403
from zhikong.hospital.functions.plans.models.reviewing import *  # noqa: F403
