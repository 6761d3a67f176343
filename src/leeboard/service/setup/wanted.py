"""What somebody wants to have monitored, as a form says it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from leeboard.service.monitor_types import MONITOR_TYPES

BaselineKind = Literal["files", "data", "hours", "none"]


@dataclass(frozen=True, slots=True)
class Source:
    """Whose data: an endpoint's, or those of batches that are captured below a prefix.

    Attributes:
        endpoint: its name; "" for batches.
        batch: a prefix; "" for an endpoint.
        batch_format: `csv`, `csv-header`, `json`, `jsonlines` or `parquet`.
    """

    endpoint: str = ""
    batch: str = ""
    batch_format: str = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Where a model's answers have what, and where their labels are; "" for what is not said.

    Attributes:
        wait_h: hours after which the labels of a window have come.
    """

    features: str = ""
    inference: str = ""
    probability: str = ""
    threshold: float | None = None
    problem: str = ""
    labels: str = ""
    wait_h: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """What bias is about: who has the good outcome how often.

    Attributes:
        label: name of the label's column.
        good: its good values, or one number above which it is good.
        facet: the sensitive column; `facet_values` its groups, or one number.
    """

    label: str = ""
    good: tuple[str, ...] = ()
    facet: str = ""
    facet_values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a model is asked for attributions.

    Attributes:
        model: its name.
        background: one row that stands for unknown features; () to have some computed.
    """

    model: str = ""
    content_type: str = "text/csv"
    n_samples: int | None = None
    background: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineWanted:
    """What windows are compared with.

    Attributes:
        files: URIs of constraints by monitoring type, and of statistics under "Statistics".
        data: URI of a data set, in CSV with a header, JSON lines or Parquet.
        data_probability, data_prediction: its columns with the model's answers.
        start_at, end_at: hours whose captured records are the baseline.
    """

    kind: BaselineKind = "none"
    files: tuple[tuple[str, str], ...] = ()
    data: str = ""
    data_probability: str = ""
    data_prediction: str = ""
    start_at: datetime | None = None
    end_at: datetime | None = None

    def file(self, name: str) -> str:
        return dict(self.files).get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Some monitors of one source.

    Attributes:
        name: of the schedule; with several monitors, what their names begin with.
        headers: names of the features in their order; () to take them from the records.
    """

    name: str
    source: Source
    monitors: tuple[str, ...]
    expression: str
    output: str
    role: str
    answers: Answers = Answers()
    groups: Groups = Groups()
    asked: Asked = Asked()
    headers: tuple[str, ...] = ()
    baseline: BaselineWanted = BaselineWanted()
    datapoints: int = 1
    period: int = 1

    def name_of(self, monitoring_type: str) -> str:
        """The schedule's, and that of its definition."""
        if len(self.monitors) == 1:
            return self.name
        return f"{self.name}-{MONITOR_TYPES[monitoring_type].monitor}"
