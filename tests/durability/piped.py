"""Executions of pipelines with parallel branches, and what must come out of them."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from leeboard.service.arns import MODEL, MODEL_PACKAGE, PROCESSING_JOB, TRAINING_JOB
from leeboard.service.resources import find_all
from leeboard.state.database import Database
from leeboard.state.tables import pipeline_executions, pipeline_steps, work
from pipeline_definitions import (
    BUCKET,
    ROLE,
    compared,
    condition,
    definition,
    fail,
    get,
    join,
    json_get,
    profile,
    register,
    training,
)

NAME = "branches"
ROWS = {"many": b"a,b\n1,2\n3,4\n5,6\n", "few": b"a,b\n1,2\n"}
BEFORE = {"left", "left-again", "right", "train", "enough"}
STEPS = {"many": BEFORE | {"model", "register", "last"}, "few": BEFORE | {"too-few"}}
AGAIN = [{"ExceptionType": ["SageMaker.JOB_INTERNAL_ERROR"], "MaxAttempts": 5}]
"""A job that was killed itself five times, or left by ten killed servers, is begun anew by another name."""
JOBS = {"left", "left-again", "right", "last", "train"}


def make_pipeline(sagemaker: Any, s3: Any) -> None:
    """Two branches of jobs, a condition on what they found, and more work or a failure after it."""
    s3.create_bucket(Bucket=BUCKET)
    for folder, rows in ROWS.items():
        s3.put_object(Bucket=BUCKET, Key=f"{folder}/rows.csv", Body=rows)
    place = join(f"s3://{BUCKET}", get("Parameters.Folder"))
    artifacts = get("Steps.train.ModelArtifacts.S3ModelArtifacts")
    model = {"ExecutionRoleArn": ROLE, "PrimaryContainer": {"Image": "toy:1", "ModelDataUrl": artifacts}}
    counts = [json_get(name, "stats", "dataset.item_count") for name in ("left-again", "right")]
    text = definition(
        profile("left", source=place, RetryPolicies=AGAIN),
        profile("left-again", "left", source=place, RetryPolicies=AGAIN),
        profile("right", source=place, RetryPolicies=AGAIN),
        training("train"),
        condition(
            "enough",
            *[compared("GreaterThan", each, 1) for each in counts],
            yes=[
                {"Name": "model", "Type": "Model", "Arguments": model},
                register("register", "model"),
                profile("last", "model", source=place, RetryPolicies=AGAIN),
            ],
            no=[fail("too-few", join("only", counts[0], on=" "))],
            DependsOn=["train"],
        ),
        parameters=[{"Name": "Folder", "Type": "String"}],
    )
    sagemaker.create_pipeline(PipelineName=NAME, RoleArn=ROLE, PipelineDefinition=text)


def start(sagemaker: Any, n: int) -> dict[str, str]:
    """So many executions; the folder of each by its key. Each third has too few rows."""
    folders = {}
    for number in range(n):
        folder = "few" if number % 3 == 2 else "many"
        told = sagemaker.start_pipeline_execution(
            PipelineName=NAME, PipelineParameters=[{"Name": "Folder", "Value": folder}]
        )
        folders[told["PipelineExecutionArn"].rpartition("/")[2]] = folder
    return folders


def n_ended(database: Database) -> int:
    table = pipeline_executions
    with database.read() as connection:
        query = select(func.count()).select_from(table).where(table.c.status.in_(("Succeeded", "Failed")))
        return connection.execute(query).scalar_one()


def n_left(database: Database) -> int:
    """Pieces of work that are there still."""
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(work)).scalar_one()


def faults(database: Database, folders: dict[str, str]) -> list[str]:
    """What is not as it must be: each execution ended as its rows say, each step was begun once."""
    with database.read() as connection:
        executions = list(connection.execute(select(pipeline_executions)))
        steps = list(connection.execute(select(pipeline_steps)))
        made = [*find_all(connection, PROCESSING_JOB), *find_all(connection, TRAINING_JOB)]
        packages = find_all(connection, MODEL_PACKAGE)
        models = [each for each in find_all(connection, MODEL) if each.name.startswith("pipelines-")]
    told = [] if {row.key for row in executions} == set(folders) else ["executions lost or doubled"]
    for row in executions:
        mine = [each for each in steps if each.execution_id == row.id]
        told += [f"{row.key}: {fault}" for fault in _faults(row, mine, folders[row.key])]
    asked = {
        (row.key, each.name): each.attempt
        for row in executions
        for each in steps
        if each.execution_id == row.id and each.name in JOBS
    }
    begun = Counter((_key(each), each.facts["pipeline_step"]) for each in made)
    told += [f"{step} was begun {n} times" for step, n in begun.items() if n != asked.get(step)]
    done = [each for each in made if each.status == "Completed"]
    told += [f"{each.name} is {each.status}: {each.facts}" for each in made if not _is_right(each)]
    n_jobs = sum(len(STEPS[folder] & JOBS) for folder in folders.values())
    n_models = sum("model" in STEPS[folder] for folder in folders.values())
    if (len(done), len(models)) != (n_jobs, n_models):
        told.append(f"{len(done)} jobs and {len(models)} models, expected {n_jobs} and {n_models}")
    versions = [(each.facts["version"], _key(each)) for each in packages]
    numbers, keys = [number for number, _ in versions], {key for _, key in versions}
    if (numbers, len(keys)) != (list(range(1, n_models + 1)), n_models):
        told.append(f"the versions are {versions}, expected {n_models}, each of an execution of its own")
    return told


def n_given_up(database: Database) -> int:
    """Jobs that were begun anew under another name."""
    with database.read() as connection:
        return sum(each.status != "Completed" for each in find_all(connection, PROCESSING_JOB))


def _key(job: Any) -> str:
    return job.facts["pipeline_execution"].rpartition("/")[2]


def _is_right(job: Any) -> bool:
    return job.status == "Completed" or job.facts.get("is_our_fault", False)


def _faults(execution: Any, steps: Sequence[Any], folder: str) -> list[str]:
    status = "Succeeded" if folder == "many" else "Failed"
    told = []
    if execution.status != status:
        told.append(f"is {execution.status}, expected {status}: {execution.failure_reason}")
    if {each.name for each in steps} != STEPS[folder] or len(steps) != len(STEPS[folder]):
        told.append(f"has the steps {sorted(each.name for each in steps)}")
    wrong = {each.name: each.status for each in steps if each.status != "Succeeded"}
    if wrong != ({} if folder == "many" else {"too-few": "Failed"}):
        told.append(f"has {wrong}")
    return told
