"""Requests as users of AWS's API write them, for tests of the server; each test has names of its own."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from live_server import ROLE, TOY_IMAGE, early_in_the_hour, settled

BUCKET = "sagemaker-us-east-1-000000000000"
ANALYZER = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
CLARIFY = "205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0"
ELSEWHERE = "leeboard-external"
"""The image of a model that nobody starts: its endpoint is in service at once."""
HOURLY = "cron(0 * ? * * *)"
CLUSTER = {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 20}}
INPUT, OUTPUT = "/opt/ml/processing/input/endpoint", "/opt/ml/processing/output"
FAMILIES = {
    "DataQuality": {},
    "ModelQuality": {"ProblemType": "BinaryClassification"},
    "ModelBias": {"ConfigUri": f"s3://{BUCKET}/config/analysis_config.json"},
    "ModelExplainability": {"ConfigUri": f"s3://{BUCKET}/config/analysis_config.json"},
}
"""What the application of each type of monitor says beside its image."""
_numbers = count()


def unique(beginning: str) -> str:
    """A name that nothing else has on the server of this test run; it has capitals, as names may."""
    return f"{beginning}-T{next(_numbers)}"


def variant(model: str, name: str = "AllTraffic", **members: Any) -> dict[str, Any]:
    return {
        "VariantName": name,
        "ModelName": model,
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.large",
    } | members


def capture(**members: Any) -> dict[str, Any]:
    """All traffic, both directions."""
    return {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": f"s3://{BUCKET}/capture",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {
            "CsvContentTypes": ["text/csv"],
            "JsonContentTypes": ["application/json", "application/jsonlines"],
        },
    } | members


def model(sm: Any, name: str, *, image: str = TOY_IMAGE, **members: Any) -> str:
    """Makes a model of one container; gives its name."""
    sm.create_model(ModelName=name, PrimaryContainer={"Image": image} | members, ExecutionRoleArn=ROLE)
    return name


def deployed(
    sm: Any,
    name: str,
    *variants: dict[str, Any],
    image: str = ELSEWHERE,
    captures: Mapping[str, Any] | None = None,
) -> str:
    """Makes a model, a configuration and an endpoint of that name, in service or failed; gives the name.

    The server answers before the endpoint is there when that takes it longer than two seconds.

    Args:
        variants: of models that are there; by default one, of a model of that name with the image.
        captures: as `capture` makes it; None for no capture.
    """
    shown = variants or (variant(model(sm, name, image=image)),)
    more = {} if captures is None else {"DataCaptureConfig": captures}
    sm.create_endpoint_config(EndpointConfigName=name, ProductionVariants=list(shown), **more)
    sm.create_endpoint(EndpointName=name, EndpointConfigName=name)
    settled(sm, name)
    return name


def monitored(sm: Any, beginning: str = "watched") -> str:
    """An endpoint that captures all and answers nothing."""
    return deployed(sm, unique(beginning), captures=capture())


def endpoint_input(endpoint: str, **members: Any) -> dict[str, Any]:
    return {"EndpointInput": {"EndpointName": endpoint, "LocalPath": INPUT} | members}


def results(folder: str = "reports") -> dict[str, Any]:
    return {"MonitoringOutputs": [{"S3Output": {"S3Uri": f"s3://{BUCKET}/{folder}", "LocalPath": OUTPUT}}]}


def definition(
    name: str, job_input: Mapping[str, Any], kind: str = "DataQuality", **members: Any
) -> dict[str, Any]:
    """The request that makes a job definition; members are further ones of it."""
    labels = {"GroundTruthS3Input": {"S3Uri": f"s3://{BUCKET}/labels"}}
    image = ANALYZER if kind in ("DataQuality", "ModelQuality") else CLARIFY
    return {
        "JobDefinitionName": name,
        f"{kind}AppSpecification": {"ImageUri": image, **FAMILIES[kind]},
        f"{kind}JobInput": {**job_input, **(labels if kind in ("ModelQuality", "ModelBias") else {})},
        f"{kind}JobOutputConfig": results(),
        "JobResources": CLUSTER,
        "RoleArn": ROLE,
    } | members


def inline(endpoint: str, **members: Any) -> dict[str, Any]:
    """A definition that stands in its schedule."""
    return {
        "MonitoringInputs": [endpoint_input(endpoint)],
        "MonitoringOutputConfig": results(),
        "MonitoringResources": CLUSTER,
        "MonitoringAppSpecification": {"ImageUri": ANALYZER},
        "RoleArn": ROLE,
    } | members


def by_name(name: str, expression: str = HOURLY, kind: str = "DataQuality", **times: str) -> dict[str, Any]:
    """The configuration of a schedule that names its definition; an hourly one does not fire at once."""
    if expression == HOURLY:
        early_in_the_hour()
    return {
        "ScheduleConfig": {"ScheduleExpression": expression, **times},
        "MonitoringJobDefinitionName": name,
        "MonitoringType": kind,
    }


def run_by_hand(sm: Any, name: str, config: Mapping[str, Any]) -> str:
    """Makes a schedule that is stopped, as one that is run by hand alone: no hour that begins adds a run."""
    sm.create_monitoring_schedule(MonitoringScheduleName=name, MonitoringScheduleConfig=config)
    sm.stop_monitoring_schedule(MonitoringScheduleName=name)
    return name


def processing(name: str, *, image: str = ANALYZER, **members: Any) -> dict[str, Any]:
    """The request for a baseline of `s3://BUCKET/{name}/data.csv`."""
    folder = "/opt/ml/processing/input/baseline_dataset_input"
    stored = {
        "S3Uri": f"s3://{BUCKET}/{name}/data.csv",
        "LocalPath": folder,
        "S3DataType": "S3Prefix",
        "S3InputMode": "File",
    }
    kept = {"S3Uri": f"s3://{BUCKET}/{name}/results", "LocalPath": OUTPUT, "S3UploadMode": "EndOfJob"}
    return {
        "ProcessingJobName": name,
        "ProcessingInputs": [{"InputName": "baseline_dataset_input", "S3Input": stored}],
        "ProcessingOutputConfig": {"Outputs": [{"OutputName": "monitoring_output", "S3Output": kept}]},
        "ProcessingResources": CLUSTER,
        "AppSpecification": {"ImageUri": image},
        "Environment": {
            "dataset_format": '{"csv": {"header": true, "output_columns_position": "START"}}',
            "dataset_source": folder,
            "output_path": OUTPUT,
            "publish_cloudwatch_metrics": "Disabled",
        },
        "RoleArn": ROLE,
    } | members


def transform(name: str, model_name: str, **members: Any) -> dict[str, Any]:
    """The request to send `s3://BUCKET/{name}/in/` through a model, line by line."""
    place = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/{name}/in/"}
    return {
        "TransformJobName": name,
        "ModelName": model_name,
        "TransformInput": {
            "DataSource": {"S3DataSource": place},
            "ContentType": "text/csv",
            "SplitType": "Line",
        },
        "TransformOutput": {
            "S3OutputPath": f"s3://{BUCKET}/{name}/out",
            "Accept": "text/csv",
            "AssembleWith": "Line",
        },
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
    } | members


def training(name: str, **members: Any) -> dict[str, Any]:
    """The request for a job that leeboard only records."""
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": {"TrainingImage": TOY_IMAGE, "TrainingInputMode": "File"},
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/training/"},
        "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        "RoleArn": ROLE,
    } | members
