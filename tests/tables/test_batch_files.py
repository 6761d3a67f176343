"""Which objects transform jobs wrote."""

import json
from datetime import UTC, datetime

import pytest

from leeboard.errors import FormatError, InputError
from leeboard.storage.layout import hours_of
from leeboard.tables.batch.files import batch_files, is_manifest

NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)
TEN = datetime(2026, 11, 22, 10, tzinfo=UTC)
ELEVEN = datetime(2026, 11, 22, 11, tzinfo=UTC)


@pytest.fixture
def manifest(file, tmp_path):
    """Writes the manifest of one side of a job."""

    def write(side, hour, *names, job="1", folder="data"):
        text = json.dumps([{"prefix": f"{tmp_path}/{folder}/"}, *names])
        return str(file(text, f"capture/{side}/{hour:%Y/%m/%d/%H}/{job}.json"))

    return write


def names(found):
    return [one.uri.rpartition("/")[2] for one in found]


def test_jobs_are_found_by_the_hour_of_their_start(manifest, tmp_path):
    for hour, name in ((NINE, "nine.out"), (TEN, "ten.out"), (ELEVEN, "eleven.out")):
        manifest("output", hour, name)
    found = batch_files(tmp_path / "capture/", hours_of(NINE, ELEVEN))
    assert names(found) == ["nine.out", "ten.out"]
    assert [one.hour for one in found] == [NINE, TEN]
    assert found[0].uri == f"{tmp_path}/data/nine.out"


def test_an_output_has_the_input_that_the_same_job_named(manifest, tmp_path):
    manifest("input", TEN, "a.csv", "sub/b.csv", job="1", folder="in")
    manifest("input", TEN, "a.csv", job="2", folder="elsewhere")
    output = manifest("output", TEN, "a.csv.out", "sub/b.csv.out", "c.csv.out", job="1")
    found = batch_files(tmp_path / "capture", [TEN])
    assert [one.input_uri for one in found] == [f"{tmp_path}/in/a.csv", f"{tmp_path}/in/sub/b.csv", None]
    assert {one.manifest for one in found} == {output}


def test_an_object_that_two_jobs_wrote_is_read_once(manifest, tmp_path):
    manifest("output", NINE, "a.out", "b.out")
    manifest("output", TEN, "a.out")
    found = batch_files(tmp_path / "capture", [NINE, TEN])
    assert [(one.uri[-5:], one.hour) for one in found] == [("b.out", NINE), ("a.out", TEN)]


def test_hours_without_jobs_have_no_files(tmp_path):
    assert batch_files(tmp_path / "capture", [TEN]) == []


def test_what_is_no_manifest_is_refused(file, tmp_path):
    file('{"a": 1}', "capture/output/2026/11/22/10/x.json")
    with pytest.raises(FormatError, match=r"x\.json: an object with a; expected a batch index"):
        batch_files(tmp_path / "capture", [TEN])


def test_a_manifest_cannot_lead_to_another_kind_of_place(file, tmp_path):
    file('[{"prefix": "s3://bucket/"}, "x"]', "capture/output/2026/11/22/10/x.json")
    with pytest.raises(InputError, match="names objects below s3://bucket/, a place of another kind"):
        batch_files(tmp_path / "capture", [TEN])


def test_manifests_are_known_by_their_place():
    name = "1f1d57b1-2e6f-488c-8c30-db4e6d757861.json"
    assert is_manifest(f"s3://b/capture/output/2026/11/22/10/{name}")
    assert not is_manifest(f"s3://b/capture/{name}")
    assert not is_manifest("s3://b/capture/output/2026/11/22/10/a.json.out")
