"""Which URL or command stands for a container image."""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from os import PathLike, fspath
from typing import Any, Self
from urllib.parse import urlsplit

from leeboard.errors import FormatError
from leeboard.hosting.failures import redacted
from leeboard.storage import read_bytes

EXTERNAL_IMAGE = "leeboard-external"
"""The image of a model that is served by something else; its endpoint is only there to be monitored."""

ANALYZER = "sagemaker-model-monitor-analyzer"
MERGER = "sagemaker-model-monitor-groundtruth-merger"
CLARIFY = "sagemaker-clarify-processing"
BUILTIN_ANALYZERS = (ANALYZER, MERGER, CLARIFY)
_TAG = re.compile(r"(:[^/@]*)?(@[^/]*)?$")
_REMEMBERED = 1024


def untagged(image: str) -> str:
    """The image without its tag and digest.

    >>> untagged("localhost:5000/team/xgboost:1.5-1")
    'localhost:5000/team/xgboost'
    """
    return _TAG.sub("", image, count=1)


def repository_name(image: str) -> str:
    """The last part of the repository's name, whatever registry it is in.

    >>> repository_name("123456789012.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-clarify-processing:1.0")
    'sagemaker-clarify-processing'
    """
    return untagged(image).rpartition("/")[2]


def builtin_of(image: str) -> str | None:
    """The name of the analyzer that leeboard itself runs for this image; None for any other image."""
    name = repository_name(image)
    return name if name in BUILTIN_ANALYZERS else None


def is_meant(pattern: str, image: str) -> bool:
    """Whether a shell pattern means an image, case-sensitive.

    Tags are optional: none in the pattern stands for any, none in the image for `latest`.

    >>> is_meant("*/xgboost", "localhost:5000/team/xgboost:1.5-1")
    True
    """
    if fnmatchcase(image, pattern):
        return True
    bare = untagged(image)
    if bare == image:
        return fnmatchcase(f"{image}:latest", pattern)
    return untagged(pattern) == pattern and fnmatchcase(bare, pattern)


@lru_cache(_REMEMBERED)
def is_external(image: str) -> bool:
    """Whether the image says that something else serves the model."""
    return repository_name(image) == EXTERNAL_IMAGE


@dataclass(frozen=True, slots=True)
class ModelRoute:
    """One line of a map: a pattern of images, and either a URL or a command.

    Attributes:
        image: a shell pattern over the whole image, case-sensitive.
        url: of a server that has the model.
        command: of a program that serves it, with `{port}` and `{model}` in it.

    Raises:
        FormatError: if it is not usable; the message says what is wrong.
    """

    image: str
    url: str | None = None
    command: str | None = None

    def __post_init__(self) -> None:
        if not self.image.strip():
            raise FormatError('"image" is empty; write a pattern such as "*/xgboost:*"')
        if (self.url is None) == (self.command is None):
            raise FormatError('exactly one of "url" and "command" is needed')
        if self.url is not None:
            _check_url(self.url)
        if self.command is not None:
            _check_command(self.command)

    def matches(self, image: str) -> bool:
        return is_meant(self.image, image)


@dataclass(frozen=True, slots=True)
class ModelMap:
    """Routes in their order; the first one that matches an image counts."""

    routes: tuple[ModelRoute, ...] = ()
    _found: dict[str, ModelRoute | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    def find(self, image: str) -> ModelRoute | None:
        """The route of an image, if there is one."""
        if image in self._found:
            return self._found[image]
        if len(self._found) >= _REMEMBERED:
            self._found.clear()
        route = self._found[image] = next((route for route in self.routes if route.matches(image)), None)
        return route

    @classmethod
    def merged(cls, *maps: Self) -> Self:
        """All routes, those of earlier maps first."""
        return cls(tuple(route for each in maps for route in each.routes))

    @classmethod
    def read(cls, path: str | PathLike[str]) -> Self:
        """The map in a JSON file.

        Raises:
            NotFoundError: there is no such file.
            FormatError: it is not a list of routes; the message names file, entry and what is wrong.
        """
        return cls.parse(read_bytes(path), fspath(path))

    @classmethod
    def parse(cls, text: str | bytes, name: str = "the model map") -> Self:
        """The map in a JSON text; `name` stands for it in messages."""
        try:
            entries = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise FormatError(f"{name} is not JSON: {error}", name) from None
        if not isinstance(entries, list):
            raise FormatError(
                f"{name} holds {_kind(entries)} where a list is needed, as in "
                '[{"image": "*/xgboost:*", "url": "http://127.0.0.1:8080"}]',
                name,
            )
        return cls(tuple(_route(entry, n, name) for n, entry in enumerate(entries, 1)))


def _route(entry: Any, n: int, name: str) -> ModelRoute:
    try:
        return ModelRoute(**_checked(entry))
    except FormatError as error:
        raise FormatError(f"{name}, entry {n}: {error}", name) from None


def _checked(entry: Any) -> Mapping[str, Any]:
    if not isinstance(entry, dict):
        raise FormatError(f'{_kind(entry)} where an object with "image" and "url" or "command" is needed')
    unknown = [key for key in entry if key not in ("image", "url", "command")]
    if unknown:
        raise FormatError(f'unknown key "{unknown[0]}"; known are "image", "url" and "command"')
    if "image" not in entry:
        raise FormatError('"image" is missing')
    for key, value in entry.items():
        if not isinstance(value, str):
            raise FormatError(f'"{key}" is {_kind(value)} where a text is needed')
    return entry


def _check_url(url: str) -> None:
    try:
        split = urlsplit(url)
        is_good = split.scheme in ("http", "https") and bool(split.hostname) and split.port != 0
    except ValueError:
        is_good = False
    if not is_good or any(letter.isspace() for letter in url):
        raise FormatError(f'"url" is {_shown(url)!r}; it has to be like http://127.0.0.1:8080')


def _shown(url: str) -> str:
    try:
        return redacted(url)
    except ValueError:
        return "no URL"


def _check_command(command: str) -> None:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise FormatError(f'"command" cannot be cut into words ({error}): {command}') from None
    if not words:
        raise FormatError('"command" is empty; write a program and its arguments, with {port} and {model}')


def _kind(value: Any) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")
