"""Steps that register a version of a model, with the baselines that later checks are held against."""

from typing import Any

from sqlalchemy import Connection

from leeboard.service.arns import MODEL_PACKAGE
from leeboard.service.packages import groups, packages
from leeboard.service.packages.described import described
from leeboard.service.packages.names import group_name, package_name
from leeboard.service.pipelines.requests import request_of
from leeboard.service.pipelines.steps import Outcome, StepKind, StepRun, failed, succeeded
from leeboard.service.resources import Resource, find


def begin(run: StepRun) -> None:
    """Register it, and make its group if that is not there."""
    request = request_of("CreateModelPackage", run)
    with run.holding() as connection:
        if _made(run, connection) is None:
            if group := request.get("ModelPackageGroupName"):
                groups.ensure(run.service, connection, group, run.now)
            packages.keep(run.service, connection, request, run.now, _facts(run))


def look(run: StepRun) -> Outcome:
    """It is there."""
    with run.service.database.read() as connection:
        made = _made(run, connection)
    if made is None:
        return failed("The model package of the step is not there any more")
    told = {name: value for name, value in described(made).items() if value is not None}
    return succeeded(told, {"RegisterModel": {"Arn": made.arn}})


def _made(run: StepRun, connection: Connection) -> Resource | None:
    """What this attempt has registered."""
    group, name = run.arguments.get("ModelPackageGroupName"), run.arguments.get("ModelPackageName")
    alone = find(connection, MODEL_PACKAGE, package_name(name)) if name else None
    there = groups.versions_of(connection, group_name(group)) if group else [alone]
    return next((each for each in there if each and _facts(run).items() <= each.facts.items()), None)


def _facts(run: StepRun) -> dict[str, Any]:
    return run.facts | {"pipeline_attempt": run.attempt}


def stop(run: StepRun) -> None:
    """There is nothing that runs."""


ENTRY = StepKind("RegisterModel", begin, look, stop, is_cacheable=False)
