"""Paths of a job whose inputs were not copied, as the URIs that they stand for."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from leeboard.errors import InputError
from leeboard.formats.source import Source
from leeboard.jobs.places import MOUNTS
from leeboard.storage import join


@dataclass(frozen=True, slots=True)
class Mounts:
    """What stands where.

    >>> hours = {"/opt/ml/in/a/00": "s3://b/x/00", "/opt/ml/in/a/01": "s3://b/x/01"}
    >>> Mounts(hours).uris("/opt/ml/in")
    ['s3://b/x/00', 's3://b/x/01']
    >>> Mounts(hours).uris("/opt/ml/in/a/01/f.jsonl")
    ['s3://b/x/01/f.jsonl']
    """

    uri_by_path: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def told(cls, text: str) -> Self:
        """From the environment variable: the JSON itself, or the name of a file with it.

        Raises:
            InputError: it holds something else.
        """
        is_json = text.lstrip().startswith("{")
        found = Source("" if is_json else text).parse(text if is_json else Path(text).read_bytes())
        if not isinstance(found, dict) or not all(isinstance(uri, str) for uri in found.values()):
            raise InputError(f"{MOUNTS} holds no JSON object of paths and URIs")
        return cls({_plain(path): uri for path, uri in found.items()})

    def uris(self, path: str) -> list[str]:
        """What is at a path or, if that is a folder around several inputs, below it; by path."""
        wanted = _plain(path)
        if around := self._around(wanted):
            return [join(self.uri_by_path[around], wanted[len(around) :])]
        below = sorted(place for place in self.uri_by_path if place.startswith(wanted.rstrip("/") + "/"))
        exactly = [self.uri_by_path[wanted]] if wanted in self.uri_by_path else []
        return exactly + [self.uri_by_path[place] for place in below]

    def _around(self, wanted: str) -> str | None:
        """The innermost mount that the path lies in, if it is not a mount itself."""
        if wanted in self.uri_by_path:
            return None
        place = posixpath.dirname(wanted)
        while place not in self.uri_by_path:
            if place == posixpath.dirname(place):
                return None
            place = posixpath.dirname(place)
        return place


def _plain(path: str) -> str:
    """Without doubled slashes, dots, and a slash at the end."""
    return posixpath.normpath(path)
