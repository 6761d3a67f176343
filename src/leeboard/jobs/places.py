"""Where things stand in a processing job, and by which variables it is told that they stand elsewhere."""

ROOT = "/opt/ml"
JOB_CONFIG = f"{ROOT}/config/processingjobconfig.json"
MESSAGE = f"{ROOT}/output/message"
METRICS = f"{ROOT}/output/metrics/cloudwatch"

MOVED_ROOT = "LEEBOARD_ROOT"
"""Folder that stands for / in paths below /opt/ml."""
MOUNTS = "LEEBOARD_MOUNTS"
"""JSON, or a file with it: URI by the path of the job at which its objects would be."""
MODELS = "LEEBOARD_MODELS"
"""URL of the starter of the job, below which models and endpoints are asked by name."""
