"""Partial results: counters by condition, institution, department and day or month, kept as Parquet beside the lake.

Every number that is a count or a sum can be put together from them: coarser levels by adding up, an indicator from
the counters of its conditions, a region from its hospitals' files without their patients. What changed is counted
anew, everything else is kept; medians, percentiles and distinct counts cannot be added and are not in here.
"""
