"""The form of a new schedule: what was typed, as a wish, or what is wrong with it, field by field."""

import re
from collections.abc import Mapping

from leeboard.dashboard.typed import Typed
from leeboard.service.monitor_types import MONITOR_TYPES, TYPES
from leeboard.service.setup.documents import FORMATS
from leeboard.service.setup.wanted import (
    Answers,
    Asked,
    BaselineWanted,
    Groups,
    Source,
    Wanted,
)

NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
LONGEST_NAME = 63
EVERY: Mapping[str, str] = {
    "5m": "every 5 minutes",
    "15m": "every 15 minutes",
    "30m": "every 30 minutes",
    "1h": "every hour",
    "nh": "every some hours",
    "day": "every day",
    "cron": "by a cron expression",
}
PROBLEMS = ("BinaryClassification", "MulticlassClassification", "Regression")
CONTENT_TYPES = ("text/csv", "application/jsonlines")
BASELINES: Mapping[str, str] = {
    "files": "files that are there",
    "data": "a data set: a job makes the files from it",
    "hours": "what was captured in some hours",
    "none": "nothing yet: runs only measure",
}
LABELS: Mapping[str, str] = {
    "inference": "predicted label",
    "probability": "its probability",
    "threshold": "probability above which it is 1",
    "labels": "labels are below",
    "wait_h": "hours until labels have come",
    "label": "name of the label",
    "facet": "sensitive column",
    "good": "good outcome",
    "n_samples": "questions for each row",
    "content_type": "what the model takes",
    "data_file": "file",
    "data": "place of the data set",
    "data_prediction": "column of predicted labels",
    "data_probability": "column of probabilities",
    "hours": "every so many hours",
    "hours_from": "captured hours, from",
    "hours_to": "captured hours, to",
    "datapoints": "alerts at bad runs",
    "period": "of the last runs",
    "output": "reports go to",
    "monitors": "what to watch",
    "file_Statistics": "data quality: statistics",
    **{f"file_{kind}": f"{of.title.lower()}: file" for kind, of in MONITOR_TYPES.items()},
}
"""What fields are called in the form, where their names do not say it."""
TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
MOST_ALERT = 100
MOST_WAIT_H = 24 * 30


def expression_of(typed: Typed) -> str:
    """When it runs, as AWS writes it; "" where that cannot be told."""
    every = typed.given.get("every", "1h")
    if every in ("5m", "15m", "30m"):
        return f"cron(0/{every[:-1]} * ? * * *)"
    if every == "1h":
        return "cron(0 * ? * * *)"
    if every == "nh":
        return f"cron(0 0/{typed.whole('hours', 6, 2, 23)} ? * * *)"
    if every == "day":
        return _daily(typed)
    return typed.text("cron", what="the cron expression", longest=256)


def _daily(typed: Typed) -> str:
    found = TIME.fullmatch(typed.given.get("at", "") or "00:00")
    if found is None:
        typed.errors["at"] = "expected a time such as 06:30"
        return ""
    return f"cron({int(found[2])} {int(found[1])} ? * * *)"


def wanted_of(typed: Typed, monitors: tuple[str, ...]) -> Wanted:
    """The wish; whatever is wrong with it stands in the errors."""
    kinds = tuple(kind for kind in TYPES if kind in monitors)
    if not kinds:
        typed.errors["monitors"] = "pick at least one"
    return Wanted(
        name=_name(typed, kinds),
        source=_source(typed),
        monitors=kinds,
        expression=expression_of(typed),
        output=typed.uri("output", what="the place of the reports"),
        role=typed.text("role", what="the role", longest=2048),
        answers=_answers(typed, kinds),
        groups=_groups(typed, kinds),
        asked=_asked(typed, kinds),
        headers=typed.texts("headers"),
        baseline=_baseline(typed, kinds),
        **_alert(typed),
    )


def _name(typed: Typed, kinds: tuple[str, ...]) -> str:
    name = typed.text("name", what="the name")
    longest = LONGEST_NAME - (
        max(len(MONITOR_TYPES[kind].monitor) for kind in kinds) + 1 if len(kinds) > 1 else 0
    )
    if name and not NAME.fullmatch(name):
        typed.errors["name"] = "letters, digits and hyphens, with a letter or digit at both ends"
    elif len(name) > longest:
        typed.errors["name"] = f"it has {len(name)} characters; at most {longest} fit"
    elif name.lower() in ("new", "dry-runs"):
        typed.errors["name"] = "the dashboard has a page of this name: choose another one"
    return name


