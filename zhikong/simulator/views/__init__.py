"""The simulated hospital as views of a database: hospital names, Chinese comments, a time of change in each row."""

from zhikong.simulator.views.naming import CHANGED, VIEWS, carried, column_names
from zhikong.simulator.views.writing import KINDS, Hospital, Planted, write

__all__ = ["CHANGED", "KINDS", "VIEWS", "Hospital", "Planted", "carried", "column_names", "write"]
