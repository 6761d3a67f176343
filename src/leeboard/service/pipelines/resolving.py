"""What references stand for in one execution."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from leeboard.errors import InputError, UnreachableError
from leeboard.service.pipelines.definition import Definition
from leeboard.service.pipelines.documents import is_finite, is_larger, read_document
from leeboard.service.pipelines.parameters import Value, text_of
from leeboard.service.pipelines.references import (
    GET,
    JOIN,
    Reference,
    file_of,
    function_of,
    json_path_of,
    reference_of,
    value_at,
    values_of_join,
)
from leeboard.service.refusals import InvalidRequestError
from leeboard.storage import join

LARGEST_BYTES = 16 * 2**20
"""Of a file that JsonGet reads."""
LONGEST_TEXT = 65_536


@dataclass(frozen=True, slots=True)
class Known:
    """What an execution knows at one moment.

    Attributes:
        variables: `Execution.NAME` by name.
        properties: of the steps that have succeeded, by step.
        read: the bytes of an object; more than `LARGEST_BYTES` are refused.
        documents: the last property file that was read, as several values of one are asked for in a row.
    """

    definition: Definition
    parameters: Mapping[str, Value]
    variables: Mapping[str, str]
    properties: Mapping[str, Mapping[str, Any]]
    read: Callable[[str], bytes]
    documents: dict[str, Any] = field(default_factory=dict)

    def resolved(self, value: Any) -> Any:
        """The value with all references replaced.

        Raises:
            InvalidRequestError: one leads to nothing.
        """
        function = function_of(value)
        if function is not None:
            name, given = function
            if name == GET:
                return self._got(given)
            return self._joined(given) if name == JOIN else self._from_json(given)
        if isinstance(value, Mapping):
            return {key: self.resolved(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.resolved(each) for each in value]
        return value

    def _got(self, text: str) -> Any:
        reference = reference_of(text)
        if reference.kind == "Parameters":
            return value_at(self.parameters, (reference.name,), text)
        if reference.kind == "Execution":
            return value_at(self.variables, (reference.name,), text)
        if reference.kind == "PipelineExperimentConfig":
            return self.resolved(value_at(self.definition.experiment, (reference.name,), text))
        if reference.name not in self.properties:
            raise InvalidRequestError(f"{text}: the step {reference.name} has no properties")
        return value_at(self.properties[reference.name], reference.path, text)

    def _joined(self, given: Mapping[str, Any]) -> str:
        values = values_of_join(given)
        values = self.resolved(values) if isinstance(values, Mapping) else values
        if not isinstance(values, list):
            raise InvalidRequestError(f"Std:Join needs Values, a list, not {values!r:.100}")
        between, texts, left = _text(self.resolved(given.get("On") or "")), [], LONGEST_TEXT
        for each in values:
            texts.append(_text(self.resolved(each)))
            left -= len(texts[-1]) + len(between) * (len(texts) > 1)
            if left < 0:
                raise InvalidRequestError(f"Std:Join makes a text of more than {LONGEST_TEXT:,} characters")
        return between.join(texts)

    def _from_json(self, given: Mapping[str, Any]) -> Any:
        path, file = json_path_of(given), file_of(given)
        uri = self.resolved(given["S3Uri"]) if file is None else self._place_of(file)
        if not isinstance(uri, str) or not uri.startswith("s3://"):
            raise InvalidRequestError(f"Std:JsonGet reads objects of S3, and {uri!r:.200} is none")
        told = f"{given['Path']} in {uri}"
        found = value_at(self._document(uri), path, told)
        if is_larger(found, LONGEST_TEXT):
            raise InvalidRequestError(f"{told} has more than {LONGEST_TEXT:,} characters")
        if not is_finite(found):
            raise InvalidRequestError(f"{told} is or holds NaN or an infinite number: {found!r:.100}")
        return found

    def _document(self, uri: str) -> Any:
        if uri not in self.documents:
            self.documents.clear()
            try:
                self.documents[uri] = read_document(self.read(uri), uri)
            except UnreachableError:
                raise
            except InputError as error:
                raise InvalidRequestError(f"the property file {uri} cannot be read: {error}") from None
        return self.documents[uri]

    def _place_of(self, reference: Reference) -> str:
        """Where a property file is; that its step has it was checked with the definition."""
        file = self.definition.steps[reference.name].files[str(reference.path[1])]
        outputs = ("ProcessingOutputConfig", "Outputs", str(file["OutputName"]), "S3Output", "S3Uri")
        folder = value_at(self.properties.get(reference.name, {}), outputs, reference.text)
        return join(str(folder), str(file["FilePath"]))


def _text(value: Any) -> str:
    return text_of(value) if isinstance(value, (str, int, float, bool)) else json.dumps(value)
