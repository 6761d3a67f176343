"""SDK 3: Clarify's processor.

python sdk3_bias_jobs.py FACTS      writes what it saw to FACTS; sdk3_quality.py goes before it
"""

# mypy: ignore-errors
# What this imports is in another environment than the checker.

import json
import sys
from pathlib import Path

import quality_calls as calls
from sagemaker.core.clarify import (
    BiasConfig,
    DataConfig,
    ModelConfig,
    ModelPredictedLabelConfig,
    SageMakerClarifyProcessor,
    SHAPConfig,
)
from sagemaker.core.helper.session_helper import Session
from sagemaker.core.s3 import S3Downloader, S3Uploader

ENDPOINT = "model-quality-sdk3"

session = Session()
base = f"s3://{session.default_bucket()}/{ENDPOINT}/jobs"
training = S3Uploader.upload_string_as_file_body(
    calls.training_csv(), f"{base}/data/plain.csv", sagemaker_session=session
)


def data(name):
    """Config of the data, with results in a folder of the job's name."""
    return DataConfig(
        training, f"{base}/{name}", label="left", headers=["left", *calls.FEATURES], dataset_type="text/csv"
    )


processor = SageMakerClarifyProcessor(
    role="arn:aws:iam::000000000000:role/MonitoringRole",
    instance_count=1,
    instance_type="ml.m5.xlarge",
    sagemaker_session=session,
)
model = ModelConfig(
    model_name=ENDPOINT,
    instance_count=1,
    instance_type="ml.m5.xlarge",
    accept_type="application/jsonlines",
)
minutes = BiasConfig([1], "minutes", [200], "calls")
score = ModelPredictedLabelConfig(label="score", probability_threshold=0.48)
shap = SHAPConfig(baseline=[[200.0, 5, "basic"]], num_samples=2, agg_method="mean_sq", seed=123)

processor.run_pre_training_bias(data("pre"), minutes, wait=False, logs=False)
processor.run_post_training_bias(data("post"), minutes, model, score, wait=False, logs=False)
processor.run_explainability(data("shap"), model, shap, model_scores="score", wait=False, logs=False)
processor.run_bias_and_explainability(
    data("both"), model, shap, minutes, model_predicted_label_config="score", wait=False, logs=False
)
facts = {}
for name, job in zip(("pre", "post", "shap", "both"), processor.jobs, strict=True):
    job.wait(poll=1)
    facts[name] = json.loads(S3Downloader.read_file(f"{base}/{name}/analysis.json", session))
Path(sys.argv[1]).write_text(json.dumps(facts))
