"""How often endpoints were asked, on the pages that tell it."""

import csv
import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest

from leeboard.capture.exchange import Exchange
from leeboard.capture.settings import CaptureSettings
from leeboard.clock import now
from leeboard.service.latency.sketch import ERROR
from leeboard.service.service import Service
from leeboard.service.traffic.counting import Traffic
from leeboard.service.traffic.tallies import Variant
from watched_fleet import HOUR, Fleet

CAPTURE = {"EnableCapture": True, "InitialSamplingPercentage": 100, "DestinationS3Uri": "s3://b/capture"}

CHART = re.compile(
    r'data-name="(requests|latency)".*?<script type="application/json">(.*?)</script>', re.DOTALL
)


@pytest.fixture
def asked(service: Service) -> None:
    """`busy` was asked 1,200 times, `calm` 3 times; `seen` is captured, and `silent` nothing is known of."""
    fleet = Fleet(service, now().replace(minute=20))
    for name in ("busy", "calm", "seen", "silent"):
        fleet.endpoint(name)
    at = now()
    for statuses, hours_ago in (([200] * 900, 3), ([200] * 294 + [404] * 4 + [502] * 2, 0)):
        traffic = Traffic(service.database, now=lambda at=at - hours_ago * HOUR: at)  # type: ignore[misc]
        for status in statuses:
            traffic.count(Variant("busy", "AllTraffic"), status, 0.001, 0.002)
        traffic.close()
    traffic = Traffic(service.database)
    for _ in range(3):
        traffic.count(Variant("calm", "AllTraffic"), 200, 0.001, 0.002)
    traffic.close()
    exchange = Exchange(input=b"1", input_type="text/csv", output=b"2", output_type="text/csv", at=at)
    for _ in range(5):
        service.capture.record("seen", "AllTraffic", CaptureSettings.of(CAPTURE), exchange)


def cells(reader: Any, query: str = "") -> list[dict[str, str]]:
    text = reader.get(f"/?export=csv&table=monitors{query}").text
    return [row for row in csv.DictReader(io.StringIO(text)) if row["kind"] == "endpoint"]


@pytest.mark.usefixtures("asked")
def test_the_overview_tells_requests_and_errors_of_a_day_and_else_captured_records(reader: Any) -> None:
    page = reader.get("/").words
    assert "1,200 in 24 hours, 0.5% errors" in page
    assert "3 in 24 hours" in page
    assert "5 captured records" in page
    assert "none counted" in page
    assert reader.get("/").text.count("Requests per hour over the last day") == 2


@pytest.mark.usefixtures("asked")
def test_requests_sort_and_are_exported(reader: Any) -> None:
    rows = cells(reader, "&sort=-requests")
    assert [row["name"] for row in rows] == ["busy", "calm", "seen", "silent"]
    columns = ("invocations_24h", "invocation_4xx_24h", "invocation_5xx_24h", "requests_captured")
    assert [rows[0][name] for name in columns] == ["1200", "4", "2", "0"]
    assert [rows[2][name] for name in columns] == ["", "", "", "5"]


@pytest.mark.usefixtures("asked")
def test_the_page_of_an_endpoint_tells_its_requests_and_errors(reader: Any) -> None:
    page = reader.get("/endpoints/busy")
    assert "Requests in 24 hours 1,200" in page.words
    assert "Errors in 24 hours 0.5% 4 with 4XX, 2 with 5XX" in page.words
    assert "Requests per hour over the last day" in page.text


@pytest.mark.usefixtures("asked")
def test_the_page_of_an_endpoint_draws_requests_and_latencies(reader: Any) -> None:
    page = reader.get("/endpoints/busy")
    charts = {name: json.loads(text) for name, text in CHART.findall(page.text)}
    assert [one["name"] for one in charts["requests"]["series"]] == ["requests", "4XX", "5XX"]
    assert [one["name"] for one in charts["latency"]["series"]] == ["p50", "p95"]
    values = charts["requests"]["series"][0]["values"]
    assert (len(values), sum(values)) == (24, 1200)
    known = [value for value in charts["latency"]["series"][1]["values"] if value is not None]
    assert known == pytest.approx([1.0] * len(known), rel=ERROR)
    assert 'data-name="latency"' not in reader.get("/endpoints/silent").text


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(("asked_for", "n_rows"), [("24h", 24), ("7d", 42), ("30d", 60)])
def test_requests_and_latencies_are_taken_away(reader: Any, asked_for: str, n_rows: int) -> None:
    text = reader.get(f"/endpoints/busy?export=csv&table=traffic&range={asked_for}").text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == n_rows
    assert sum(int(row["invocations"]) for row in rows) == 1200
    assert sum(int(row["invocation_4xx"]) for row in rows) == 4
    told = [float(row["model_latency_p95_ms"]) for row in rows if row["model_latency_p95_ms"]]
    assert told == pytest.approx([1.0] * len(told), rel=ERROR)


@pytest.mark.usefixtures("asked")
def test_the_page_of_an_endpoint_nobody_asked_here_tells_of_captured_records_alone(reader: Any) -> None:
    page = reader.get("/endpoints/seen").words
    assert "Requests in 24 hours" not in page
    assert "Captured records 5 100% are wanted, since this server started" in page


@pytest.mark.usefixtures("asked")
def test_what_was_asked_two_days_ago_is_not_told(service: Service, reader: Any) -> None:
    traffic = Traffic(service.database, now=lambda: now() - timedelta(days=2))
    traffic.count(Variant("silent", "AllTraffic"), 200, 0.001, 0.002)
    traffic.close()
    assert "Requests in 24 hours" not in reader.get("/endpoints/silent").words
