"""SDK 2: Clarify's processor, with the settings that its users have.

python sdk2_bias_jobs.py FACTS      writes what it saw to FACTS; sdk2_quality.py goes before it
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
from pathlib import Path

import quality_calls as calls
import sagemaker
from sagemaker.clarify import (
    BiasConfig,
    DataConfig,
    ModelConfig,
    ModelPredictedLabelConfig,
    PDPConfig,
    SageMakerClarifyProcessor,
    SHAPConfig,
)
from sagemaker.s3 import S3Downloader, S3Uploader

ENDPOINT = "model-quality-sdk2"

session = sagemaker.Session()
base = f"s3://{session.default_bucket()}/{ENDPOINT}/jobs"


def put(name, lines):
    """One file of lines."""
    body = "".join(f"{line}\n" for line in lines)
    return S3Uploader.upload_string_as_file_body(body, f"{base}/data/{name}", sagemaker_session=session)


rows, labels = calls.known(), calls.known_labels()
numbered = list(enumerate(zip(labels, rows, strict=True)))
people = [f"{number},{18 + number % 50},{number % 3}" for number, _ in numbered]  # in no order of the data
put("plain.csv", (f"{label},{row}" for _, (label, row) in numbered))
put("wide.csv", (f"{label},{row},{number % 7},{number}" for number, (label, row) in numbered))
put("people.csv", reversed(people))
put("people/1.csv", people[:100])
put("people/2.csv", people[100:])
put("predicted.csv", ["said", *(int(calls.chance_of(row) > 0.5) for row in rows)])

PLAIN = {"label": "left", "headers": ["left", *calls.FEATURES]}
WIDE = {"label": "left", "headers": ["left", *calls.FEATURES, "noise", "id"], "excluded_columns": ["noise"]}
PREDICTED = {"predicted_label_dataset_uri": f"{base}/data/predicted.csv", "predicted_label_headers": ["said"]}


def data(name, file, **settings):
    """Config of data, with results in a folder of the job's name."""
    return DataConfig(
        s3_data_input_path=f"{base}/data/{file}",
        s3_output_path=f"{base}/{name}",
        dataset_type="text/csv",
        **settings,
    )


processor = SageMakerClarifyProcessor(
    role="MonitoringRole", instance_count=1, instance_type="ml.m5.xlarge", sagemaker_session=session
)
model = ModelConfig(
    model_name=ENDPOINT,
    instance_count=1,
    instance_type="ml.m5.xlarge",
    accept_type="application/jsonlines",
    endpoint_name_prefix="myprefix",
)
score = ModelPredictedLabelConfig(label="score", probability_threshold=0.48)
minutes = BiasConfig([1], "minutes", [200], "calls")
age = BiasConfig([1], "age", [40], "town")
plans = BiasConfig([1], ["plan", "minutes"], [["plus"], [200]])
shap = SHAPConfig(baseline=[[200.0, 5, "basic"]], num_samples=2, agg_method="mean_sq", seed=123)
PEOPLE = {"joinsource": "id", "facet_headers": ["id", "age", "town"]}
unwaited = {"wait": False, "logs": False}

processor.run_pre_training_bias(data("pre", "plain.csv", **PLAIN), minutes, **unwaited)
processor.run_pre_training_bias(
    data("pre-joined", "wide.csv", facet_dataset_uri=f"{base}/data/people.csv", **PEOPLE, **WIDE),
    age,
    **unwaited,
)
processor.run_post_training_bias(
    data("post-joined", "wide.csv", facet_dataset_uri=f"{base}/data/people", **PEOPLE, **WIDE),
    age,
    model,
    score,
    **unwaited,
)
processor.run_post_training_bias(
    data("post", "wide.csv", joinsource="id", **WIDE), minutes, model, score, **unwaited
)
processor.run_post_training_bias(
    data("post-by-name", "plain.csv", predicted_label="said", **PREDICTED, **PLAIN),
    minutes,
    None,
    score,
    **unwaited,
)
processor.run_post_training_bias(
    data("post-by-index", "plain.csv", predicted_label=0, **PREDICTED, **PLAIN), minutes, **unwaited
)
processor.run_bias(data("bias", "plain.csv", **PLAIN), plans, model, score, **unwaited)
processor.run_explainability(
    data("shap", "plain.csv", **PLAIN), model, shap, model_scores="score", **unwaited
)
processor.run_explainability(
    data("pdp", "plain.csv", **PLAIN),
    model,
    [shap, PDPConfig(features=["minutes"], grid_resolution=5)],
    model_scores=ModelPredictedLabelConfig(label="score", label_headers=["leaves"]),
    **unwaited,
)
processor.run_bias_and_explainability(
    data("both", "plain.csv", **PLAIN), model, shap, minutes, model_predicted_label_config="score", **unwaited
)

facts = {}
for job in processor.jobs:
    session.wait_for_processing_job(job.job_name, poll=1)
    folder = job.outputs[0].destination
    config = json.loads(S3Downloader.read_file(f"{folder}/analysis_config.json", session))
    found = S3Downloader.list(f"{folder}/", sagemaker_session=session)
    facts[folder.rpartition("/")[2]] = {
        "analysis": json.loads(S3Downloader.read_file(f"{folder}/analysis.json", session)),
        "methods": sorted(config["methods"]),
        "files": [uri.removeprefix(f"{folder}/") for uri in found],
    }
Path(sys.argv[1]).write_text(json.dumps(facts))
