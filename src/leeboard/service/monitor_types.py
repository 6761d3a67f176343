"""What differs between AWS's monitoring types in a word: names, files, images. One entry a type.

What differs in what is done stands where it is done: pages, forms of job definitions, edits of constraints.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from leeboard.hosting.mapping import ANALYZER, CLARIFY

STATISTICS_FILE = "statistics.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorType:
    """One MonitoringType.

    Attributes:
        aws: as AWS writes it, which members of requests begin with too.
        monitor: the name of ours, as in `leeboard check --monitor`.
        stem: what AWS's names of its jobs and kinds of definitions begin with.
        title, purpose: what people call it, and what it answers.
        page, measured: of a schedule, what it measured over time, and how a table of that is headed.
        metrics: how the namespace of its metrics ends.
        image: the program that analyses.
        constraints_file, numbers_file: in a folder of results, what is promised and what was measured.
        takes_statistics: whether a definition's baseline names a file of statistics.
        merges: whether it joins what was captured with labels.
        analysis_type: by which an image that serves several types knows this one; "" for its usual one.
    """

    aws: str
    monitor: str
    stem: str
    title: str
    purpose: str
    page: str
    measured: str
    metrics: str
    image: str
    constraints_file: str
    numbers_file: str
    takes_statistics: bool = False
    merges: bool = False
    analysis_type: str = ""

    @property
    def job_kind(self) -> str:
        """What names of its analysis jobs begin with."""
        return f"{self.stem}-monitoring"

    @property
    def definition_kind(self) -> str:
        """Of resource."""
        return f"{self.stem}-job-definition"

    @property
    def has_config(self) -> bool:
        """Whether it is told by a file what to analyse."""
        return self.image == CLARIFY


DATA_QUALITY = MonitorType(
    aws="DataQuality",
    monitor="data-quality",
    stem="data-quality",
    title="Data quality",
    purpose="are the requests like those of the baseline?",
    page="features",
    measured="Features",
    metrics="data-metrics",
    image=ANALYZER,
    constraints_file="constraints.json",
    numbers_file=STATISTICS_FILE,
    takes_statistics=True,
)
MODEL_QUALITY = MonitorType(
    aws="ModelQuality",
    monitor="model-quality",
    stem="model-quality",
    title="Model quality",
    purpose="are the answers still right? Needs labels.",
    page="quality",
    measured="Measures",
    metrics="model-metrics",
    image=ANALYZER,
    constraints_file="constraints.json",
    numbers_file=STATISTICS_FILE,
    merges=True,
    analysis_type="MODEL_QUALITY",
)
MODEL_BIAS = MonitorType(
    aws="ModelBias",
    monitor="bias",
    stem="model-bias",
    title="Bias",
    purpose="do groups get the good outcome as often as before? Needs labels.",
    page="bias",
    measured="Measures of groups",
    metrics="bias-metrics",
    image=CLARIFY,
    constraints_file="analysis.json",
    numbers_file="analysis.json",
    merges=True,
)
MODEL_EXPLAINABILITY = MonitorType(
    aws="ModelExplainability",
    monitor="attribution",
    stem="model-explainability",
    title="Attribution",
    purpose="does the model decide by the same features? Asks the model.",
    page="attribution",
    measured="Attributions",
    metrics="explainability-metrics",
    image=CLARIFY,
    constraints_file="analysis.json",
    numbers_file="analysis.json",
)
MONITOR_TYPES: Mapping[str, MonitorType] = {
    each.aws: each for each in (DATA_QUALITY, MODEL_QUALITY, MODEL_BIAS, MODEL_EXPLAINABILITY)
}
"""By AWS's name, in the order in which people see them."""
TYPES = tuple(MONITOR_TYPES)
MERGING = tuple(each.aws for each in MONITOR_TYPES.values() if each.merges)
INLINE_TYPE = DATA_QUALITY.aws
"""Of a schedule whose definition stands within it."""
TITLES: Mapping[str, str] = {each.aws: each.title for each in MONITOR_TYPES.values()}
