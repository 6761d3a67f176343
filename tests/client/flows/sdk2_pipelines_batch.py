"""SDK 2: batch transforms that are monitored, before or after they run.

python sdk2_pipelines_batch.py FACTS      writes what it saw to FACTS
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
from pathlib import Path

import boto3
import pipeline_parts as parts
import quality_calls as calls
import sagemaker
from sagemaker.clarify import BiasConfig, DataConfig, ModelConfig, SageMakerClarifyProcessor, SHAPConfig
from sagemaker.inputs import CreateModelInput
from sagemaker.model import Model
from sagemaker.model_monitor import DatasetFormat, DefaultModelMonitor, ModelQualityMonitor
from sagemaker.s3 import S3Downloader, S3Uploader
from sagemaker.transformer import Transformer
from sagemaker.workflow.check_job_config import CheckJobConfig
from sagemaker.workflow.clarify_check_step import DataBiasCheckConfig, ModelExplainabilityCheckConfig
from sagemaker.workflow.execution_variables import ExecutionVariables
from sagemaker.workflow.functions import Join
from sagemaker.workflow.monitor_batch_transform_step import MonitorBatchTransformStep
from sagemaker.workflow.parameters import ParameterBoolean, ParameterString
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.quality_check_step import DataQualityCheckConfig, ModelQualityCheckConfig
from sagemaker.workflow.steps import CreateModelStep

NAME = "pipeline-batch-sdk2"
ROLE = "arn:aws:iam::000000000000:role/PipelineRole"

facts = {}
plain, session = sagemaker.Session(), PipelineSession()
bucket = plain.default_bucket()
base = f"s3://{bucket}/{NAME}"
boto3.client("s3").put_object(Bucket=bucket, Key=f"{NAME}/model/model.tar.gz", Body=calls.model_archive())


def put(text, name):
    """One object below the base."""
    return S3Uploader.upload_string_as_file_body(text, f"{base}/{name}", sagemaker_session=plain)


def read(uri):
    """A file of JSON."""
    return json.loads(S3Downloader.read_file(uri, plain))


numbers, measured = (
    put(parts.numbers_csv(), "data/numbers.csv"),
    put(parts.measured_csv(), "data/measured.csv"),
)
training = put(calls.training_csv(), "data/training.csv")
customers = put("".join(f"{row}\n" for row in calls.known()), "data/customers.csv")
headerless, csv = DatasetFormat.csv(header=False), DatasetFormat.csv(header=True)
groups = BiasConfig(label_values_or_threshold=[1], facet_name="plan", facet_values_or_threshold=["plus"])
shap = SHAPConfig(baseline=[[200.0, 5, "basic"]], num_samples=5, agg_method="mean_abs", seed=7)


def data(folder, **more):
    """The data of a Clarify analysis."""
    headers = ["left", *calls.FEATURES]
    return DataConfig(
        s3_data_input_path=training,
        s3_output_path=folder,
        label="left",
        headers=headers,
        dataset_type="text/csv",
        **more,
    )


# baselines, made by the monitors and by Clarify's processor outside of any pipeline
model = Model(
    image_uri=calls.IMAGE,
    model_data=f"{base}/model/model.tar.gz",
    role=ROLE,
    name=NAME,
    sagemaker_session=plain,
)
model.create(instance_type="ml.m5.large")
asked = {
    "instance_count": 1,
    "instance_type": "ml.m5.large",
    "content_type": "text/csv",
    "accept_type": "text/csv",
}
DefaultModelMonitor(role=ROLE, sagemaker_session=plain).suggest_baseline(
    baseline_dataset=numbers, dataset_format=headerless, output_s3_uri=f"{base}/known/data", logs=False
)
ModelQualityMonitor(role=ROLE, sagemaker_session=plain).suggest_baseline(
    baseline_dataset=measured,
    dataset_format=csv,
    output_s3_uri=f"{base}/known/model",
    problem_type="Regression",
    inference_attribute="Label",
    ground_truth_attribute="Prediction",
    logs=False,
    wait=True,
)
clarify = SageMakerClarifyProcessor(
    role=ROLE, instance_count=1, instance_type="ml.m5.xlarge", sagemaker_session=plain
)
clarify.run_pre_training_bias(data(f"{base}/known/bias"), groups, logs=False)
clarify.run_explainability(
    data(f"{base}/known/shap"), ModelConfig(model_name=NAME, **asked), shap, model_scores=1, logs=False
)
KNOWN = {
    "data": f"{base}/known/data/constraints.json",
    "model": f"{base}/known/model/constraints.json",
    "bias": f"{base}/known/bias/analysis.json",
    "shap": f"{base}/known/shap/analysis.json",
}
BAD = {
    "data": put(json.dumps(parts.with_text(read(KNOWN["data"]), "_c5")), "bad/data.json"),
    "model": put(json.dumps(parts.with_limit(read(KNOWN["model"]), "mse", 0.1)), "bad/model.json"),
    "bias": put(
        json.dumps(parts.with_bias(read(KNOWN["bias"]), "pre_training", "plan", "KS", 7.9e-06)),
        "bad/bias.json",
    ),
    "shap": KNOWN["shap"],
}

supplied = {name: ParameterString(f"Known-{name}", default_value=uri) for name, uri in KNOWN.items()}
fails = ParameterBoolean("Fails", default_value=True)


def results(name):
    """A folder of this execution."""
    return Join(on="/", values=["s3:/", bucket, NAME, "runs", ExecutionVariables.PIPELINE_EXECUTION_ID, name])


job = CheckJobConfig(role=ROLE, sagemaker_session=session)
made = CreateModelStep(
    name="model",
    model=Model(calls.IMAGE, model_data=f"{base}/model/model.tar.gz", role=ROLE, sagemaker_session=plain),
    inputs=CreateModelInput(instance_type="ml.m5.large"),
)
CONFIGS = {
    "data": DataQualityCheckConfig(numbers, headerless, output_s3_uri=results("data")),
    "model": ModelQualityCheckConfig(
        measured,
        csv,
        output_s3_uri=results("model"),
        problem_type="Regression",
        inference_attribute="Label",
        ground_truth_attribute="Prediction",
    ),
    "bias": DataBiasCheckConfig(
        data_config=data(results("bias"), s3_analysis_config_output_path=f"{base}/configs/bias"),
        data_bias_config=groups,
    ),
    "shap": ModelExplainabilityCheckConfig(
        data_config=data(results("shap"), s3_analysis_config_output_path=f"{base}/configs/shap"),
        model_config=ModelConfig(model_name=made.properties.ModelName, **asked),
        explainability_config=shap,
        model_scores=1,
    ),
}


def monitored(name, *, before=False):
    """A transform with a check of one kind, before or after it."""
    transformer = Transformer(
        model_name=made.properties.ModelName,
        instance_count=1,
        instance_type="ml.m5.large",
        output_path=results(f"{name}-scores"),
        sagemaker_session=session,
    )
    return MonitorBatchTransformStep(
        name=f"{name}-{'before' if before else 'after'}",
        transform_step_args=transformer.transform(data=customers, content_type="text/libsvm"),
        monitor_configuration=CONFIGS[name],
        check_job_configuration=job,
        monitor_before_transform=before,
        fail_on_violation=fails,
        supplied_baseline_constraints=supplied[name],
        supplied_baseline_statistics=f"{base}/known/data/statistics.json" if name == "data" else None,
    )


try:
    monitored("bias", before=True)
except ValueError as error:
    facts["bias_before"] = str(error)
pipeline = Pipeline(
    name=NAME,
    parameters=[*supplied.values(), fails],
    steps=[
        made,
        monitored("data"),
        monitored("model"),
        monitored("bias"),
        monitored("data", before=True),
        monitored("shap", before=True),
    ],
    sagemaker_session=session,
)
pipeline.upsert(role_arn=ROLE)


def told(**parameters):
    """How an execution ended: its status and its steps, newest first."""
    execution = pipeline.start(parameters=parameters)
    try:
        execution.wait(delay=1, max_attempts=300)
    except Exception as error:  # the waiter of botocore raises where an execution fails
        facts["waiter"] = type(error).__name__
    return {"status": execution.describe()["PipelineExecutionStatus"], "steps": execution.list_steps()}


bad = {parameter.name: BAD[name] for name, parameter in supplied.items()}
facts["known"], facts["given"] = KNOWN, BAD
facts["good"] = told()
facts["bad"] = told(**bad)
facts["allowed"] = told(**bad, Fails=False)
pipeline.delete()
Path(sys.argv[1]).write_text(json.dumps(facts, default=str))
