"""What a Clarify job is to do, `analysis_config.json`: the schema of processing and monitoring jobs."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, NonNegativeInt, PositiveInt

from leeboard.formats.part import Part, Share

Locator = int | str
"""A column by its name or by its position from 0; in JSON data a JMESPath."""
Cell = int | float | str | None


def _lowered(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


LOWERED = BeforeValidator(_lowered)
DatasetType = Annotated[
    Literal[
        "text/csv",
        "application/jsonlines",
        "application/json",
        "application/sagemakercapturejson",
        "application/x-parquet",
        "application/x-image",
    ],
    LOWERED,
]
ContentType = Annotated[
    Literal[
        "text/csv",
        "application/jsonlines",
        "application/json",
        "image/jpeg",
        "image/jpg",
        "image/png",
        "application/x-npy",
    ],
    LOWERED,
]
Direction = Annotated[Literal["chronological", "anti_chronological", "bidirectional"], LOWERED]
AcceptType = Annotated[Literal["text/csv", "application/jsonlines", "application/json"], LOWERED]
Aggregation = Annotated[Literal["mean_abs", "median", "mean_sq"], LOWERED]


class Facet(Part):
    """A column that may name a sensitive group; values: each is a group, one number: what is above it."""

    name_or_index: Locator
    value_or_threshold: list[int | float | str] | None = None


class Segments(Part):
    """A column whose values or intervals cut the data into parts that are measured apart."""

    config_name: str | None = None
    name_or_index: Locator
    segments: list[list[int | float | str]]
    display_aliases: list[str] | None = None


class TimeSeriesData(Part):
    """Where a forecasting data set has what; kept, but not used."""

    target_time_series: Locator
    item_id: Locator
    timestamp: Locator
    related_time_series: list[Locator] | None = None
    static_covariates: list[Locator] | None = None
    dataset_format: Annotated[Literal["columns", "item_records", "timestamp_records"], LOWERED] | None = None


class BiasMethods(Part):
    """The measures of one stage that are wanted: all, or some by their short names."""

    methods: Literal["all"] | list[str] = "all"


class TextConfig(Part):
    """How a text is cut into what is explained."""

    granularity: Annotated[Literal["token", "sentence", "paragraph"], LOWERED]
    language: str = "english"
    max_top_tokens: PositiveInt = 50


class ImageConfig(Part):
    """How an image is cut into what is explained; kept, but not used."""

    num_segments: int | None = None
    segment_compactness: float | None = None
    feature_extraction_method: str | None = None
    model_type: str | None = None
    max_objects: int | None = None
    iou_threshold: float | None = None
    context: float | None = None


class Shap(Part):
    """How features are given their share in the answers of a model.

    Attributes:
        baseline: the background: rows, one object, or the URI of a file; None: centres of clusters.
        num_samples: coalitions that are asked about each row; None: by the number of features.
        agg_method: how the local values of a feature become its global one.
    """

    baseline: str | list[list[Cell] | dict[str, Any]] | dict[str, Any] | None = None
    num_clusters: PositiveInt | None = None
    num_samples: PositiveInt | None = None
    agg_method: Aggregation = "mean_abs"
    use_logit: bool = False
    save_local_shap_values: bool | None = None
    seed: int | None = None
    features_to_explain: list[Locator] | None = None
    text_config: TextConfig | None = None
    image_config: ImageConfig | None = None


class Pdp(Part):
    """Which partial dependences are wanted, and how finely."""

    features: list[Locator] | None = None
    grid_resolution: PositiveInt = 15
    top_k_features: PositiveInt = 10


class Report(Part):
    """The report that is wanted beside the numbers."""

    name: str = "report"
    title: str | None = None


class AsymmetricShapley(Part):
    """Attributions of a forecast; kept, but not used."""

    direction: Annotated[Literal["chronological", "anti_chronological", "bidirectional"], LOWERED] | None = (
        None
    )
    granularity: Annotated[Literal["timewise", "fine_grained"], LOWERED] | None = None
    num_samples: PositiveInt | None = None
    baseline: str | dict[str, Any] | None = None


class Methods(Part):
    """What is to be computed; what is missing is not."""

    pre_training_bias: BiasMethods | None = None
    post_training_bias: BiasMethods | None = None
    shap: Shap | None = None
    pdp: Pdp | None = None
    report: Report | None = None
    asymmetric_shapley_value: AsymmetricShapley | None = None


class Predictor(Part):
    """The model that is asked, what it is sent, and where its answer has what."""

    model_name: str | None = None
    endpoint_name: str | None = None
    endpoint_name_prefix: str | None = None
    instance_type: str | None = None
    initial_instance_count: PositiveInt | None = None
    accelerator_type: str | None = None
    target_model: str | None = None
    custom_attributes: str | None = None
    content_type: ContentType | None = None
    accept_type: AcceptType | None = None
    label: Locator | None = None
    probability: Locator | None = None
    label_headers: list[int | float | str] | None = None
    content_template: str | dict[str, str] | None = None
    record_template: str | None = None
    time_series_predictor_config: dict[str, Any] | None = None


class BiasOptions(Part):
    """What leeboard can do about bias beyond AWS's settings.

    Attributes:
        confidence: report a measure only if its interval of this level lies wholly on the worse side
            of the baseline; None for AWS's rule, which reports whatever is worse at all.
        interval_level: level of the intervals that are told beside the values; 0 for none.
        n_resamples: bootstrap samples for an interval.
        probability: a column of the data set with what the model says, as a score.
        seed: of everything that is drawn.
        max_flip_rows: rows that the flip test looks at; beyond them, a sample of so many; 0 leaves it out.
    """

    confidence: Share | None = None
    interval_level: Share | None = None
    n_resamples: PositiveInt | None = None
    seed: int | None = None
    max_flip_rows: NonNegativeInt | None = None
    probability: Locator | None = None


class AttributionOptions(Part):
    """What leeboard can do about attributions beyond AWS's settings.

    Attributes:
        threshold: lowest NDCG that is no drift; None for AWS's 0.9.
        max_relative_change: largest change of the shares that is no drift; None to not look at it.
        max_rows: rows that are explained, a sample if there are more.
        max_rows_per_call, n_parallel_calls, max_model_rows: how much the model is asked, and how.
        model_uri: a model of XGBoost (.json, .ubj) or LightGBM (.txt), which the job then asks itself.
    """

    threshold: Share | None = None
    max_relative_change: Share | None = None
    max_rows: PositiveInt | None = None
    max_rows_per_call: PositiveInt | None = None
    n_parallel_calls: PositiveInt | None = None
    max_model_rows: PositiveInt | None = None
    model_uri: str | None = None


class ConfigExtension(Part):
    """What leeboard is told beyond AWS's file."""

    bias: BiasOptions | None = None
    attribution: AttributionOptions | None = None


