"""What anybody may read at /metrics."""

from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families


def read(live):
    with urlopen(f"{live.url}/metrics", timeout=30) as answer:
        assert answer.headers["content-type"].startswith("text/plain")
        text = answer.read().decode()
    return {
        sample.name: sample for family in text_string_to_metric_families(text) for sample in family.samples
    }


def test_requests_capture_and_the_state_are_told_together(live, sm):
    sm.list_endpoints()
    found = read(live)
    assert found["leeboard_state_up"].value == 1
    assert found["leeboard_build_info"].labels["version"]
    assert {"leeboard_requests_total", "leeboard_queue_waiting", "leeboard_jobs_total"} <= set(found)


def test_no_name_is_told_twice(live):
    with urlopen(f"{live.url}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    series = [line.rpartition(" ")[0] for line in lines if not line.startswith("#")]
    heads = [line for line in lines if line.startswith("# TYPE")]
    assert len(set(series)) == len(series)
    assert len(set(heads)) == len(heads)
