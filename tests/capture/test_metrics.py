"""What Prometheus reads."""

from types import SimpleNamespace

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from leeboard.capture.metrics import CaptureCollector
from leeboard.capture.settings import CaptureSettings
from leeboard.capture.spool import Spool

FULL = SimpleNamespace(used=80, free=20)
ROOMY = SimpleNamespace(used=10, free=90)


def samples(spool):
    """Values by name and labels, these in the order of their names, as a scrape gives them."""
    registry = CollectorRegistry()
    registry.register(CaptureCollector(spool))
    families = text_string_to_metric_families(generate_latest(registry).decode())
    return {
        (sample.name.removeprefix("leeboard_capture_"), *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_every_fate_of_a_request_is_counted(tmp_path, settings, exchange, clock):
    usages, chances, seconds = iter([FULL, ROOMY]), iter([0.9, 0.1, 0.1]), iter(range(100))
    spool = Spool(
        tmp_path / "spool",
        max_body_bytes=10,
        now=clock,
        sample=lambda: next(chances),
        disk_usage=lambda path: next(usages),
        seconds=lambda: next(seconds),
    )
    half = CaptureSettings(destination=settings.destination, sampling_percentage=50)
    spool.record("churn", "A", half, exchange())
    spool.record("churn", "A", half, exchange())
    spool.record("churn", "A", half, exchange("x" * 11))
    spool.record("churn", "A", settings, exchange(output=None))
    clock.move(seconds=3)
    found = samples(spool)
    fates = {
        name: found["records_total", "churn", name, "A"]
        for name in ("captured", "sampled_out", "skipped_disk", "skipped_size", "failed")
    }
    assert fates == {"captured": 0, "sampled_out": 1, "skipped_disk": 1, "skipped_size": 1, "failed": 1}
    spool.close()


def test_what_is_on_the_way_and_what_arrived_is_told(spool, settings, exchange, clock):
    spool.record("churn", "A", settings, exchange())
    clock.move(seconds=3)
    on_the_way = samples(spool)
    assert (on_the_way["lag_seconds", "churn", "A"], on_the_way["pending_files", "churn", "A"]) == (3, 1)
    assert on_the_way["bytes_total", "churn", "A"] > 100
    spool.flush()
    arrived = samples(spool)
    assert (arrived["lag_seconds", "churn", "A"], arrived["pending_files", "churn", "A"]) == (0, 0)
    assert arrived["shipped_total", "churn", "A"] == 1


def test_a_spool_without_traffic_has_names_and_no_numbers(spool):
    assert samples(spool) == {}
