"""The data of the flows about a model's quality, bias and attributions: customers, and who of them left.

Two hours have captures. The hour before holds the very customers of the baseline with their very labels,
written as files: every monitor has to find it clean. The hour under way is live traffic that is unlike the
baseline: all minutes are alike, only customers of one plan leave, and the model is mostly wrong.
"""

# mypy: ignore-errors
# The checker does not know that the scripts lie side by side.

import io
import json
import random
import tarfile
import time
from datetime import UTC, datetime, timedelta

from phone_calls import customers
from quality_model import answer, probability, use_of

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/quality-model:1.0"
WEIGHTS = {"minutes": 0.002, "calls": 0.01, "plus": 0.02}
FEATURES = ["minutes", "calls", "plan"]
N_BASELINE, N_LIVE = 240, 60


def chance_of(row: str) -> float:
    """What the model thinks of a row."""
    minutes, calls, plan = row.split(",")
    return probability(float(minutes), float(calls), plan, WEIGHTS)


def known() -> list[str]:
    """Customers of the baseline."""
    return customers(N_BASELINE, seed=11)


def known_labels() -> list[int]:
    """Who of them left: the model is right about nine of ten."""
    chance = random.Random(12)
    return [int((chance_of(row) > 0.5) != (chance.random() < 0.1)) for row in known()]


def live() -> list[str]:
    """Customers of whom no minutes are known, so that the average stands for them."""
    cells = (row.split(",") for row in customers(N_LIVE, seed=13))
    return [f"200.0,{calls},{plan}" for _, calls, plan in cells]


def live_labels() -> list[int]:
    """Who of them left: all of one plan, and nobody else."""
    return [int(row.endswith("plus")) for row in live()]


def training_csv() -> str:
    """The baseline of a data set that has no answers of the model: labels first."""
    rows = zip(known_labels(), known(), strict=True)
    return "".join(f"{label},{row}\n" for label, row in rows)


def validation_csv() -> str:
    """The baseline of the model's quality: labels beside the model's answers."""
    lines = ["left,amount,class,label,probability,use"]
    for row, label in zip(known(), known_labels(), strict=True):
        lines.append(f"{label},{amount_of(row)},{use_of(chance_of(row))},{answer(row, WEIGHTS, 'text/csv')}")
    return "\n".join(lines) + "\n"


def amount_of(row: str) -> str:
    """The truth of a regression: a tenth more than the model thinks."""
    return f"{chance_of(row) * 1.1:.4f}"


def capture_lines(at: datetime) -> str:
    """Capture records of the customers of the baseline, within the hour that begins at this time."""
    lines = []
    for number, row in enumerate(known()):
        data = {
            "captureData": {
                "endpointInput": _part("INPUT", row),
                "endpointOutput": _part("OUTPUT", answer(row, WEIGHTS, "text/csv")),
            },
            "eventMetadata": {
                "eventId": f"known-{number}",
                "inferenceTime": f"{at + timedelta(seconds=10 * number):%Y-%m-%dT%H:%M:%SZ}",
            },
            "eventVersion": "0",
        }
        lines.append(json.dumps(data))
    return "\n".join(lines) + "\n"


def _part(mode: str, data: str) -> dict[str, str]:
    return {"observedContentType": "text/csv", "mode": mode, "data": data, "encoding": "CSV"}


def truth_lines(name: str, labels: list) -> str:
    """Ground truth of events that have this name and a number."""
    return truth_of({f"{name}-{number}": label for number, label in enumerate(labels)})


def truth_of(labels: dict) -> str:
    """Ground truth by the ids of events."""
    lines = [
        json.dumps(
            {
                "groundTruthData": {"data": str(label), "encoding": "CSV"},
                "eventMetadata": {"eventId": event_id},
                "eventVersion": "0",
            }
        )
        for event_id, label in labels.items()
    ]
    return "\n".join(lines) + "\n"


def metrics_of(boto_session, kind: str, schedule: str) -> list[str]:
    """Names of the metrics that a schedule on an endpoint has emitted."""
    listed = boto_session.client("cloudwatch").list_metrics(
        Namespace=f"aws/sagemaker/Endpoints/{kind}",
        Dimensions=[{"Name": "MonitoringSchedule", "Value": schedule}],
    )
    return sorted({each["MetricName"] for each in listed["Metrics"]})


def this_hour() -> datetime:
    """Its begin, as soon as it has a minute left: so that what is done next is of one hour."""
    while (now := datetime.now(UTC)).minute == 59:
        time.sleep(1)
    return now.replace(minute=0, second=0, microsecond=0)


HOUR_BEFORE = {"start_time_offset": "-PT1H", "end_time_offset": "-PT0H"}
"""What a daily schedule analyses, so that it is as an hourly one that is only run by hand."""


def far_hour() -> int:
    """Of the day: when no schedule comes in the way of a flow by itself."""
    return (datetime.now(UTC).hour + 12) % 24


def hour_folder(root: str, at: datetime) -> str:
    """Where the files of an hour lie."""
    return f"{root}/{at:%Y/%m/%d/%H}"


def model_archive() -> bytes:
    """model.tar.gz."""
    content = json.dumps(WEIGHTS).encode()
    entry = tarfile.TarInfo("weights.json")
    entry.size = len(content)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        tar.addfile(entry, io.BytesIO(content))
    return archive.getvalue()
