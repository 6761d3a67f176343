"""SDK 3: a pipeline of checks and of a transform that is monitored; a first run makes baselines.

python sdk3_pipelines.py FACTS      writes what it saw to FACTS
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
from pathlib import Path

import boto3
import pipeline_parts as parts
import quality_calls as calls
from sagemaker.core import image_uris
from sagemaker.core.clarify import BiasConfig, DataConfig, ModelConfig, ModelPredictedLabelConfig, SHAPConfig
from sagemaker.core.drift_check_baselines import DriftCheckBaselines
from sagemaker.core.helper.session_helper import Session
from sagemaker.core.model_metrics import MetricsSource
from sagemaker.core.model_monitor.dataset_format import DatasetFormat
from sagemaker.core.processing import Processor
from sagemaker.core.resources import Model
from sagemaker.core.s3 import S3Downloader, S3Uploader
from sagemaker.core.shapes import ContainerDefinition, ProcessingInput, ProcessingOutput
from sagemaker.core.transformer import Transformer
from sagemaker.core.workflow.conditions import ConditionLessThanOrEqualTo
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.parameters import ParameterBoolean, ParameterFloat, ParameterString
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.check_job_config import CheckJobConfig
from sagemaker.mlops.workflow.clarify_check_step import (
    ClarifyCheckStep,
    DataBiasCheckConfig,
    ModelBiasCheckConfig,
    ModelExplainabilityCheckConfig,
)
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.fail_step import FailStep
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.mlops.workflow.monitor_batch_transform_step import MonitorBatchTransformStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.quality_check_step import (
    DataQualityCheckConfig,
    ModelQualityCheckConfig,
    QualityCheckStep,
)
from sagemaker.mlops.workflow.steps import ProcessingStep, TransformStep
from sagemaker.serve.model_builder import ModelBuilder

NAME = "pipeline-sdk3"
ROLE = "arn:aws:iam::000000000000:role/PipelineRole"
CHECKS = ("data-quality", "model-quality", "data-bias", "model-bias", "explainability")

facts = {}
plain, session = Session(), PipelineSession()
bucket = plain.default_bucket()
base = f"s3://{bucket}/{NAME}"
boto3.client("s3").put_object(Bucket=bucket, Key=f"{NAME}/model/model.tar.gz", Body=calls.model_archive())


def attempt(name, call):
    """The result of a call that this SDK may break by itself; the fact says how it went."""
    try:
        made = call()
    except Exception as error:  # whatever it is, it is what the test wants to know
        facts[name] = f"{type(error).__name__}: {error}"[:300]
        return None
    facts[name] = "works"
    return made


def put(text, name):
    """One object below the base."""
    return S3Uploader.upload_string_as_file_body(text, f"{base}/{name}", sagemaker_session=plain)


def read(uri):
    """A file of JSON."""
    return json.loads(S3Downloader.read_file(uri, plain))


def results(name):
    """A folder of this execution."""
    return Join(on="/", values=["s3:/", bucket, NAME, "runs", ExecutionVariables.PIPELINE_EXECUTION_ID, name])


numbers, measured = (
    put(parts.numbers_csv(), "data/numbers.csv"),
    put(parts.measured_csv(), "data/measured.csv"),
)
training = put(calls.training_csv(), "data/training.csv")
customers = put("".join(f"{row}\n" for row in calls.known()), "data/customers.csv")
headerless, csv = DatasetFormat.csv(header=False), DatasetFormat.csv(header=True)

skips = ParameterBoolean("SkipChecks", default_value=True)
fails = ParameterBoolean("FailOnViolation", default_value=True)
limit = ParameterFloat("MostRows", default_value=1000.0)
known = {name: ParameterString(f"Known{n}", default_value="") for n, name in enumerate(CHECKS)}


def builder():
    """What SDK 3 makes models with."""
    return ModelBuilder(
        image_uri=calls.IMAGE,
        s3_model_data_url=f"{base}/model/model.tar.gz",
        role_arn=ROLE,
        sagemaker_session=session,
    )


def model_step():
    """A step that makes a model."""
    return ModelStep(name="model", step_args=builder().build())


made = attempt("model_step", model_step)
if made is None:
    Model.create(
        model_name=NAME,
        primary_container=ContainerDefinition(image=calls.IMAGE, model_data_url=f"{base}/model/model.tar.gz"),
        execution_role_arn=ROLE,
    )
model_name = NAME if made is None else made.properties.ModelName

profile = PropertyFile(name="Profile", output_name="profile", path="statistics.json")


def profile_step():
    """A processing step of the analyzer's image."""
    processor = Processor(
        role=ROLE,
        image_uri=image_uris.retrieve("model-monitor", plain.boto_region_name),
        instance_count=1,
        instance_type="ml.m5.xlarge",
        env={
            "dataset_format": json.dumps(csv),
            "dataset_source": "/opt/ml/processing/input/data",
            "output_path": "/opt/ml/processing/output",
            "publish_cloudwatch_metrics": "Disabled",
        },
        sagemaker_session=session,
    )
    place = {
        "s3_uri": measured,
        "local_path": "/opt/ml/processing/input/data",
        "s3_data_type": "S3Prefix",
        "s3_input_mode": "File",
    }
    kept = {
        "s3_uri": results("profile"),
        "local_path": "/opt/ml/processing/output",
        "s3_upload_mode": "EndOfJob",
    }
    return ProcessingStep(
        name="profile",
        step_args=processor.run(
            inputs=[ProcessingInput(input_name="data", s3_input=place)],
            outputs=[ProcessingOutput(output_name="profile", s3_output=kept)],
        ),
        property_files=[profile],
    )


