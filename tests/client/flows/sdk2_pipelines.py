"""SDK 2: one pipeline with all types of steps; a first run calculates baselines, later ones check.

python sdk2_pipelines.py FACTS      writes what it saw to FACTS
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
import time
from pathlib import Path

import boto3
import pipeline_parts as parts
import quality_calls as calls
import sagemaker
from sagemaker import image_uris
from sagemaker.clarify import BiasConfig, DataConfig, ModelConfig, ModelPredictedLabelConfig, SHAPConfig
from sagemaker.drift_check_baselines import DriftCheckBaselines
from sagemaker.model import Model
from sagemaker.model_metrics import MetricsSource, ModelMetrics
from sagemaker.model_monitor import DatasetFormat
from sagemaker.processing import ProcessingInput, ProcessingOutput, Processor
from sagemaker.s3 import S3Downloader, S3Uploader
from sagemaker.transformer import Transformer
from sagemaker.workflow.check_job_config import CheckJobConfig
from sagemaker.workflow.clarify_check_step import (
    ClarifyCheckStep,
    DataBiasCheckConfig,
    ModelBiasCheckConfig,
    ModelExplainabilityCheckConfig,
)
from sagemaker.workflow.condition_step import ConditionStep
from sagemaker.workflow.conditions import ConditionLessThanOrEqualTo
from sagemaker.workflow.execution_variables import ExecutionVariables
from sagemaker.workflow.fail_step import FailStep
from sagemaker.workflow.functions import Join, JsonGet
from sagemaker.workflow.model_step import ModelStep
from sagemaker.workflow.parameters import ParameterBoolean, ParameterFloat, ParameterString
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.properties import PropertyFile
from sagemaker.workflow.quality_check_step import (
    DataQualityCheckConfig,
    ModelQualityCheckConfig,
    QualityCheckStep,
)
from sagemaker.workflow.steps import CacheConfig, ProcessingStep, TransformStep

NAME, GROUP = "pipeline-sdk2", "pipeline-sdk2-models"
ROLE = "arn:aws:iam::000000000000:role/PipelineRole"
CHECKS = ("data-quality", "model-quality", "data-bias", "model-bias", "explainability")

facts = {}
plain, session = sagemaker.Session(), PipelineSession()
bucket = plain.default_bucket()
base = f"s3://{bucket}/{NAME}"
boto3.client("s3").put_object(Bucket=bucket, Key=f"{NAME}/model/model.tar.gz", Body=calls.model_archive())


def put(text, name):
    """One object below the base."""
    return S3Uploader.upload_string_as_file_body(text, f"{base}/{name}", sagemaker_session=plain)


numbers, measured = (
    put(parts.numbers_csv(), "data/numbers.csv"),
    put(parts.measured_csv(), "data/measured.csv"),
)
training = put(calls.training_csv(), "data/training.csv")
customers = put("".join(f"{row}\n" for row in calls.known()), "data/customers.csv")

skips = ParameterBoolean("SkipChecks", default_value=True)
registers = ParameterBoolean("RegisterBaselines", default_value=True)
fails = ParameterBoolean("FailOnViolation", default_value=True)
limit = ParameterFloat("MostRows", default_value=1000.0)
group = ParameterString("PackageGroup", default_value=GROUP)
known = {name: ParameterString(f"Known{n}", default_value="") for n, name in enumerate(CHECKS)}
statistics = {name: ParameterString(f"Statistics{n}", default_value="") for n, name in enumerate(CHECKS[:2])}


def results(name):
    """A folder of this execution."""
    return Join(on="/", values=["s3:/", bucket, NAME, "runs", ExecutionVariables.PIPELINE_EXECUTION_ID, name])


profile = PropertyFile(name="Profile", output_name="profile", path="statistics.json")
processor = Processor(
    role=ROLE,
    image_uri=image_uris.retrieve("model-monitor", session.boto_region_name),
    instance_count=1,
    instance_type="ml.m5.xlarge",
    env={
        "dataset_format": json.dumps(DatasetFormat.csv(header=True)),
        "dataset_source": "/opt/ml/processing/input/data",
        "output_path": "/opt/ml/processing/output",
        "publish_cloudwatch_metrics": "Disabled",
    },
    sagemaker_session=session,
)
profiled = ProcessingStep(
    name="profile",
    step_args=processor.run(
        inputs=[ProcessingInput(source=measured, destination="/opt/ml/processing/input/data")],
        outputs=[
            ProcessingOutput(
                output_name="profile", source="/opt/ml/processing/output", destination=results("profile")
            )
        ],
    ),
    property_files=[profile],
    cache_config=CacheConfig(enable_caching=True, expire_after="PT1H"),
)

model = Model(
    image_uri=calls.IMAGE, model_data=f"{base}/model/model.tar.gz", role=ROLE, sagemaker_session=session
)
made = ModelStep(name="model", step_args=model.create(instance_type="ml.m5.large"))

job = CheckJobConfig(role=ROLE, instance_type="ml.m5.xlarge", sagemaker_session=session)
flags = {"skip_check": skips, "register_new_baseline": registers, "fail_on_violation": fails}
common = {**flags, "check_job_config": job, "model_package_group_name": group}
csv = DatasetFormat.csv(header=True)
data_quality = QualityCheckStep(
    name="data-quality",
    quality_check_config=DataQualityCheckConfig(
        baseline_dataset=numbers,
        dataset_format=DatasetFormat.csv(header=False),
        output_s3_uri=results("data-quality"),
    ),
    supplied_baseline_constraints=known["data-quality"],
    supplied_baseline_statistics=statistics["data-quality"],
    **common,
)
model_quality = QualityCheckStep(
    name="model-quality",
    quality_check_config=ModelQualityCheckConfig(
        baseline_dataset=measured,
        dataset_format=csv,
        output_s3_uri=results("model-quality"),
        problem_type="Regression",
        inference_attribute="Label",  # swapped, as one client has it
        ground_truth_attribute="Prediction",
    ),
    supplied_baseline_constraints=known["model-quality"],
    supplied_baseline_statistics=statistics["model-quality"],
    **common,
)


def clarify(name):
    """The data of one Clarify check."""
    return DataConfig(
        s3_data_input_path=training,
        s3_output_path=results(name),
        s3_analysis_config_output_path=f"{base}/configs/{name}",
        label="left",
        headers=["left", *calls.FEATURES],
        dataset_type="text/csv",
    )


asked = ModelConfig(
    model_name=made.properties.ModelName,
    instance_count=1,
    instance_type="ml.m5.large",
    content_type="text/csv",
    accept_type="text/csv",
)
groups = BiasConfig(label_values_or_threshold=[1], facet_name="plan", facet_values_or_threshold=["plus"])
configs = {
    "data-bias": DataBiasCheckConfig(data_config=clarify("data-bias"), data_bias_config=groups),
    "model-bias": ModelBiasCheckConfig(
        data_config=clarify("model-bias"),
        data_bias_config=groups,
        model_config=asked,
        model_predicted_label_config=ModelPredictedLabelConfig(label=0),
    ),
    "explainability": ModelExplainabilityCheckConfig(
        data_config=clarify("explainability"),
        model_config=asked,
        explainability_config=SHAPConfig(
            baseline=[[200.0, 5, "basic"]], num_samples=5, agg_method="mean_abs", seed=7
        ),
        model_scores=1,
    ),
}
clarified = {
    name: ClarifyCheckStep(
        name=name, clarify_check_config=config, supplied_baseline_constraints=known[name], **common
    )
    for name, config in configs.items()
}


def source(step, which):
    """A file of a check step as a package names it."""
    return MetricsSource(s3_uri=getattr(step.properties, which), content_type="application/json")


OLD, NEW = "BaselineUsedForDriftCheck", "CalculatedBaseline"
registered = ModelStep(
    name="registered",
    step_args=model.register(
        content_types=["text/csv"],
        response_types=["text/csv"],
        inference_instances=["ml.m5.large"],
        transform_instances=["ml.m5.large"],
        model_package_group_name=group,
        approval_status="Approved",
        model_metrics=ModelMetrics(
            model_data_statistics=source(data_quality, f"{NEW}Statistics"),
            model_data_constraints=source(data_quality, f"{NEW}Constraints"),
            model_statistics=source(model_quality, f"{NEW}Statistics"),
            model_constraints=source(model_quality, f"{NEW}Constraints"),
            bias_pre_training=source(clarified["data-bias"], f"{NEW}Constraints"),
            bias_post_training=source(clarified["model-bias"], f"{NEW}Constraints"),
            explainability=source(clarified["explainability"], f"{NEW}Constraints"),
        ),
        drift_check_baselines=DriftCheckBaselines(
            model_data_statistics=source(data_quality, f"{OLD}Statistics"),
            model_data_constraints=source(data_quality, f"{OLD}Constraints"),
            model_statistics=source(model_quality, f"{OLD}Statistics"),
            model_constraints=source(model_quality, f"{OLD}Constraints"),
            bias_pre_training_constraints=source(clarified["data-bias"], f"{OLD}Constraints"),
            bias_post_training_constraints=source(clarified["model-bias"], f"{OLD}Constraints"),
            explainability_constraints=source(clarified["explainability"], f"{OLD}Constraints"),
        ),
    ),
)
transformed = TransformStep(
    name="transform",
    step_args=Transformer(
        model_name=made.properties.ModelName,
        instance_count=1,
        instance_type="ml.m5.large",
        output_path=results("scores"),
        sagemaker_session=session,
    ).transform(data=customers, content_type="text/csv", split_type="Line"),
)
small = ConditionStep(
    name="small-enough",
    conditions=[
        ConditionLessThanOrEqualTo(
            left=JsonGet(step_name=profiled.name, property_file=profile, json_path="dataset.item_count"),
            right=limit,
        )
    ],
    if_steps=[transformed, registered],
    else_steps=[FailStep(name="too-many", error_message=Join(on=" ", values=["more rows than", limit]))],
)
pipeline = Pipeline(
    name=NAME,
    parameters=[skips, registers, fails, limit, group, *known.values(), *statistics.values()],
    steps=[profiled, made, data_quality, model_quality, *clarified.values(), small],
    sagemaker_session=session,
)
facts["created"] = pipeline.upsert(role_arn=ROLE, tags=[{"Key": "team", "Value": "churn"}])["PipelineArn"]
facts["updated"] = pipeline.upsert(role_arn=ROLE, description="again")["PipelineArn"]
facts["description"] = pipeline.describe()["PipelineDescription"]


def told(execution):
    """How an execution ended: its status and its steps, newest first."""
    try:
        execution.wait(delay=1, max_attempts=300)
    except Exception as error:  # the waiter of botocore raises where an execution fails
        facts["waiter"] = type(error).__name__
    described = execution.describe()
    return {
        "status": described["PipelineExecutionStatus"],
        "reason": described.get("FailureReason"),
        "steps": execution.list_steps(),
    }


def read(uri):
    """A file of JSON."""
    return json.loads(S3Downloader.read_file(uri, plain))


def calculated(run, which="Constraints"):
    """URIs of the constraints that an execution calculated, or of its statistics, by step."""
    found = {}
    for step in run["steps"]:
        for metadata in step["Metadata"].values():
            if uri := metadata.get(f"CalculatedBaseline{which}"):
                found[step["StepName"]] = uri
    return found


first = pipeline.start()
facts["first"] = told(first)
facts["parameters"] = first.list_parameters()["PipelineParameters"]
facts["package"] = plain.sagemaker_client.describe_model_package(ModelPackageName=f"{GROUP}/1")
made_first = calculated(facts["first"])
check = {"SkipChecks": False, "RegisterBaselines": False}
facts["registered"] = told(pipeline.start(parameters=check))

bad = {
    "data-quality": parts.with_text(read(made_first["data-quality"]), "_c5"),
    "model-quality": parts.with_limit(read(made_first["model-quality"]), "mse", 0.1),
    "data-bias": parts.with_bias(read(made_first["data-bias"]), "pre_training", "plan", "KS", 7.9e-06),
    "model-bias": parts.with_bias(read(made_first["model-bias"]), "post_training", "plan", "DPPL", 0.0),
}
supplied = {
    known[name].name: put(json.dumps(constraints), f"bad/{name}.json") for name, constraints in bad.items()
}
first_statistics = calculated(facts["first"], "Statistics")
supplied |= {parameter.name: first_statistics[name] for name, parameter in statistics.items()}
facts["supplied"] = {name: supplied[parameter.name] for name, parameter in known.items() if name in bad}
facts["allowed"] = told(pipeline.start(parameters={**check, **supplied, "FailOnViolation": False}))
facts["bad"] = told(pipeline.start(parameters={**check, **supplied}))
facts["too-many"] = told(pipeline.start(parameters={**check, "MostRows": 10.0}))
stopped = pipeline.start()
stopped.stop()
while stopped.describe()["PipelineExecutionStatus"] in ("Executing", "Stopping"):
    time.sleep(0.5)  # the waiter of the SDK waits for two other ends alone
facts["stopped"] = stopped.describe()["PipelineExecutionStatus"]
facts["executions"] = len(pipeline.list_executions()["PipelineExecutionSummaries"])
facts["deleted"] = pipeline.delete()["PipelineArn"]
Path(sys.argv[1]).write_text(json.dumps(facts, default=str))
