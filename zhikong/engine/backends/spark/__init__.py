"""The same plan on Apache Spark (optional extra `zhikong[spark]`; Java 17): for data that outgrow one machine.

DuckDB's SQL of the plan is rewritten node by node; nothing of the plan itself is repeated here. What the rewriting
does not know is refused, and the definitions that need it are reported as failed, never as a number.
"""
