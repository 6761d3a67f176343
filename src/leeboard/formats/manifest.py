"""What batch transform leaves for monitors: indexes of objects, and marks in the objects themselves."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict

INFERENCE_ID = "SageMakerInferenceId"
INFERENCE_TIME = "SageMakerInferenceTime"
"""Keys that a job adds to a JSON answer, when the job makes ids."""
JOINED_INPUT = "SageMakerInput"
JOINED_OUTPUT = "SageMakerOutput"
"""Keys of a JSON answer that was joined with its record, which has a key only if it is no object."""


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
