"""What the baseline jobs suggested, edited and told."""

from typing import Any

from leeboard.cli.demo.baselines import CLARIFIED, DATA_QUALITY, MODEL_QUALITY
from leeboard.cli.demo.clients import Clients
from leeboard.cli.demo.flights import LABEL
from leeboard.cli.demo.names import BASELINES


def name_label(clients: Clients) -> None:
    """Say in the constraints which column is the label: live traffic has a probability in its place."""
    constraints = clients.read_json(f"{BASELINES}/{DATA_QUALITY}/constraints.json")
    for feature in constraints["features"]:
        if feature["name"] == LABEL:
            feature["leeboard"] = {"role": "label"}
    clients.put_json(f"baselines/{DATA_QUALITY}/constraints.json", constraints)


def told_of(clients: Clients) -> str:
    """One number of each monitor's baseline."""
    columns = clients.read_json(f"{BASELINES}/{DATA_QUALITY}/constraints.json")["features"]
    limits = clients.read_json(f"{BASELINES}/{MODEL_QUALITY}/constraints.json")
    recall = limits["binary_classification_constraints"]["recall"]["threshold"]
    analysis = clients.read_json(f"{BASELINES}/{CLARIFIED}/analysis.json")
    (explained,) = analysis["explanations"]["kernel_shap"].values()
    sizes = explained["global_shap_values"]
    return (
        f"{len(columns)} columns; a recall of {recall:.2f} or more; "
        f"LaGuardia warned {_impact(analysis):.2f} times as often as other airports; "
        f"{max(sizes, key=sizes.get)} counts most"
    )


def _impact(analysis: dict[str, Any]) -> float:
    (group,) = analysis["post_training_bias_metrics"]["facets"]["origin"]
    (impact,) = (metric["value"] for metric in group["metrics"] if metric["name"] == "DI")
    return float(impact)
