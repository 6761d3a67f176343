"""Model quality, bias and attribution over time."""

import json
from typing import Any

import pytest

from analysed_windows import Windows, analysed_windows
from leeboard.service.service import Service


@pytest.fixture
def windows() -> Windows:
    return analysed_windows()


@pytest.fixture
def service(windows: Windows) -> Service:
    return windows.service


def charts(page: Any) -> dict[str, Any]:
    """Data of the charts by the names of their files."""
    parts = page.text.split('data-name="')[1:]
    told = '<script type="application/json">'
    return {part.split('"')[0]: json.loads(part.split(told)[1].split("</script>")[0]) for part in parts}


def test_measures_have_interval_baseline_and_limit(reader: Any) -> None:
    drawn = charts(reader.get("/schedules/quality/quality"))["recall"]
    now, baseline = drawn["series"]
    assert len(drawn["times"]) == 2
    assert now["low"][0] < now["values"][0] < now["high"][0]
    assert baseline["low"][0] < baseline["values"][0]
    assert drawn["limits"][0]["side"] == "below"


def test_the_matrix_and_the_curves_stand_beside_the_baseline_s(reader: Any) -> None:
    drawn = charts(reader.get("/schedules/quality/quality"))
    assert sum(map(sum, drawn["matrix-baseline"]["counts"])) == 300
    assert sum(map(sum, drawn["matrix-window"]["counts"])) == 200
    assert [series["name"] for series in drawn["roc"]["series"]] == ["baseline", "this window"]


def test_the_share_of_labels_that_arrived_is_told(reader: Any) -> None:
    assert charts(reader.get("/schedules/quality/quality"))["labels"]["series"][0]["values"] == [0.75, 0.75]


def test_bias_shows_each_measure_of_the_group_with_where_there_is_none(reader: Any) -> None:
    page = reader.get("/schedules/bias/bias")
    drawn = charts(page)["DPPL"]
    assert [series["name"] for series in drawn["series"]] == ["DPPL", "baseline", "no bias"]
    assert "sex female" in page.words
    rows = json.loads(reader.get("/schedules/bias/bias?export=json&table=measures").body)
    assert {row["group"] for row in rows} == {"female"}


def test_attribution_shows_both_orders_and_what_drifts_and_matters(reader: Any) -> None:
    page = reader.get("/schedules/shap/attribution")
    drawn = charts(page)
    assert {item["name"] for item in drawn["ranks"]["items"]} > {"sex", "income"}
    assert drawn["ndcg"]["limits"][0]["value"] == 0.9
    assert "Drifts and matters 1 feature" in page.words
    rows = json.loads(reader.get("/schedules/shap/attribution?export=json&table=drift").body)
    assert {row["feature"]: row["quadrant"] for row in rows}["income"] == "drifts and matters"
    assert "/schedules/data/features" in page.text


@pytest.mark.parametrize("page", ["quality/quality", "bias/bias", "shap/attribution"])
def test_hostile_names_and_windows_are_harmless(reader: Any, page: str, windows: Windows) -> None:
    assert "<img" not in reader.get(f"/schedules/{page}").text
    assert reader.get(f"/schedules/{page}?window={windows.ids['data'][0]}").status in (400, 404)
    assert reader.get(f"/schedules/{page}?facet=%00&label=%22&group='&last=x").status == 200


@pytest.mark.parametrize(
    "page", ["young-data/features", "young-quality/quality", "young-bias/bias", "young-shap/attribution"]
)
def test_a_schedule_that_has_not_run_says_so(reader: Any, page: str) -> None:
    answered = reader.get(f"/schedules/{page}")
    assert answered.status == 200
    assert "No window with numbers yet" in answered.words
    assert reader.get(f"/schedules/{page}?export=csv&table=windows").status in (200, 400)
