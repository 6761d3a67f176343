"""Captured traffic on local disk, and its way to where it is kept.

A record is in a file before `record` returns, so that a process killed at any instant loses none.
Files go to their destinations in the background, under names chosen when they were opened: an upload
that is repeated after a crash writes the same object again.

Each process writes into a folder of its own, locked as long as it lives. So several may share a
spool, and what an ended one left behind is shipped by whoever finds it.
"""

from leeboard.capture.spool.counts import Counts, Fate
from leeboard.capture.spool.spool import MAX_BODY_BYTES, Spool

__all__ = ["MAX_BODY_BYTES", "Counts", "Fate", "Spool"]
