"""The index of a batch transform capture: which objects one job read or wrote."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict


class Manifest(BaseModel):
    """Names below a common prefix.

    >>> list(Manifest.of([{"prefix": "s3://b/out/"}, "part-0.csv.out"]).uris())
    ['s3://b/out/part-0.csv.out']
    """

    model_config = ConfigDict(defer_build=True)

    prefix: str
    names: list[str]

    @classmethod
    def of(cls, document: list[Any]) -> "Manifest":
        """From the array in the file: first the object with the prefix, then the names."""
        return cls(prefix=document[0]["prefix"], names=document[1:])

    def document(self) -> list[Any]:
        """The array for the file."""
        return [{"prefix": self.prefix}, *self.names]

    def uris(self) -> Iterator[str]:
        """Every object; AWS joins prefix and name as they are."""
        return (self.prefix + name for name in self.names)
