"""What the demo calls its resources, and where it puts things."""

import shlex
import sys

from leeboard.cli.demo.clients import BUCKET

ENDPOINT, VARIANT = "flights", "AllTraffic"
"""The endpoint, its configuration and its model have one name."""
IMAGE = "flights-late:1"
MODEL_SERVER = f"{shlex.quote(sys.executable)} -P -m leeboard.cli.demo.model_server {{port}} {{model}}"
"""What stands for the image; on AWS a container would."""
ROLE = "arn:aws:iam::000000000000:role/flights"
RESOURCES = {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}}
ANALYZER = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
CLARIFY = "205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0"
CAPTURE, LABELS, BASELINES, REPORTS = (
    f"s3://{BUCKET}/{name}" for name in ("capture", "labels", "baselines", "reports")
)
PROCESSING = "/opt/ml/processing"
"""The folder of data inside a job."""
