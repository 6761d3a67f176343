"""Executions of pipelines with parallel branches, and what must come out of them."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from leeboard.service.arns import MODEL, PROCESSING_JOB, TRAINING_JOB
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
    training,
)

NAME = "branches"
ROWS = {"many": b"a,b\n1,2\n3,4\n5,6\n", "few": b"a,b\n1,2\n"}
BEFORE = {"left", "left-again", "right", "train", "enough"}
STEPS = {"many": BEFORE | {"model", "last"}, "few": BEFORE | {"too-few"}}
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
        profile("left", source=place),
        profile("left-again", "left", source=place),
        profile("right", source=place),
        training("train"),
        condition(
            "enough",
            *[compared("GreaterThan", each, 1) for each in counts],
            yes=[
                {"Name": "model", "Type": "Model", "Arguments": model},
                profile("last", "model", source=place),
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
        models = [each for each in find_all(connection, MODEL) if each.name.startswith("pipelines-")]
    told = [] if {row.key for row in executions} == set(folders) else ["executions lost or doubled"]
    for row in executions:
        mine = [each for each in steps if each.execution_id == row.id]
        told += [f"{row.key}: {fault}" for fault in _faults(row, mine, folders[row.key])]
    begun = Counter((each.facts["pipeline_execution"], each.facts["pipeline_step"]) for each in made)
    told += [f"{step} was begun {n} times" for step, n in begun.items() if n != 1]
    told += [f"{each.name} is {each.status}" for each in made if each.status != "Completed"]
    n_jobs = sum(len(STEPS[folder] & JOBS) for folder in folders.values())
    n_models = sum("model" in STEPS[folder] for folder in folders.values())
    if (len(made), len(models)) != (n_jobs, n_models):
        told.append(f"{len(made)} jobs and {len(models)} models, expected {n_jobs} and {n_models}")
    return told


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
    return told + [f"{each.name} took {each.attempt} attempts" for each in steps if each.attempt != 1]
