"""SDK 2 and 3: some steps of a pipeline, run on the results of an earlier execution.

python sdk_pipelines_selective.py FACTS      writes what it saw to FACTS
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import pipeline_parts as parts
from botocore.exceptions import ClientError, WaiterError

if find_spec("sagemaker.mlops"):
    from sagemaker.core import image_uris
    from sagemaker.core.helper.session_helper import Session
    from sagemaker.core.processing import Processor
    from sagemaker.core.s3 import S3Uploader
    from sagemaker.core.shapes import ProcessingInput, ProcessingOutput, ProcessingS3Input, ProcessingS3Output
    from sagemaker.core.workflow.conditions import ConditionLessThanOrEqualTo
    from sagemaker.core.workflow.functions import JsonGet
    from sagemaker.core.workflow.parameters import ParameterFloat
    from sagemaker.core.workflow.pipeline_context import PipelineSession
    from sagemaker.core.workflow.properties import PropertyFile
    from sagemaker.mlops.workflow.condition_step import ConditionStep
    from sagemaker.mlops.workflow.fail_step import FailStep
    from sagemaker.mlops.workflow.pipeline import Pipeline
    from sagemaker.mlops.workflow.selective_execution_config import SelectiveExecutionConfig
    from sagemaker.mlops.workflow.steps import ProcessingStep
else:
    from sagemaker import Session, image_uris
    from sagemaker.processing import ProcessingInput, ProcessingOutput, Processor
    from sagemaker.s3 import S3Uploader
    from sagemaker.workflow.condition_step import ConditionStep
    from sagemaker.workflow.conditions import ConditionLessThanOrEqualTo
    from sagemaker.workflow.fail_step import FailStep
    from sagemaker.workflow.functions import JsonGet
    from sagemaker.workflow.parameters import ParameterFloat
    from sagemaker.workflow.pipeline import Pipeline
    from sagemaker.workflow.pipeline_context import PipelineSession
    from sagemaker.workflow.properties import PropertyFile
    from sagemaker.workflow.selective_execution_config import SelectiveExecutionConfig
    from sagemaker.workflow.steps import ProcessingStep

NAME = "pipeline-selective"
ROLE = "arn:aws:iam::000000000000:role/PipelineRole"
READ, WRITTEN = "/opt/ml/processing/input/data", "/opt/ml/processing/output"

facts = {}
plain, session = Session(), PipelineSession()
base = f"s3://{plain.default_bucket()}/{NAME}"
data = S3Uploader.upload_string_as_file_body(
    parts.measured_csv(), f"{base}/data/measured.csv", sagemaker_session=plain
)


def places():
    """Input and output of the job, as each SDK has them."""
    if not find_spec("sagemaker.mlops"):
        read = ProcessingInput(source=data, destination=READ)
        return [read], [ProcessingOutput(output_name="profile", source=WRITTEN, destination=f"{base}/out")]
    read = ProcessingS3Input(s3_uri=data, local_path=READ, s3_data_type="S3Prefix", s3_input_mode="File")
    kept = ProcessingS3Output(s3_uri=f"{base}/out", local_path=WRITTEN, s3_upload_mode="EndOfJob")
    made = ProcessingInput(input_name="data", s3_input=read)
    return [made], [ProcessingOutput(output_name="profile", s3_output=kept)]


limit = ParameterFloat("MostRows", default_value=10.0)
profile = PropertyFile(name="Profile", output_name="profile", path="statistics.json")
inputs, outputs = places()
processor = Processor(
    role=ROLE,
    image_uri=image_uris.retrieve("model-monitor", plain.boto_region_name),
    instance_count=1,
    instance_type="ml.m5.xlarge",
    env={
        "dataset_format": json.dumps({"csv": {"header": True}}),
        "dataset_source": READ,
        "output_path": WRITTEN,
    },
    sagemaker_session=session,
)
profiled = ProcessingStep(
    name="profile", step_args=processor.run(inputs=inputs, outputs=outputs), property_files=[profile]
)
rows = JsonGet(step_name=profiled.name, property_file=profile, json_path="dataset.item_count")
small = ConditionStep(
    name="small-enough",
    conditions=[ConditionLessThanOrEqualTo(left=rows, right=limit)],
    else_steps=[FailStep(name="too-many", error_message="too many rows")],
)
pipeline = Pipeline(name=NAME, parameters=[limit], steps=[profiled, small], sagemaker_session=session)
pipeline.upsert(role_arn=ROLE)


def told(execution):
    """How an execution ended, and its steps, newest first."""
    with suppress(WaiterError):
        execution.wait(delay=1, max_attempts=300)
    described = execution.describe()
    return {
        "arn": execution.arn,
        "status": described["PipelineExecutionStatus"],
        "config": described.get("SelectiveExecutionConfig"),
        "steps": execution.list_steps(),
        "parameters": execution.list_parameters()["PipelineParameters"],
    }


first = pipeline.start()
facts["first"] = told(first)
more = pipeline.build_parameters_from_execution(first.arn, parameter_value_overrides={"MostRows": 1000.0})
latest = SelectiveExecutionConfig(selected_steps=["small-enough"])
facts["latest"] = told(pipeline.start(parameters=more, selective_execution_config=latest))
named = SelectiveExecutionConfig(
    selected_steps=["small-enough", "too-many"], source_pipeline_execution_arn=first.arn
)
facts["named"] = told(pipeline.start(selective_execution_config=named))
alone = SelectiveExecutionConfig(selected_steps=["small-enough"], reference_latest_execution=False)
try:
    pipeline.start(selective_execution_config=alone)
except ClientError as error:
    facts["alone"] = str(error)
Path(sys.argv[1]).write_text(json.dumps(facts, default=str))
