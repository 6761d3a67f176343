"""What attributions are computed with, and when they have drifted."""

from dataclasses import dataclass, fields
from typing import Any, Self

from leeboard.errors import InputError
from leeboard.formats.analysis_config import AnalysisConfig
from leeboard.measures.attribution.explanation import AGGREGATIONS, Aggregation, ShapOptions
from leeboard.measures.attribution.ranks import THRESHOLD
from leeboard.measures.attribution.text import Granularity

Locator = int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class PdpSettings:
    """Which curves of partial dependence are wanted.

    Attributes:
        features: names or positions; None for the `top_k` with the largest attributions.
        resolution: points of a numeric curve.
    """

    features: tuple[Locator, ...] | None = None
    top_k: int = 10
    resolution: int = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSettings:
    """How columns of text are cut.

    Attributes:
        granularity: what one unit is.
        max_top_units: units that are told for all rows together.
    """

    granularity: Granularity = "token"
    max_top_units: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributionSettings:
    """What the user wants.

    Attributes:
        headers: names of the features, for data without.
        label: a column of the data set that is no feature, by name or position.
        excluded: other columns that the model does not get.
        label_headers: names of the model's outputs.
        background: rows as lists or objects, one object, or a frame; None for centres of clusters.
        features_path: JMESPath to the features in the records of the background.
        n_clusters: rows of a background of centres; None for the default.
        n_samples: coalitions asked about each row; None by the number of features.
        aggregation: of local values to a global one.
        use_logit: explain log odds.
        saves_local_values: write `explanations_shap/out.csv`.
        seed: of coalitions, clusters and samples.
        features_to_explain: features whose values are wanted; None for all.
        text: cut columns of text into units; None to take texts as categories.
        pdp: None for no curves.
        threshold: a lower NDCG is drift, in [0, 1].
        max_relative_change: a larger change of the shares is drift too, in [0, 1]; None to not look at it.
        max_rows: rows that are explained, a sample if there are more; None for all.
        max_rows_per_call, n_parallel_calls, max_model_rows: as in `ShapOptions`.
    """

    headers: tuple[str, ...] | None = None
    label: Locator | None = None
    excluded: tuple[Locator, ...] = ()
    label_headers: tuple[str, ...] = ()
    background: Any = None
    features_path: str | None = None
    n_clusters: int | None = None
    n_samples: int | None = None
    aggregation: Aggregation = "mean_abs"
    use_logit: bool = False
    saves_local_values: bool = False
    seed: int = 0
    features_to_explain: tuple[Locator, ...] | None = None
    text: TextSettings | None = None
    pdp: PdpSettings | None = None
    threshold: float = THRESHOLD
    max_relative_change: float | None = None
    max_rows: int | None = 2_000
    max_rows_per_call: int = 8_192
    n_parallel_calls: int = 4
    max_model_rows: int | None = 100_000_000

    def __post_init__(self) -> None:
        for name in (
            "n_clusters",
            "n_samples",
            "max_rows",
            "max_rows_per_call",
            "n_parallel_calls",
            "max_model_rows",
        ):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"{name} must be 1 or more, not {value}")
        for name in ("threshold", "max_relative_change"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 1:
                raise InputError(f"{name} must be from 0 to 1, not {value}")
        if self.seed < 0:
            raise InputError(f"seed must be 0 or more, not {self.seed}")
        if self.aggregation not in AGGREGATIONS:
            raise InputError(f"no aggregation {self.aggregation!r}; known: {', '.join(AGGREGATIONS)}")

    @classmethod
    def of_config(cls, config: AnalysisConfig, **own: Any) -> Self:
        """What an analysis_config.json asks for; keywords are settings that win over it.

        Raises:
            InputError: the background is a file that was not given as `background`.
        """
        found = _of_predictor(config) | _of_shap(config) | _of_extension(config)
        settings = cls(**{**found, **{name: value for name, value in own.items() if value is not None}})
        if isinstance(settings.background, str):
            raise InputError(
                f"the background of SHAP is the file {settings.background}, which was not read; "
                "give its rows as `background`"
            )
        return settings

    def shap_options(self, *, is_strict: bool) -> ShapOptions:
        """How the model is asked; as AWS, without our bound on the cost."""
        return ShapOptions(
            n_samples=self.n_samples,
            seed=self.seed,
            use_logit=self.use_logit,
            max_rows_per_call=self.max_rows_per_call,
            n_parallel_calls=self.n_parallel_calls,
            max_model_rows=None if is_strict else self.max_model_rows,
            label_headers=self.label_headers,
        )


def background_uri(config: AnalysisConfig) -> str | None:
    """The file whose rows are the background; None if the configuration holds them, or none are given."""
    shap = config.methods.shap
    return shap.baseline if shap is not None and isinstance(shap.baseline, str) else None


def _of_predictor(config: AnalysisConfig) -> dict[str, Any]:
    predictor = config.predictor
    return {
        "headers": tuple(config.headers) if config.headers else None,
        "label": config.label,
        "excluded": tuple(config.excluded_columns or ()),
        "label_headers": tuple(map(str, predictor.label_headers or ())) if predictor else (),
        "features_path": config.features,
    }


def _of_shap(config: AnalysisConfig) -> dict[str, Any]:
    shap, pdp = config.methods.shap, config.methods.pdp
    found: dict[str, Any] = {}
    if pdp is not None:
        features = tuple(pdp.features) if pdp.features else None
        found["pdp"] = PdpSettings(
            features=features, top_k=pdp.top_k_features, resolution=pdp.grid_resolution
        )
    if shap is None:
        return found
    if shap.text_config is not None:
        text = shap.text_config
        found["text"] = TextSettings(granularity=text.granularity, max_top_units=text.max_top_tokens)
    return found | {
        "background": shap.baseline,
        "n_clusters": shap.num_clusters,
        "n_samples": shap.num_samples,
        "aggregation": shap.agg_method,
        "use_logit": shap.use_logit,
        "saves_local_values": bool(shap.save_local_shap_values),
        "seed": shap.seed or 0,
        "features_to_explain": tuple(shap.features_to_explain) if shap.features_to_explain else None,
    }


def _of_extension(config: AnalysisConfig) -> dict[str, Any]:
    """Our own settings may stand in the file under their own names."""
    own = config.leeboard.attribution if config.leeboard else None
    if own is None:
        return {}
    known = {field.name for field in fields(AttributionSettings)}
    return {name: value for name, value in own.members() if name in known}
