"""What a model's definition says about one container."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerSpec:
    """One container of a model.

    Attributes:
        model_data_url: an archive, or with `is_packed` false or `is_multi_model` true a folder or prefix.
        environment: the variables of the definition.
        hostname: its name for calls that go to one container of several.
        is_multi_model: each call names the model that it wants.
        is_packed: the model is a `model.tar.gz` that has to be unpacked.
    """

    image: str
    model_data_url: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)
    hostname: str | None = None
    is_multi_model: bool = False
    is_packed: bool = True

    @classmethod
    def of(cls, definition: Mapping[str, Any]) -> Self:
        """From AWS's ContainerDefinition."""
        source = (definition.get("ModelDataSource") or {}).get("S3DataSource") or {}
        return cls(
            image=definition.get("Image") or "",
            model_data_url=definition.get("ModelDataUrl") or source.get("S3Uri"),
            environment=dict(definition.get("Environment") or {}),
            hostname=definition.get("ContainerHostname"),
            is_multi_model=definition.get("Mode") == "MultiModel",
            is_packed=not source or source.get("CompressionType") == "Gzip",
        )
