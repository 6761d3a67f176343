"""The analysis configuration of a job: found, read, and refused where leeboard cannot do what it asks."""

from collections.abc import Sequence

from leeboard.errors import InputError, NotFoundError
from leeboard.formats.analysis_config import AnalysisConfig, BiasMethods, Methods
from leeboard.formats.source import Source
from leeboard.jobs.environment import JobEnvironment
from leeboard.storage import exists, list_objects, read_bytes

FOLDER = "/opt/ml/processing/input/config"
FILE = f"{FOLDER}/analysis_config.json"
VARIABLE = "leeboard_analysis_config"
"""Names the configuration where it is not in its usual place."""
BIAS, ATTRIBUTION = "bias", "attribution"
ANALYSIS_TYPES = {
    "MODEL_BIAS": BIAS,
    "DATA_BIAS": BIAS,
    "MODEL_EXPLAINABILITY": ATTRIBUTION,
}


def read_config(content: bytes, uri: str) -> AnalysisConfig:
    """The configuration in a file; the URI is for messages.

    Raises:
        FormatError: it is none.
        InputError: it asks for what leeboard does not compute.
    """
    source = Source(uri)
    config = source.fit(AnalysisConfig, source.parse(content))
    _check(config, uri)
    return config


def find_config(environment: JobEnvironment) -> tuple[AnalysisConfig, str]:
    """The configuration of a job, and its URI.

    Raises:
        NotFoundError: there is none.
    """
    uri = _uri(environment)
    return read_config(read_bytes(uri), uri), uri


def has_config(environment: JobEnvironment) -> bool:
    """Whether a job has a configuration where such jobs have it."""
    given = environment.get(VARIABLE) or FILE
    return any(exists(uri) for uri in places(environment, given))


def places(environment: JobEnvironment, given: str) -> list[str]:
    """What a path of the job stands for: the URIs of what is mounted there, or the path itself."""
    mounted = environment.mounts.uris(given) if environment.mounts and given.startswith("/") else []
    return mounted or [environment.path(given)]


def monitors_of(config: AnalysisConfig, *, is_monitoring: bool, analysis_type: str | None) -> tuple[str, ...]:
    """Names of the monitors that a configuration asks for.

    Args:
        is_monitoring: a schedule has one kind of analysis; its configuration may name none.
        analysis_type: as AWS calls the kind, such as `MODEL_BIAS`; None to tell it from the configuration.

    Raises:
        InputError: none is asked for.
    """
    methods = config.methods
    wants_bias = bool(methods.pre_training_bias or methods.post_training_bias)
    wants_attribution = bool(methods.shap or methods.pdp)
    if is_monitoring:
        return (_monitored(config, analysis_type, wants_attribution),)
    asked = ((BIAS, wants_bias), (ATTRIBUTION, wants_attribution))
    if named := tuple(name for name, is_wanted in asked if is_wanted):
        return named
    there = ", ".join(dict(methods.members())) or "none"
    raise InputError(
        "the analysis configuration names no method that leeboard computes: pre_training_bias, "
        f"post_training_bias, shap or pdp; its methods: {there}"
    )


def with_bias_methods(config: AnalysisConfig) -> AnalysisConfig:
    """A schedule computes all measures of bias, whether its configuration says so or not."""
    methods = config.methods
    if methods.pre_training_bias or methods.post_training_bias:
        return config
    every = {
        "pre_training_bias": BiasMethods(methods="all"),
        "post_training_bias": BiasMethods(methods="all"),
    }
    return config.model_copy(update={"methods": Methods(**{**dict(methods.members()), **every})})


def _monitored(config: AnalysisConfig, analysis_type: str | None, wants_attribution: bool) -> str:
    if analysis_type is None:
        return ATTRIBUTION if wants_attribution and not config.facets else BIAS
    if analysis_type not in ANALYSIS_TYPES:
        known = ", ".join(ANALYSIS_TYPES)
        raise InputError(
            f"analysis_type is {analysis_type!r}; a job with a configuration has one of: {known}"
        )
    return ANALYSIS_TYPES[analysis_type]


def _uri(environment: JobEnvironment) -> str:
    given = environment.get(VARIABLE) or FILE
    for uri in places(environment, given):
        if exists(uri):
            return uri
    others = _json_below(places(environment, FOLDER)) if given == FILE else []
    if len(others) == 1:
        return others[0]
    found = f"; files there: {', '.join(others)}" if others else ""
    raise NotFoundError(
        f"there is no analysis configuration at {given}{found}: give the job an input with "
        f"analysis_config.json at {FOLDER}",
        given,
    )


def _json_below(folders: Sequence[str]) -> list[str]:
    found = [one.uri for folder in folders for one in list_objects(folder, missing_ok=True)]
    return [uri for uri in found if uri.endswith(".json")]


def _check(config: AnalysisConfig, uri: str) -> None:
    reasons = {
        "images (dataset_type application/x-image)": config.dataset_type == "application/x-image",
        "time series (time_series_data_config)": config.time_series_data_config is not None,
        "asymmetric Shapley values": config.methods.asymmetric_shapley_value is not None,
    }
    for what, is_asked in reasons.items():
        if is_asked:
            raise InputError(f"{uri}: leeboard does not analyse {what}; it analyses tables")
