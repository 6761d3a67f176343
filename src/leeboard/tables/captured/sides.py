"""Which payloads of a capture record are read, and in which order their cells stand in a row."""

from dataclasses import dataclass
from typing import Self

from leeboard.tables.captured.envelopes import Payload, Payloads
from leeboard.tables.options import ReadOptions


@dataclass(frozen=True, slots=True)
class Sides:
    """Output before input, unless said otherwise."""

    reads_output: bool = True
    reads_input: bool = True
    output_first: bool = True

    @classmethod
    def of(cls, options: ReadOptions) -> Self:
        wanted = options.dataset_format.capture_index_names if options.dataset_format else ()
        return cls(
            not wanted or "endpointOutput" in wanted,
            not wanted or "endpointInput" in wanted,
            options.output_columns_position == "START",
        )

    def payloads(self, data: Payloads) -> list[tuple[Payload, bool]]:
        """What there is of a record, in order; each with whether it is an input."""
        output = (data.endpointOutput or data.batchTransformOutput) if self.reads_output else None
        both = [(output, False), (data.endpointInput if self.reads_input else None, True)]
        ordered = both if self.output_first else both[::-1]
        return [(payload, is_input) for payload, is_input in ordered if payload is not None]
