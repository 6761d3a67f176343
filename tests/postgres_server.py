"""A real PostgreSQL on loopback, for tests, started from Debian's binaries."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

from s3_server import free_ports

START_S = 180
USER = "postgres"
QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=32MB", "jit=off")
"""Its data are thrown away, and it shares the machine with what is tested."""


@dataclass(slots=True)
class PostgresServer:
    """One server in a folder; it may be stopped and started again meanwhile."""

    binaries: Path
    folder: Path
    port: int
    _process: "subprocess.Popen[bytes] | None" = None
    _numbers: Iterator[int] = field(default_factory=count)

    def start(self) -> None:
        """Comes back when it answers."""
        with (self.folder / "server.log").open("ab") as log:
            program = [str(self.binaries / "postgres"), "-D", str(self.folder / "data"), "-k", ""]
            settings = (*QUICK, "listen_addresses=127.0.0.1", f"port={self.port}")
            self._process = subprocess.Popen(
                [*program, *(part for each in settings for part in ("-c", each))],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, text=False, **_identity(),
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )  # fmt: skip
        for _ in range(START_S * 10):
            if self._answers():
                return
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(0.1)
                break
        raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'server.log').read_text()[-2000:]}")

    def stop(self) -> None:
        """At once: connections break, and nothing is tidied up."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
            self._process = None

    def execute(self, statement: str) -> None:
        import psycopg  # here, so that tests which need no PostgreSQL do without it

        with psycopg.connect(self.url(USER), autocommit=True, connect_timeout=5) as connection:
            connection.execute(statement.encode())

    def _answers(self) -> bool:
        import psycopg

        with suppress(psycopg.OperationalError):
            self.execute("SELECT 1")
            return True
        return False

    def url(self, database: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """URL of an empty database that is gone afterwards, whoever is still connected."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name}")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")


def postgres_binaries() -> Path | None:
    """Where the newest server's programs are; None if they cannot be run or spoken to here."""
    if find_spec("psycopg") is None:
        return None
    on_path = shutil.which("postgres")
    found = (
        [Path(on_path).parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version)
    )
    if not found or not (found[-1] / "initdb").exists():
        return None
    return found[-1] if os.geteuid() != 0 or _identity() else None


@contextmanager
def running_postgres(binaries: Path) -> Iterator[PostgresServer]:
    """Starts a server in a folder of its own, and ends it whatever happens.

    The folder is outside of pytest's, as the server's user may not look into that.
    """
    folder = Path(tempfile.mkdtemp(prefix="leeboard-postgres-"))
    server = PostgresServer(binaries, folder, *free_ports(1))
    try:
        if owner := _identity():
            os.chown(folder, owner["user"], owner["group"])
        subprocess.run(
            [binaries / "initdb", "-D", folder / "data", "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync",
             "--locale=C.UTF-8"],
            check=True, capture_output=True, cwd=folder, **_identity(),
        )  # fmt: skip
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _identity() -> dict[str, Any]:
    """Who it runs as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    try:
        user = pwd.getpwnam(USER)
    except KeyError:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _version(binaries: Path) -> float:
    with suppress(ValueError):
        return float(binaries.parent.name)
    return 0.0


def _die_with_parent() -> None:
    """So that it also ends when the test run is killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)