job = CheckJobConfig(role=ROLE, instance_type="ml.m5.xlarge", sagemaker_session=session)
flags = {"skip_check": skips, "register_new_baseline": skips, "fail_on_violation": fails}
common = {**flags, "check_job_config": job}
groups = BiasConfig(label_values_or_threshold=[1], facet_name="plan", facet_values_or_threshold=["plus"])


def data(name):
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
    model_name=model_name,
    instance_count=1,
    instance_type="ml.m5.large",
    content_type="text/csv",
    accept_type="text/csv",
)
CONFIGS = {
    "data-quality": DataQualityCheckConfig(numbers, headerless, output_s3_uri=results("data-quality")),
    "model-quality": ModelQualityCheckConfig(
        measured,
        csv,
        output_s3_uri=results("model-quality"),
        problem_type="Regression",
        inference_attribute="Label",
        ground_truth_attribute="Prediction",
    ),
    "data-bias": DataBiasCheckConfig(data_config=data("data-bias"), data_bias_config=groups),
    "model-bias": ModelBiasCheckConfig(
        data_config=data("model-bias"),
        data_bias_config=groups,
        model_config=asked,
        model_predicted_label_config=ModelPredictedLabelConfig(label=0),
    ),
    "explainability": ModelExplainabilityCheckConfig(
        data_config=data("explainability"),
        model_config=asked,
        explainability_config=SHAPConfig(
            baseline=[[200.0, 5, "basic"]], num_samples=5, agg_method="mean_abs", seed=7
        ),
        model_scores=1,
    ),
}


def check_step(name):
    """The check of a name."""
    config = CONFIGS[name]
    if name.endswith("quality"):
        return QualityCheckStep(
            name=name, quality_check_config=config, supplied_baseline_constraints=known[name], **common
        )
    return ClarifyCheckStep(
        name=name, clarify_check_config=config, supplied_baseline_constraints=known[name], **common
    )


def transform():
    """The arguments of a transform step."""
    transformer = Transformer(
        model_name=model_name,
        instance_count=1,
        instance_type="ml.m5.large",
        output_path=results("scores"),
        sagemaker_session=session,
    )
    return transformer.transform(data=customers, content_type="text/csv", split_type="Line")


def monitored(name, before):
    """A transform with a check of data quality."""
    return MonitorBatchTransformStep(
        name=name,
        transform_step_args=transform(),
        monitor_configuration=DataQualityCheckConfig(numbers, headerless, output_s3_uri=results(name)),
        check_job_configuration=job,
        monitor_before_transform=before,
        fail_on_violation=fails,
        supplied_baseline_constraints=known["data-quality"],
    )


checks = [step for name in CHECKS if (step := attempt(name, lambda name=name: check_step(name)))]


