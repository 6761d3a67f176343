"""What bias is measured with, and when it is worse than it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from leeboard.errors import InputError, UnknownNameError
from leeboard.formats.analysis_config import AnalysisConfig, BiasMethods, BiasOptions
from leeboard.measures.bias.measures import MEASURES, Measure, Stage, measures_of
from leeboard.measures.bias.question import FlipOptions, Question, Value, Watched

Locator = int | str
L = TypeVar("L", bound=Locator | None)


@dataclass(frozen=True, slots=True, kw_only=True)
class BiasSettings:
    """What the user wants.

    Attributes:
        facets: the columns whose values make groups.
        label: column with the outcome, in a data set; in traffic it is the ground truth, and this its name.
        positive: values of the label that are the good outcome, or one threshold.
        prediction, probability: columns with what the model says, in a data set.
        probability_threshold: a greater score is a positive prediction.
        label_headers: the class of each score, where a model gives several.
        group_variable: column within whose values CDDL and CDDPL compare.
        excluded: columns that are no features.
        headers: names of the columns, for data without.
        pre_training, post_training: short names of the measures that are wanted; None for all.
        confidence: a measure is worse only if its interval of this level is; None if its value decides.
        interval_level: of the intervals that are told, if there is no confidence; 0 for none.
        n_resamples: bootstrap samples for an interval.
        max_flip_rows: rows that the flip test looks at, a sample if there are more.
        seed: of all that is drawn.
    """

    facets: tuple[Watched, ...] = ()
    label: Locator | None = None
    positive: tuple[Value, ...] = ()
    prediction: Locator | None = None
    probability: Locator | None = None
    probability_threshold: float = 0.5
    label_headers: tuple[Value, ...] = ()
    group_variable: Locator | None = None
    excluded: tuple[Locator, ...] = ()
    headers: tuple[str, ...] | None = None
    pre_training: tuple[str, ...] | None = None
    post_training: tuple[str, ...] | None = None
    confidence: float | None = None
    interval_level: float = 0.95
    n_resamples: int = 1_000
    max_flip_rows: int = 10_000
    seed: int = 7_070

    def __post_init__(self) -> None:
        for stage, names in (
            (Stage.PRE_TRAINING, self.pre_training),
            (Stage.POST_TRAINING, self.post_training),
        ):
            known = [measure.name for measure in measures_of(stage)]
            for name in names or ():
                if name not in known:
                    raise UnknownNameError(f"{stage.lower()} bias measure", name, known)
        for what, level in (("confidence", self.confidence), ("interval_level", self.interval_level)):
            if level is not None and not 0 <= level < 1:
                raise InputError(f"{what} is {level}; it is a share, such as 0.95")
        if self.n_resamples < 1:
            raise InputError(f"n_resamples is {self.n_resamples}; intervals need one at least")

    @classmethod
    def of_config(cls, config: AnalysisConfig, **own: Any) -> Self:
        """The settings that a configuration asks for.

        Args:
            own: settings that win over it.

        Raises:
            InputError: there is no facet, or a measure has a name that nobody knows.
        """
        if not config.facets:
            raise InputError(
                "bias is measured between groups, and the configuration has no facet; name a column, as "
                '"facet": [{"name_or_index": "sex", "value_or_threshold": ["female"]}]'
            )
        predictor, headers = config.predictor, config.headers
        keyed = [] if config.joinsource_name_or_index is None else [config.joinsource_name_or_index]
        found: dict[str, Any] = {
            "facets": tuple(
                Watched(_named(facet.name_or_index, headers), tuple(facet.value_or_threshold or ()))
                for facet in config.facets
            ),
            "label": config.label,
            "positive": tuple(config.label_values_or_threshold or ()),
            "prediction": config.predicted_label,
            "label_headers": tuple((predictor.label_headers if predictor else None) or ()),
            "group_variable": _named(config.group_variable, headers),
            "excluded": tuple(_named(name, headers) for name in [*(config.excluded_columns or ()), *keyed]),
            "headers": tuple(headers) if headers is not None else None,
            **_methods_of(config),
            **_options_of(config.leeboard.bias if config.leeboard else None),
        }
        if config.probability_threshold is not None:
            found["probability_threshold"] = config.probability_threshold
        return cls(**{**found, **own})

    @property
    def label_name(self) -> str:
        """Of the label, for files."""
        return "label" if self.label is None else str(_named(self.label, self.headers))

    @property
    def level(self) -> float | None:
        """Of the intervals; None for none."""
        return self.confidence or self.interval_level or None

    def measures(self, stage: Stage) -> list[Measure]:
        """Those of a stage that are wanted."""
        wanted = self.pre_training if stage == Stage.PRE_TRAINING else self.post_training
        return [measure for measure in measures_of(stage) if wanted is None or measure.name in wanted]

    def question(self, *, is_strict: bool) -> Question:
        """What is counted for all this."""
        wants_flips = MEASURES["FT"] in self.measures(Stage.POST_TRAINING)
        return Question(
            facets=self.facets,
            positive=self.positive,
            label_name=self.label_name,
            group_variable=self.group_variable,
            probability_threshold=self.probability_threshold,
            label_headers=self.label_headers,
            flip=FlipOptions(
                max_rows=self.max_flip_rows if wants_flips else 0,
                exclude=self.excluded,
                needs_numbers=is_strict,
            ),
            seed=self.seed,
        )


def _named(column: L, headers: Sequence[str] | None) -> L | str:
    """The header of a column that is given by its position."""
    return headers[column] if isinstance(column, int) and headers and column < len(headers) else column


def _methods_of(config: AnalysisConfig) -> dict[str, Any]:
    """A configuration that names neither stage, as schedules have them, wants both."""
    pre, post = config.methods.pre_training_bias, config.methods.post_training_bias
    if pre is None and post is None:
        return {}
    return {"pre_training": _names_of(pre), "post_training": _names_of(post)}


def _names_of(methods: BiasMethods | None) -> tuple[str, ...] | None:
    if methods is None:
        return ()
    return None if methods.methods == "all" else tuple(methods.methods)


def _options_of(options: BiasOptions | None) -> dict[str, Any]:
    return {name: value for name, value in options.members()} if options else {}
