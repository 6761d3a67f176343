"""What is done about alerts is done one after another, whichever server does it."""

from sqlalchemy import Connection, text

LOCK = 7_201_732
"""Any number that nobody else locks in that PostgreSQL database."""
LONGEST = "60s"
"""A server that vanishes in its turn holds up the others for so long."""
_TAKE = text(
    "SELECT set_config('idle_in_transaction_session_timeout', :longest, true), pg_advisory_xact_lock(:lock)"
)


def in_turn(connection: Connection) -> None:
    """Nobody else judges, tells, or changes rules, routes and sinks until the end of this transaction.

    So a rule that is removed leaves nothing in force that is found at the same moment, and no two wait for
    each other. Who takes a turn holds nothing yet that somebody may want in theirs: executions, alerts, and
    work that delivers. Writers of SQLite are alone anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_TAKE, {"longest": LONGEST, "lock": LOCK})
