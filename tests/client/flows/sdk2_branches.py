"""SDK 2: a pipeline with parallel branches, conditions of all kinds, a property file, a cache and retries.

python sdk2_branches.py FACTS      writes what it saw to FACTS
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
from pathlib import Path

from botocore.exceptions import WaiterError
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.model import Model
from sagemaker.processing import ProcessingInput, ProcessingOutput, Processor
from sagemaker.workflow.condition_step import ConditionStep
from sagemaker.workflow.conditions import (
    ConditionEquals,
    ConditionGreaterThan,
    ConditionGreaterThanOrEqualTo,
    ConditionIn,
    ConditionLessThan,
    ConditionLessThanOrEqualTo,
    ConditionNot,
    ConditionOr,
)
from sagemaker.workflow.execution_variables import ExecutionVariables
from sagemaker.workflow.fail_step import FailStep
from sagemaker.workflow.functions import Join, JsonGet
from sagemaker.workflow.model_step import ModelStep
from sagemaker.workflow.parallelism_config import ParallelismConfiguration
from sagemaker.workflow.parameters import (
    ParameterBoolean,
    ParameterFloat,
    ParameterInteger,
    ParameterString,
)
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.properties import PropertyFile
from sagemaker.workflow.retry import (
    SageMakerJobExceptionTypeEnum,
    SageMakerJobStepRetryPolicy,
    StepExceptionTypeEnum,
    StepRetryPolicy,
)
from sagemaker.workflow.steps import CacheConfig, ProcessingStep, TrainingStep

NAME, ROLE = "Branches-sdk2", "arn:aws:iam::000000000000:role/Monitoring"
ANALYZER = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
TOY = "000000000000.dkr.ecr.us-east-1.amazonaws.com/toy:1"

session = PipelineSession()
bucket = session.default_bucket()
folder = ParameterString("Folder", default_value="data", enum_values=["data", "other"])
machines = ParameterInteger("Instances", default_value=1)
limit = ParameterFloat("Limit", default_value=1.5)
strict = ParameterBoolean("Strict", default_value=True)


def profiling(name, **members):
    """A step that profiles the rows of the folder."""
    processor = Processor(
        role=ROLE,
        image_uri=ANALYZER,
        instance_count=machines,
        instance_type="ml.m5.large",
        sagemaker_session=session,
        env={
            "dataset_format": json.dumps({"csv": {"header": True}}),
            "dataset_source": "/opt/ml/processing/input",
            "output_path": "/opt/ml/processing/output",
        },
    )
    source = Join(on="/", values=[f"s3://{bucket}", NAME, folder])
    target = Join(on="/", values=[f"s3://{bucket}", NAME, ExecutionVariables.PIPELINE_EXECUTION_ID, name])
    rows = ProcessingInput(source=source, destination="/opt/ml/processing/input", input_name="rows")
    result = ProcessingOutput(output_name="result", source="/opt/ml/processing/output", destination=target)
    return ProcessingStep(name=name, step_args=processor.run(inputs=[rows], outputs=[result]), **members)


stats = PropertyFile(name="Stats", output_name="result", path="statistics.json")
policies = [
    StepRetryPolicy(exception_types=[StepExceptionTypeEnum.SERVICE_FAULT], max_attempts=3),
    SageMakerJobStepRetryPolicy(
        exception_types=[SageMakerJobExceptionTypeEnum.INTERNAL_ERROR], expire_after_mins=10
    ),
]
cache = CacheConfig(enable_caching=True, expire_after="P30D")
one = profiling("One", property_files=[stats], cache_config=cache, retry_policies=policies)
two = profiling("Two")
estimator = Estimator(
    image_uri=TOY,
    role=ROLE,
    instance_count=1,
    instance_type="ml.m5.large",
    output_path=f"s3://{bucket}/models",
    sagemaker_session=session,
)
outputs = one.properties.ProcessingOutputConfig.Outputs
train = TrainingStep(
    name="Train",
    step_args=estimator.fit({"train": TrainingInput(s3_data=outputs["result"].S3Output.S3Uri)}),
    depends_on=[two],
)
artifacts = train.properties.ModelArtifacts.S3ModelArtifacts
model = Model(image_uri=TOY, model_data=artifacts, role=ROLE, sagemaker_session=session)
made = ModelStep(name="Make", step_args=model.create(instance_type="ml.m5.large"))
few = FailStep(name="TooFew", error_message=Join(on=" ", values=["fewer rows than", limit, "in", folder]))
count = JsonGet(step_name="One", property_file=stats, json_path="dataset.item_count")
column = JsonGet(step_name="One", property_file=stats, json_path="features[0].name")
enough = ConditionStep(
    name="Enough",
    conditions=[
        ConditionGreaterThan(left=count, right=limit),
        ConditionGreaterThanOrEqualTo(left=count, right=2),
        ConditionLessThan(left=1, right=count),
        ConditionLessThanOrEqualTo(left=count, right=2),
        ConditionEquals(left=column, right="age"),
        ConditionIn(value=folder, in_values=["data", "x"]),
        ConditionNot(ConditionEquals(left=strict, right=False)),
        ConditionOr(
            conditions=[
                ConditionEquals(left=folder, right="nowhere"),
                ConditionEquals(left=one.properties.ProcessingJobStatus, right="Completed"),
            ]
        ),
    ],
    if_steps=[train, made],
    else_steps=[few],
)
pipeline = Pipeline(
    name=NAME,
    parameters=[folder, machines, limit, strict],
    steps=[one, two, enough],
    sagemaker_session=session,
)

store = session.boto_session.client("s3")
store.put_object(Bucket=bucket, Key=f"{NAME}/data/rows.csv", Body=b"age,b\n1,2\n3,4\n")
store.put_object(Bucket=bucket, Key=f"{NAME}/other/rows.csv", Body=b"age,b\n1,2\n")
pipeline.upsert(role_arn=ROLE, tags=[{"Key": "a", "Value": "b"}])
arn = pipeline.upsert(role_arn=ROLE, description="again", parallelism_config=ParallelismConfiguration(2))[
    "PipelineArn"
]


def ran(**parameters):
    """What an execution tells once it has ended."""
    execution = pipeline.start(parameters=parameters, execution_display_name="by-hand")
    waited = "Succeeded"
    try:
        execution.wait(delay=1, max_attempts=300)
    except WaiterError as error:
        waited = str(error)
    told, steps = execution.describe(), execution.list_steps()
    given = execution.list_parameters()["PipelineParameters"]
    return {
        "waited": waited,
        "status": told["PipelineExecutionStatus"],
        "reason": told.get("FailureReason"),
        "steps": {step["StepName"]: step for step in steps},
        "parameters": {each["Name"]: each["Value"] for each in given},
    }


facts = {
    "described": pipeline.describe(),
    "tags": session.sagemaker_client.list_tags(ResourceArn=arn)["Tags"],
    "runs": [ran(), ran(), ran(Folder="other", Strict=False, Instances=2)],
    "listed": len(pipeline.list_executions()["PipelineExecutionSummaries"]),
    "deleted": pipeline.delete()["PipelineArn"] == arn,
}
Path(sys.argv[1]).write_text(json.dumps(facts, default=str))
