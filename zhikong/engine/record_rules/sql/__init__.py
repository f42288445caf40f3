"""Clock rules as one SQL statement each, for data that lie in PostgreSQL, Spark or DuckDB (see `statement.verdicts`)."""

from zhikong.engine.record_rules.sql.dialects import Dialect, Unsupported
from zhikong.engine.record_rules.sql.statement import verdicts

__all__ = ["Dialect", "Unsupported", "verdicts"]