class AnalysisConfig(Part):
    """The whole file; every part may be missing.

    A monitoring job gets some of it as attributes of its inputs instead, and reads its data from captures.
    """

    version: int | float | str | None = None
    dataset_type: DatasetType | None = None
    dataset_uri: str | None = None
    headers: list[str] | None = None
    label: Locator | None = None
    predicted_label: Locator | None = None
    features: str | None = None
    label_values_or_threshold: list[int | float | str] | None = None
    probability_threshold: float | None = None
    facet: list[Facet] | Facet | None = None
    group_variable: Locator | None = None
    excluded_columns: list[Locator] | None = None
    joinsource_name_or_index: Locator | None = None
    segment_config: list[Segments] | None = None
    facet_dataset_uri: str | None = None
    facet_headers: list[str] | None = None
    predicted_label_dataset_uri: str | None = None
    predicted_label_headers: list[str] | None = None
    time_series_data_config: TimeSeriesData | None = None
    methods: Methods = Field(default_factory=Methods)
    predictor: Predictor | None = None
    leeboard: ConfigExtension | None = None

    @property
    def model_uri(self) -> str | None:
        """The file of a model that can be asked without its server."""
        own = self.leeboard.attribution if self.leeboard else None
        return own.model_uri if own else None

    @property
    def probability(self) -> Locator | None:
        """The column of the data set that has scores of the model."""
        return self.leeboard.bias.probability if self.leeboard and self.leeboard.bias else None

    @property
    def facets(self) -> list[Facet]:
        """The sensitive columns; a single one may stand without a list."""
        if self.facet is None:
            return []
        return self.facet if isinstance(self.facet, list) else [self.facet]