def _source(typed: Typed) -> Source:
    if endpoint := typed.given.get("endpoint", ""):
        return Source(endpoint=endpoint[:63])
    batch_format = typed.given.get("batch_format", "") or "csv"
    if batch_format not in FORMATS:
        typed.errors["batch_format"] = "none of the formats"
    return Source(batch=typed.uri("batch", what="the prefix"), batch_format=batch_format)


def _answers(typed: Typed, kinds: tuple[str, ...]) -> Answers:
    merges = any(MONITOR_TYPES[kind].merges for kind in kinds)
    found = Answers(
        features=typed.text("features", longest=256),
        inference=typed.text("inference", longest=256),
        probability=typed.text("probability", longest=256),
        threshold=typed.number("threshold"),
        problem=typed.given.get("problem", "") or PROBLEMS[0],
        labels=typed.uri("labels", what="the place of the labels" if merges else ""),
        wait_h=typed.whole("wait_h", 1, 0, MOST_WAIT_H),
    )
    if found.problem not in PROBLEMS:
        typed.errors["problem"] = "none of the three"
    if merges and not (found.inference or found.probability):
        typed.errors["inference"] = "say where the answer has the predicted label, or its probability"
    return found


def _groups(typed: Typed, kinds: tuple[str, ...]) -> Groups:
    is_bias = "ModelBias" in kinds
    is_data = typed.given.get("baseline") == "data"
    needs_label = is_bias or ("ModelQuality" in kinds and is_data)
    found = Groups(
        label=typed.text("label", what="the label's name" if needs_label else "", longest=256),
        good=typed.texts("good"),
        facet=typed.text("facet", what="the sensitive column" if is_bias else "", longest=256),
        facet_values=typed.texts("facet_values"),
    )
    if is_bias and not found.good:
        typed.errors["good"] = "say which value is the good outcome"
    return found


def _asked(typed: Typed, kinds: tuple[str, ...]) -> Asked:
    is_asked = "ModelExplainability" in kinds
    content_type = typed.given.get("content_type", "") or CONTENT_TYPES[0]
    if content_type not in CONTENT_TYPES:
        typed.errors["content_type"] = "none of the two"
    samples = typed.whole("n_samples", 0, 1, 100_000)
    return Asked(
        model=typed.text("model", what="the model" if is_asked else "", longest=63),
        content_type=content_type,
        n_samples=samples or None,
        background=typed.texts("background"),
    )


def _alert(typed: Typed) -> dict[str, int]:
    datapoints, period = (typed.whole(name, 1, 1, MOST_ALERT) for name in ("datapoints", "period"))
    if datapoints > period:
        typed.errors["datapoints"] = "more bad runs than are looked at"
    return {"datapoints": datapoints, "period": period}


def _baseline(typed: Typed, kinds: tuple[str, ...]) -> BaselineWanted:
    kind = typed.given.get("baseline", "none")
    if kind == "files":
        return _files(typed, kinds)
    if kind == "data":
        return _data(typed, kinds)
    if kind == "hours":
        return _hours(typed, kinds)
    return BaselineWanted()


def _files(typed: Typed, kinds: tuple[str, ...]) -> BaselineWanted:
    files = [(kind, typed.uri(f"file_{kind}", what="the file")) for kind in kinds]
    if "DataQuality" in kinds:
        files.append(("Statistics", typed.uri("file_Statistics")))
    return BaselineWanted(kind="files", files=tuple(files))


def _data(typed: Typed, kinds: tuple[str, ...]) -> BaselineWanted:
    found = BaselineWanted(
        kind="data",
        data=typed.uri("data", what="the data set"),
        data_probability=typed.text("data_probability", longest=256),
        data_prediction=typed.text("data_prediction", longest=256),
    )
    if "ModelQuality" in kinds and not (found.data_probability or found.data_prediction):
        typed.errors["data_prediction"] = "model quality needs a column with the model's answers"
    return found


def _hours(typed: Typed, kinds: tuple[str, ...]) -> BaselineWanted:
    start, end = typed.time("hours_from"), typed.time("hours_to")
    if any(MONITOR_TYPES[kind].merges for kind in kinds):
        typed.errors["baseline"] = (
            "model quality and bias need labels, which captured hours do not have: give them a data set, or "
            "make them in a schedule of their own"
        )
    if start and end and not start < end:
        typed.errors["hours_to"] = "it is not after the first hour"
    elif start and end and (end - start).days > 31:
        typed.errors["hours_to"] = "at most 31 days are taken"
    return BaselineWanted(kind="hours", start_at=start, end_at=end)
