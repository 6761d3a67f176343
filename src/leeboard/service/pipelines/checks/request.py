"""The processing job of a check step: it makes the new baseline and, from the same pass, the check.

The files that the analyzer and Clarify write in a check are those of a baseline of the same data, so one
job does what AWS has two parts for.
"""

import posixpath
from collections.abc import Mapping
from typing import Any

from leeboard.jobs.clarify.job import MODEL_NAME
from leeboard.service.pipelines.checks.baselines import BaselineFiles
from leeboard.service.pipelines.checks.types import QUALITY, CheckType
from leeboard.service.pipelines.checks.wishes import Wishes
from leeboard.service.refusals import InvalidRequestError
from leeboard.storage import join

CONSTRAINTS, STATISTICS = "baseline_constraints", "baseline_statistics"
"""Names of the inputs, and of the variables that tell where they are."""
FOLDER = "/opt/ml/processing/baseline"
VIOLATIONS = "constraint_violations.json"


def check_request(
    arguments: Mapping[str, Any], wishes: Wishes, known: BaselineFiles, execution_key: str
) -> dict[str, Any]:
    """The step's own job, told what to hold the data against.

    Args:
        arguments: as CreateProcessingJob has them.
        known: the previous baseline, as far as there is one.

    Raises:
        InvalidRequestError: the arguments have no output for the results.
    """
    against = {} if wishes.skips else _against(known)
    inputs = [_input(name, uri) for name, uri in against.items()]
    told = {name: f"{FOLDER}/{name}/{uri.rpartition('/')[2]}" for name, uri in against.items()}
    return {
        **arguments,
        "ProcessingInputs": [*arguments.get("ProcessingInputs", []), *inputs],
        "ProcessingOutputConfig": _outputs(arguments, wishes.check_type, known, execution_key),
        "Environment": {**_defaults(wishes), **arguments.get("Environment", {}), **told},
    }


def _against(known: BaselineFiles) -> dict[str, str]:
    files = {CONSTRAINTS: known.constraints, STATISTICS: known.statistics}
    return {name: uri for name, uri in files.items() if uri}


def _input(name: str, uri: str) -> dict[str, Any]:
    stored = {
        "S3Uri": uri,
        "LocalPath": f"{FOLDER}/{name}",
        "S3DataType": "S3Prefix",
        "S3InputMode": "File",
        "S3DataDistributionType": "FullyReplicated",
        "S3CompressionType": "None",
    }
    return {"InputName": name, "AppManaged": False, "S3Input": stored}


def _defaults(wishes: Wishes) -> dict[str, str]:
    """The SDK takes the model's name out of the analysis configuration; the service knows it."""
    if wishes.check_type.step == QUALITY:
        return {"analysis_type": wishes.check_type.name}
    return {MODEL_NAME: wishes.model} if wishes.model else {}


def _outputs(
    arguments: Mapping[str, Any], check_type: CheckType, known: BaselineFiles, execution_key: str
) -> dict[str, Any]:
    """Results never go over the baseline that they are held against: they get a folder below it then."""
    config = dict(arguments.get("ProcessingOutputConfig", {}))
    if not calculated(arguments, check_type).files & known.files:
        return config
    place = _result_output(arguments)
    stored = place["S3Output"]
    moved = {**place, "S3Output": {**stored, "S3Uri": join(stored["S3Uri"], execution_key)}}
    return config | {"Outputs": [moved if each is place else each for each in config["Outputs"]]}


def results_of(request: Mapping[str, Any]) -> str:
    """The folder that a job's results go to.

    Raises:
        InvalidRequestError: there is none.
    """
    stored = _result_output(request)["S3Output"]
    path = posixpath.normpath(request.get("Environment", {}).get("output_path") or stored["LocalPath"])
    below = path[len(posixpath.normpath(stored["LocalPath"])) :].strip("/")
    uri = str(stored["S3Uri"]).rstrip("/")
    return join(uri, below) if below else uri


def _result_output(request: Mapping[str, Any]) -> dict[str, Any]:
    """The output around the folder of results."""
    outputs = request.get("ProcessingOutputConfig", {}).get("Outputs", [])
    stored: list[dict[str, Any]] = [each for each in outputs if each.get("S3Output")]
    path = request.get("Environment", {}).get("output_path")
    for each in stored:
        local = posixpath.normpath(each["S3Output"]["LocalPath"])
        if path is None or f"{posixpath.normpath(path)}/".startswith(f"{local}/"):
            return each
    where = f"around its output_path {path}" if path else "in S3"
    raise InvalidRequestError(
        f"the Arguments of the step have no output {where} for the results of the check"
    )


def calculated(request: Mapping[str, Any], check_type: CheckType) -> BaselineFiles:
    """The new baseline of a job."""
    folder, statistics = results_of(request), check_type.statistics_file
    return BaselineFiles(
        join(folder, check_type.constraints_file), join(folder, statistics) if statistics else None
    )


def held_against(request: Mapping[str, Any]) -> BaselineFiles:
    """The baseline that a job was given."""
    given = {
        each["InputName"]: each["S3Input"]["S3Uri"]
        for each in request.get("ProcessingInputs", [])
        if each["InputName"] in (CONSTRAINTS, STATISTICS)
    }
    return BaselineFiles(given.get(CONSTRAINTS), given.get(STATISTICS))
