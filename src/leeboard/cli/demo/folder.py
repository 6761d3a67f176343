"""The folder of the demo, and the environment that it works in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from shutil import rmtree
from urllib.parse import urlsplit

from leeboard.client.places import SERVER_FILE, find_url
from leeboard.errors import InputError
from leeboard.storage import write_bytes

MARK = ".leeboard-demo"
"""A file that says that a demo made the folder."""
LOG = "server.log"
MADE = ("home", "baseline", "capture", "reports")  # the last three by versions without a server
_NOT_OURS = ("AWS_", "LEEBOARD_")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")
_LOOK_S = 2


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """What lies where."""

    path: Path

    @property
    def home(self) -> Path:
        return self.path / "home"

    @property
    def objects(self) -> Path:
        return self.home / "objects"

    @property
    def log(self) -> Path:
        return self.path / LOG

    def clear(self) -> None:
        """Remove what an earlier demo left; a folder with anything else in it is not touched.

        Raises:
            InputError: the folder holds something that no demo made, or a server uses it.
        """
        if self.path.is_dir() and any(self.path.iterdir()) and not (self.path / MARK).exists():
            raise InputError(
                f"the folder {self.path} is there and no demo made it; name another with --dir, or remove it"
            )
        if (self.home / SERVER_FILE).exists() and answers(url := find_url(home=self.home)):
            raise InputError(
                f"a server of an earlier demo answers at {url} and uses {self.home}; "
                "end it, or name another folder with --dir"
            )
        for name in MADE:
            rmtree(self.path / name, ignore_errors=True)
        for name in (LOG, "training.csv"):
            (self.path / name).unlink(missing_ok=True)
        write_bytes(str(self.path / MARK), b"")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nothing that the user set for AWS, for another server or for a proxy counts in here; `s3://` is
        the demo's own store.
        """
        before = dict(os.environ)
        for name in before:
            if name.startswith(_NOT_OURS) or name.lower() in _PROXIES:
                del os.environ[name]
        os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
        os.environ["LEEBOARD_OBJECTS"] = str(self.objects.absolute())
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def answers(url: str) -> bool:
    """Whether a server says there that it is ready."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=_LOOK_S)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
