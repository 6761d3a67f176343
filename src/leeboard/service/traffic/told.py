"""What one process has counted of invocations, for Prometheus."""

from collections.abc import Mapping

from leeboard.service.observed.exposition import Family, Series, written
from leeboard.service.traffic.counting import Traffic
from leeboard.service.traffic.tallies import Tally, Variant

LABELS = ("endpoint", "variant")
INVOCATIONS = Family(
    "leeboard_invocations_total", "counter", "Invocations since the start.", (*LABELS, "result")
)
MODEL_S = Family(
    "leeboard_model_seconds_total", "counter", "Time that models took for invocations they answered.", LABELS
)
OVERHEAD_S = Family(
    "leeboard_overhead_seconds_total", "counter", "Time that the server took beside the model.", LABELS
)
TRAFFIC_FAMILIES = (INVOCATIONS, MODEL_S, OVERHEAD_S)


def text_of(traffic: Traffic, most_series: int) -> bytes:
    """The families, each with so many series at most."""
    parts = written(TRAFFIC_FAMILIES, [_series(traffic.since_start())], most_series, {})
    return "".join(parts).encode("utf-8", "replace")


def _series(counted: Mapping[Variant, Tally]) -> Series:
    series = Series()
    for variant, tally in counted.items():
        results = {"2xx": tally.n - tally.n_4xx - tally.n_5xx, "4xx": tally.n_4xx, "5xx": tally.n_5xx}
        for result, n in results.items():
            series.add(INVOCATIONS, (*variant, result), n)
        series.add(MODEL_S, variant, tally.model.total_us / 1e6)
        series.add(OVERHEAD_S, variant, tally.overhead.total_us / 1e6)
    return series
