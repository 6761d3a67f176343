"""The data of the flows: customers of a phone company, and the archive of the model that scores them."""

import io
import json
import random
import tarfile

NAMES = "minutes,calls,plan"
WEIGHTS = {"minutes": 0.01, "calls": 0.1, "basic": 0.5, "plus": 1.0}


def customers(n: int, seed: int) -> list[str]:
    """Rows as the model takes them."""
    chance = random.Random(seed)
    return [
        f"{chance.uniform(50, 350):.1f},{chance.randint(0, 9)},{chance.choice(['basic', 'basic', 'plus'])}"
        for _ in range(n)
    ]


def damaged(rows: list[str]) -> list[str]:
    """The same with seconds for minutes and unknown plans, which the model takes without a word."""
    cells = (row.split(",") for row in rows)
    return [f"{float(minutes) * 60:.1f},{calls},{plan.upper()}" for minutes, calls, plan in cells]


def score(row: str) -> str:
    """What the model says to a row."""
    minutes, calls, plan = row.split(",")
    return f"{float(minutes) * WEIGHTS['minutes'] + int(calls) * WEIGHTS['calls'] + WEIGHTS[plan]:.4f}"


def training_csv(n: int = 600) -> str:
    """What the model was trained on, with its scores in front, as captured requests have them."""
    return "\n".join([f"score,{NAMES}", *(f"{score(row)},{row}" for row in customers(n, seed=1))]) + "\n"


def batch_training_csv(n: int = 600) -> str:
    """The same with the scores behind, as a transform with joined input has them."""
    return "\n".join([f"{NAMES},score", *(f"{row},{score(row)}" for row in customers(n, seed=1))]) + "\n"


def model_archive() -> bytes:
    """model.tar.gz."""
    content = json.dumps(WEIGHTS).encode()
    entry = tarfile.TarInfo("weights.json")
    entry.size = len(content)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        tar.addfile(entry, io.BytesIO(content))
    return archive.getvalue()