def registering_step():
    """A step that registers a model with the baseline of the first check."""
    used = MetricsSource(
        s3_uri=checks[0].properties.BaselineUsedForDriftCheckConstraints, content_type="application/json"
    )
    return ModelStep(
        name="registered",
        step_args=builder().register(
            model_package_group_name=NAME,
            content_types=["text/csv"],
            response_types=["text/csv"],
            inference_instances=["ml.m5.large"],
            transform_instances=["ml.m5.large"],
            approval_status="Approved",
            drift_check_baselines=DriftCheckBaselines(model_data_constraints=used),
        ),
    )


registered = attempt("registering_step", registering_step)
profiled = attempt("processing_step", profile_step)
transformed = attempt("transform_step", lambda: TransformStep(name="transform", step_args=transform()))


def condition_step():
    """A condition on what the processing step found."""
    return ConditionStep(
        name="small-enough",
        conditions=[
            ConditionLessThanOrEqualTo(
                left=JsonGet(step_name="profile", property_file=profile, json_path="dataset.item_count"),
                right=limit,
            )
        ],
        if_steps=[transformed],
        else_steps=[FailStep(name="too-many", error_message="more rows than wanted")],
    )


condition = attempt("condition_step", condition_step) if profiled and transformed else None
parameters = [skips, fails, limit, *known.values()]
steps = [step for step in (made, profiled, condition, *checks, registered) if step is not None]
pipeline = Pipeline(name=NAME, parameters=parameters, steps=steps, sagemaker_session=session)
attempt("upsert", lambda: pipeline.upsert(role_arn=ROLE))
attempt("upsert_again", lambda: pipeline.upsert(role_arn=ROLE, description="again"))


def told(started):
    """How an execution ended: its status and its steps, newest first."""
    try:
        started.wait(delay=1, max_attempts=300)
    except Exception as error:  # the waiter of botocore raises where an execution fails
        facts["waiter"] = type(error).__name__
    return {"status": started.describe()["PipelineExecutionStatus"], "steps": started.list_steps()}


facts["first"] = told(pipeline.start())
if registered is not None:
    package = plain.sagemaker_client.describe_model_package(ModelPackageName=f"{NAME}/1")
    facts["baselines"] = package["DriftCheckBaselines"]
calculated = {
    step["StepName"]: metadata["CalculatedBaselineConstraints"]
    for step in facts["first"]["steps"]
    for metadata in step.get("Metadata", {}).values()
    if "CalculatedBaselineConstraints" in metadata
}
good = {known[name].name: uri for name, uri in calculated.items()}
facts["same"] = told(pipeline.start(parameters={"SkipChecks": False, **good}))
bad = {
    "data-quality": parts.with_text(read(calculated["data-quality"]), "_c5"),
    "model-quality": parts.with_limit(read(calculated["model-quality"]), "mse", 0.1),
    "data-bias": parts.with_bias(read(calculated["data-bias"]), "pre_training", "plan", "KS", 7.9e-06),
    "model-bias": parts.with_bias(read(calculated["model-bias"]), "post_training", "plan", "DPPL", 0.0),
}
wrong = good | {
    known[name].name: put(json.dumps(constraints), f"bad/{name}.json") for name, constraints in bad.items()
}
facts["bad"] = told(pipeline.start(parameters={"SkipChecks": False, **wrong}))
facts["executions"] = len(pipeline.list_executions()["PipelineExecutionSummaries"])
pipeline.delete()


def batch(steps):
    """Transforms with a check after and before them."""
    watched = Pipeline(
        name=f"{NAME}-batch",
        parameters=parameters,
        steps=[*([made] if made else []), *steps],
        sagemaker_session=session,
    )
    watched.upsert(role_arn=ROLE)
    name = known["data-quality"].name
    facts["batch_good"] = told(watched.start(parameters={name: good[name]}))
    facts["batch_bad"] = told(watched.start(parameters={name: wrong[name]}))
    watched.delete()
    return True


collections = [monitored("after", False), monitored("before", True)]
if not attempt("monitor_batch_transform_step", lambda: batch(collections)):
    attempt("its_steps", lambda: batch([step for each in collections for step in each.steps]))
Path(sys.argv[1]).write_text(json.dumps(facts, default=str))
