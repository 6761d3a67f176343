"""PostgreSQL and SeaweedFS, started as the tests start them."""

import sys

from bench.places import ROOT

sys.path.insert(0, str(ROOT / "tests"))

from postgres_server import postgres_binaries, running_postgres
from s3_server import KEY, SECRET, running_s3_server, weed_program

__all__ = ["KEY", "SECRET", "postgres_binaries", "running_postgres", "running_s3_server", "weed_program"]
