"""One job: makes a baseline of texts, or holds the texts of a window against one."""

import base64
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from text_monitor import contract
from text_monitor.drift import measure
from text_monitor.embedding import N_DIMENSIONS, Vectors, embed

SEED = 20_240_501
MOST = 1000
"""Texts of each side that are compared: a sample that the seed draws."""
FEWEST = 20
CHECK = "embedding_drift_check"


def main() -> None:
    """Does what the variables of the job say."""
    texts = sample([text for one in contract.documents("endpointInput") if (text := text_of(one))])
    if len(texts) < FEWEST:
        contract.leave_message(f"{len(texts)} texts were found; at least {FEWEST} are needed to compare")
        sys.exit(2)
    constraints, statistics = contract.baseline("constraints"), contract.baseline("statistics")
    if constraints and statistics:
        check(texts, constraints["text_drift"], statistics)
    else:
        suggest(texts)


def text_of(document: Any) -> str:
    """The text of one request: `TEXT_FIELD` says where it is, such as `inputs` or `instances.0.text`."""
    for step in contract.told("TEXT_FIELD", "text").split("."):
        if isinstance(document, list) and step.isdigit() and int(step) < len(document):
            document = document[int(step)]
        elif isinstance(document, dict):
            document = document.get(step)
        else:
            return ""
    return document if isinstance(document, str) else ""


def sample(texts: list[str]) -> list[str]:
    """All of them, or as many as are compared."""
    if len(texts) <= MOST:
        return texts
    chosen = np.random.default_rng(SEED).choice(len(texts), MOST, replace=False)
    return [texts[n] for n in sorted(chosen)]


def suggest(texts: Sequence[str]) -> None:
    """Writes a baseline: the vectors of its texts, and what a window has to be to be told."""
    contract.write("statistics.json", statistics_of(texts, embed(texts, SEED)))
    limits = {"least_distance": 0.05, "p_value": 0.01}
    contract.write("constraints.json", {"version": 0, "features": [], "text_drift": limits})
    contract.leave_message("Completed: Job completed successfully with no violations.")


def check(texts: Sequence[str], limits: dict[str, float], known: dict[str, Any]) -> None:
    """Tells drift that is neither chance nor too small to matter."""
    window = embed(texts, SEED)
    drift = measure(unpacked(known["vectors"]), window, SEED)
    is_far = drift.p_value <= limits["p_value"] and drift.distance >= limits["least_distance"]
    strangest = "; ".join(repr(texts[n][:80]) for n in drift.strangest)
    told = {
        "feature_name": contract.told("TEXT_FIELD", "text"),
        "constraint_check_type": CHECK,
        "description": f"Baseline drift distance: {drift.distance:.3f} exceeds threshold: "
        f"{limits['least_distance']:g} (p-value {drift.p_value:.3f}). Least like the baseline: {strangest}",
    }
    contract.write("statistics.json", statistics_of(texts, window))
    contract.finish([told] if is_far else [], {"text_drift": drift.distance, "text_drift_p": drift.p_value})


def statistics_of(texts: Sequence[str], vectors: Vectors) -> dict[str, Any]:
    """Readable numbers, and the vectors for a later comparison."""
    lengths = [len(text) for text in texts]
    return {
        "version": 0,
        "dataset": {"item_count": len(texts)},
        "features": [],
        "text_length": {"mean": float(np.mean(lengths)), "max": max(lengths)},
        "vectors": base64.b64encode(vectors.astype(np.float16).tobytes()).decode(),
    }


def unpacked(text: str) -> Vectors:
    """The vectors of a baseline."""
    return np.frombuffer(base64.b64decode(text), np.float16).reshape(-1, N_DIMENSIONS).astype(np.float32)


if __name__ == "__main__":
    main()
