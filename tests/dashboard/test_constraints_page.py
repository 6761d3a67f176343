"""Constraints in the browser: edits are in the address, previews of real files, saves are versions."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from analysed_windows import FIRST, HOSTILE, _windows, people
from leeboard.service import scheduling
from leeboard.service.access.audit import lines_of
from leeboard.service.arns import DEFINITIONS, ENDPOINT
from leeboard.service.resources import add
from leeboard.service.setup.tuning import documents_of

PATH = "/schedules/data/constraints"


@pytest.fixture
def watched(service: Any, tmp_path: Path) -> Any:
    """A schedule of data quality with two windows, the second of which broke promises."""
    _windows(service, tmp_path, "DataQuality", people(300, 1), [people(200, 2), people(200, 3, factor=3.0)])
    folder = tmp_path / "data" / "baseline"
    files = {"ConstraintsResource": "constraints.json", "StatisticsResource": "statistics.json"}
    output = {"S3Uri": f"{tmp_path}/reports", "LocalPath": "/opt/ml/processing/output"}
    source = {"EndpointName": "loans", "LocalPath": "/opt/ml/processing/input/endpoint"}
    document = {
        "JobDefinitionName": "data-definition",
        "RoleArn": "arn:aws:iam::000000000000:role/Monitoring",
        "JobResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large",
                                           "VolumeSizeInGB": 20}},
        "DataQualityAppSpecification": {"ImageUri": "sagemaker-model-monitor-analyzer"},
        "DataQualityBaselineConfig": {key: {"S3Uri": f"{folder}/{file}"} for key, file in files.items()},
        "DataQualityJobInput": {"EndpointInput": source},
        "DataQualityJobOutputConfig": {"MonitoringOutputs": [{"S3Output": output}]},
    }  # fmt: skip
    capture = {"DestinationS3Uri": f"{tmp_path}/capture", "EnableCapture": True}
    with service.database.write() as connection:
        add(connection, service.settings, DEFINITIONS["DataQuality"], "data-definition", document, now=FIRST,
            endpoint="loans", monitoring_type="DataQuality")  # fmt: skip
        add(connection, service.settings, ENDPOINT, "loans", {}, now=FIRST, status="InService",
            facts={"capture": capture})  # fmt: skip
    return service


def row_of(page: Any, name: str) -> str:
    """The number of the row that a feature has in the form, whatever its name is made of."""
    rows = re.findall(r'name="s(\d+)" value=["\']([^"\']*)["\']', page.text)
    return next(number for number, subject in rows if json.loads(unescape(subject) or '""') == name)


def edits_of(answered: Any) -> Any:
    return json.loads(parse_qs(urlsplit(answered.headers["location"]).query)["edits"][0])


def mark(service: Any) -> str:
    with service.database.read() as connection:
        schedule = scheduling.existing(connection, "data")
    return documents_of(service, schedule).constraints_uri


def test_the_form_has_each_feature_and_names_of_strangers_do_no_harm(reader: Any, watched: Any) -> None:
    page = reader.get(PATH)
    assert "5 features" in page.words
    assert "<img src=x" not in page.text
    assert "Save as a new version" not in page.words
    assert reader.post(PATH, do="save").status == 403


def test_what_was_typed_goes_into_the_address_and_nothing_else(editor: Any, watched: Any) -> None:
    number = row_of(editor.get(PATH), "income")
    typed = {f"s{number}": '"income"', f"v{number}.type": "Fractional", f"v{number}.completeness": "0.5",
             f"v{number}.limit": "0.9", f"v{number}.non_negative": "1"}  # fmt: skip
    previewed = editor.post(PATH, do="preview", windows="12", **typed)
    assert edits_of(previewed) == {"income": {"completeness": 0.5, "limit": 0.9}}
    assert previewed.headers["location"].endswith("#preview")


def test_a_hostile_name_is_edited_like_any_other(editor: Any, watched: Any) -> None:
    number = row_of(editor.get(PATH), HOSTILE)
    typed = {f"s{number}": json.dumps(HOSTILE), f"v{number}.type": "String", f"v{number}.completeness": "1",
             f"v{number}.domains": "a\r\nb\r\nc\r\nd"}  # fmt: skip
    assert edits_of(editor.post(PATH, do="preview", **typed))[HOSTILE]["domains"] == ["a", "b", "c", "d"]


def test_the_preview_says_what_the_windows_would_have_raised(reader: Any, watched: Any) -> None:
    edits = quote(json.dumps({"income": {"limit": 0.99}}))
    lazy = reader.get(f"{PATH}?edits={edits}")
    assert 'hx-trigger="load"' in lazy.text
    told = reader.get(f"{PATH}?edits={edits}&preview=1").words
    assert "1 of 2 windows in violation" in told
    rows = json.loads(reader.get(f"{PATH}?edits={edits}&export=json&table=preview").body)
    drift = next(row for row in rows if (row["subject"], row["check"]) == ("income", "baseline_drift_check"))
    assert (drift["windows_before"], drift["windows_after"]) == (1, 0)


def test_a_value_that_is_none_is_told_beside_its_field(editor: Any, watched: Any) -> None:
    number = row_of(editor.get(PATH), "income")
    typed = {f"s{number}": '"income"', f"v{number}.type": "Fractional", f"v{number}.completeness": "7",
             f"v{number}.limit": "wide"}  # fmt: skip
    page = editor.post(PATH, do="save", mark=mark(watched), **typed)
    assert page.status == 400
    assert "expected a share from 0 to 1" in page.words
    assert "&#39;wide&#39; is no number" in page.text
    assert 'value="wide"' in page.text


def test_a_save_is_a_version_that_can_be_left_again(editor: Any, watched: Any) -> None:
    before = mark(watched)
    edits = json.dumps({"income": {"completeness": 0.5}})
    saved = editor.post(PATH, do="save", mark=before, edits=edits, note="fewer are fine")
    assert saved.headers["location"] == f"/dashboard{PATH}"
    assert mark(watched) != before
    line = next(lines_of(watched.database))
    assert (line.action, line.details["note"]) == ("edited constraints", "fewer are fine")
    assert "fewer are fine" in editor.get(PATH).words
    assert editor.post(f"{PATH}/back", number="1").status == 303
    assert mark(watched) == before


def test_who_comes_too_late_keeps_what_was_typed(editor: Any, watched: Any) -> None:
    edits = json.dumps({"income": {"completeness": 0.5}})
    page = editor.post(PATH, do="save", mark="another", edits=edits)
    assert "somebody has changed the constraints" in page.words
    assert "&#34;completeness&#34;:0.5" in page.text


def test_suggested_limits_are_edits(editor: Any, watched: Any) -> None:
    assert edits_of(editor.post(PATH, do="suggest"))["income"]["limit"] > 0


@pytest.mark.parametrize("edits", ["{", "[1]", '{"nobody": {"limit": 1}}', '{"income": {"completeness": 9}}'])
def test_edits_that_cannot_be_are_refused(reader: Any, watched: Any, edits: str) -> None:
    assert reader.get(f"{PATH}?edits={quote(edits)}").status in (200, 400)
    assert "Traceback" not in reader.get(f"{PATH}?edits={quote(edits)}").text
