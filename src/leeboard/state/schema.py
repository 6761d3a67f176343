"""All tables: the server's, and those of alerts and of access."""

from leeboard.state import access_tables, alerting_tables
from leeboard.state.tables import metadata

__all__ = ["access_tables", "alerting_tables", "metadata"]
