"""What the objects inside all files have in common, and the words that several files use."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

ColumnType = Literal["Integral", "Fractional", "String", "Unknown"]
Switch = Literal["Enabled", "Disabled"]
Share = Annotated[float, Field(ge=0, le=1)]
Version = Annotated[int | float | str, Field(default=0.0)]
"""A file may lack it, but a type checker asks for it: what leeboard makes always says its version."""


class Part(BaseModel):
    """A JSON object that is written back as it was read: unknown keys stay, missing keys stay missing.

    The same rule holds for one made in code: what was not set is not written, whatever its default.
    """

    model_config = ConfigDict(extra="allow", defer_build=True)

    def members(self) -> Iterator[tuple[str, Any]]:
        """Keys and values to write: known keys that were set and are not None, then the unknown ones."""
        for name, field in type(self).model_fields.items():
            if name in self.model_fields_set and (value := getattr(self, name)) is not None:
                yield field.alias or name, value
        yield from (self.model_extra or {}).items()
