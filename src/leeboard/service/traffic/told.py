"""What one process has counted of invocations, for Prometheus."""

from collections.abc import Iterator, Mapping

from leeboard.service.observed.exposition import Family, Series, histogram, written
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
LATENCY = Family(
    "leeboard_model_latency_seconds", "histogram", "How long models took for each invocation.", LABELS
)
BOUNDS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
N_LINES = len(BOUNDS_S) + 3
"""Of one histogram."""


def text_of(traffic: Traffic, most_series: int) -> bytes:
    """The families, each with so many series at most."""
    counted = traffic.since_start()
    parts = written(TRAFFIC_FAMILIES, [_series(counted)], most_series, {})
    return "".join([*parts, *_latencies(counted, most_series)]).encode("utf-8", "replace")


def _latencies(counted: Mapping[Variant, Tally], most_series: int) -> Iterator[str]:
    """Whole histograms; a variant that no model answered for has none."""
    answered = [(variant, tally.model) for variant, tally in counted.items() if tally.model.n]
    if answered:
        yield LATENCY.head()
    for variant, times in answered[: max(1, most_series // N_LINES)]:
        up_to = [*times.n_up_to(bound_s * 1e6 for bound_s in BOUNDS_S), times.n]
        yield from histogram(LATENCY, variant, BOUNDS_S, up_to, times.total_us / 1e6)


def _series(counted: Mapping[Variant, Tally]) -> Series:
    series = Series()
    for variant, tally in counted.items():
        results = {"2xx": tally.n - tally.n_4xx - tally.n_5xx, "4xx": tally.n_4xx, "5xx": tally.n_5xx}
        for result, n in results.items():
            series.add(INVOCATIONS, (*variant, result), n)
        series.add(MODEL_S, variant, tally.model.total_us / 1e6)
        series.add(OVERHEAD_S, variant, tally.overhead.total_us / 1e6)
    return series
