"""The model of a configuration, as a job asks it."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

import polars as pl

from leeboard.errors import InputError
from leeboard.formats.analysis_config import AnalysisConfig, Predictor
from leeboard.jobs.models.protocol import CSV, ModelProtocol, kind_of
from leeboard.jobs.models.remote import RemoteModel
from leeboard.measures.attribution.additive.loading import read_model
from leeboard.measures.model import Model, Predictions
from leeboard.storage import read_bytes
from leeboard.tables.parts import LABEL, PREDICTION, PROBABILITY

BRIDGE_S = 3900.0
"""A model that leeboard's server starts for the job may have to arrive first."""


class FeaturesModel:
    """A model that is asked about its features alone, in its order.

    Args:
        features: None for all columns that are no parts of a record.
    """

    def __init__(self, model: Model, features: Sequence[str] | None) -> None:
        self.model = model
        self.features = None if features is None else list(features)

    def predict(self, rows: pl.DataFrame) -> Predictions:
        """The answers of the model.

        Raises:
            InputError: a feature is missing in the rows.
        """
        if self.features is None:
            return self.model.predict(rows.drop(LABEL, PREDICTION, PROBABILITY, strict=False))
        missing = [name for name in self.features if name not in rows.columns]
        if missing:
            raise InputError(
                f"the model's features {', '.join(missing)} are not in the data; columns there: "
                f"{', '.join(name for name in rows.columns if not name.startswith('leeboard:'))}"
            )
        return self.model.predict(rows.select(self.features))


def protocol_of(predictor: Predictor, dataset_type: str | None) -> ModelProtocol:
    """How a model is talked to.

    Args:
        dataset_type: the content type where the predictor has none; CSV where models do not take it.

    Raises:
        InputError: in a way that leeboard does not know.
    """
    if isinstance(predictor.content_template, dict) or predictor.time_series_predictor_config:
        raise InputError("the predictor is one for time series; leeboard asks models about rows of a table")
    return ModelProtocol(
        content_type=predictor.content_type or (dataset_type if kind_of(dataset_type) else None) or CSV,
        accept_type=predictor.accept_type,
        content_template=predictor.content_template,
        record_template=predictor.record_template,
        label=predictor.label,
        probability=predictor.probability,
        label_headers=tuple(map(str, predictor.label_headers or ())),
        custom_attributes=predictor.custom_attributes,
        target_model=predictor.target_model,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSource:
    """Where the model of a configuration is; the first that is given counts.

    Attributes:
        model: the model itself.
        url: of a server of just this model, whatever the configuration calls it.
        by_name: URL of the server that started the job, which takes questions for models by name.
    """

    model: Model | None = None
    url: str | None = None
    by_name: str | None = None

    def find(self, config: AnalysisConfig) -> Model:
        """The model, talked to as the configuration says.

        Raises:
            InputError: there is no way to it, or it is talked to in a way that leeboard does not know.
        """
        if self.model is not None:
            return self.model
        predictor = config.predictor or Predictor()
        protocol = protocol_of(predictor, config.dataset_type)
        if self.url is not None:
            return RemoteModel(self.url, protocol)
        if config.model_uri is not None:
            return read_model(read_bytes(config.model_uri), config.model_uri)
        if predictor.endpoint_name:
            return self._named("endpoints", predictor.endpoint_name, protocol)
        if predictor.model_name:
            return self._named("models", predictor.model_name, protocol)
        raise InputError(
            "the analysis needs a model's answers: name it as model_name or endpoint_name of the predictor, "
            "or give its URL (--model-url) or its file (--model-file); for bias alone, predicted_label may "
            "name a column that has them"
        )

    def _named(self, kind: str, name: str, protocol: ModelProtocol) -> RemoteModel:
        if self.by_name is None:
            raise InputError(
                f"the predictor names {name!r}, and models have names only where leeboard's server has "
                "started the job; give the model's URL, as --model-url http://127.0.0.1:8080"
            )
        return RemoteModel(f"{self.by_name}/{kind}/{quote(name, safe='')}", protocol, timeout_s=BRIDGE_S)
