"""From what a user asks of any monitor to a job."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from leeboard.errors import InputError
from leeboard.formats.analysis_config import AnalysisConfig
from leeboard.jobs.clarify.configuration import read_config
from leeboard.jobs.clarify.execution import asked_of, fields_of, monitor_config
from leeboard.jobs.clarify.plan import ClarifyPlan, plan_dataset, plan_traffic
from leeboard.jobs.clarify.predictor import ModelSource
from leeboard.jobs.clarify.words import WORDS, config_of_words
from leeboard.jobs.job import Asked, Job
from leeboard.jobs.options import settings_of
from leeboard.measures.attribution.additive.loading import read_model
from leeboard.measures.model import Model
from leeboard.storage import read_bytes
from leeboard.tables import Table
from leeboard.tables.capture import CaptureTable
from leeboard.tables.opening import open_table
from leeboard.tables.options import ReadOptions
from leeboard.tables.parts import Parts
from leeboard.truth.table import MergedTable, with_script


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody asks on a command line or in a call.

    Attributes:
        monitor: its name.
        baseline: the monitor's own; None to suggest one.
        words: single settings by their names; None counts as not given.
        config: an analysis configuration, or the file of one, for the monitors that have one.
        model, model_url, model_file: the model to ask: itself, where it answers, or the file that it is in.
        ground_truth: places of labels that are to be joined with captured requests.
        read: how the data are read.
    """

    monitor: str
    baseline: Any = None
    words: Mapping[str, Any] = field(default_factory=dict)
    config: AnalysisConfig | str | None = None
    model: Model | None = None
    model_url: str | None = None
    model_file: str | None = None
    ground_truth: Sequence[str] = ()
    read: ReadOptions = field(default_factory=ReadOptions)

    def job(self, data: Any, **others: Any) -> Job:
        """The job; keywords are further fields of it.

        Raises:
            InputError: what was given cannot be used, or not together.
        """
        if self.monitor in WORDS:
            plan = self._plan(data)
            baselines = {} if self.baseline is None else {self.monitor: self.baseline}
            return Job(asked=asked_of(plan, baselines), **{**fields_of(plan), **others})
        if any(given is not None for given in (self.config, self.model, self.model_url, self.model_file)):
            raise InputError(
                f"the monitor {self.monitor} has no configuration and asks no model; {' and '.join(WORDS)} do"
            )
        asked = Asked(
            monitor=self.monitor, settings=settings_of(self.monitor, self.words), baseline=self.baseline
        )
        return Job(data=data, asked=(asked,), read=self.read, opens=self._opens(data), **others)

    def _plan(self, data: Any) -> ClarifyPlan:
        source = ModelSource(model=self._model, url=self.model_url)
        config = monitor_config(self.monitor, self._configuration())
        if not self._is_traffic(data):
            return plan_dataset(config, data, read=self.read, monitors=(self.monitor,), source=source)
        features = [name for name in config.headers if name != config.label] if config.headers else None
        parts = Parts(
            prediction=_text(config.predicted_label),
            features=features,
            sole_output_is_probability=True,
        )
        read = replace(self.read, parts=parts)
        plan = plan_traffic(config, data, read, monitor=self.monitor, source=source)
        opens = self._opens(data)
        return replace(plan, opens=opens) if opens else plan

    @property
    def _model(self) -> Model | None:
        file = self.model_file
        return read_model(read_bytes(file), file) if file is not None else self.model

    def _configuration(self) -> AnalysisConfig:
        if self.config is None:
            return config_of_words(self.monitor, self.words)
        if given := [name for name, value in self.words.items() if value is not None]:
            raise InputError(f"{given[0].replace('_', ' ')} is given beside a configuration; put it in there")
        if isinstance(self.config, AnalysisConfig):
            return self.config
        return read_config(read_bytes(self.config), self.config)

    def _is_traffic(self, data: Any) -> bool:
        return bool(self.ground_truth) or isinstance(open_table(data, self.read), CaptureTable)

    def _opens(self, data: Any) -> Callable[[ReadOptions], Table] | None:
        if not self.ground_truth:
            return None
        return lambda options: with_script(MergedTable(data, self.ground_truth, options), options)


def _text(locator: int | str | None) -> str | None:
    return None if locator is None else str(locator)
