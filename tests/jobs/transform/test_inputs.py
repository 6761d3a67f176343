"""Which objects a job reads, and where it writes."""

import json

import pytest

from leeboard.errors import InputError, NoDataError
from leeboard.jobs.transform.inputs import find_inputs


def test_everything_below_a_folder_is_read_hidden_names_too(job):
    for name in ("b.csv", "sub/a.csv", "_hidden", ".dot"):
        job.given("1\n", name)
    found = find_inputs(job.order("in/"))
    assert [item.name for item in found.objects] == [".dot", "_hidden", "b.csv", "sub/a.csv"]
    assert found.objects[3].output_uri == str(job.folder / "out/sub/a.csv.out")


def test_one_object_may_be_named(job):
    job.given("1\n", "a.csv")
    job.given("1\n", "a.csv.bak")
    assert [item.output_uri for item in find_inputs(job.order("in/a.csv")).objects] == [
        str(job.folder / "out/a.csv.out")
    ]


def test_the_beginning_of_names_will_do_where_nothing_has_that_name(job):
    for name in ("part-0.csv", "part-1/x.csv", "other.csv"):
        job.given("1\n", name)
    found = find_inputs(job.order("in/part"))
    assert [item.name for item in found.objects] == ["part-0.csv", "part-1/x.csv"]


def test_a_manifest_names_objects_in_its_own_order(job):
    prefix = f"{job.folder}/in/"
    job.given(json.dumps([{"prefix": prefix}, "z.csv", "sub/a.csv"]), "manifest.json")
    found = find_inputs(job.order("in/manifest.json", S3DataType="ManifestFile"))
    assert [item.uri for item in found.objects] == [prefix + "z.csv", prefix + "sub/a.csv"]


def test_a_manifest_cannot_lead_out_of_the_output(job):
    job.given(json.dumps([{"prefix": f"{job.folder}/in/"}, "../../x"]), "manifest.json")
    with pytest.raises(InputError, match="leads out of"):
        find_inputs(job.order("in/manifest.json", S3DataType="ManifestFile"))


def test_a_manifest_cannot_lead_to_another_kind_of_place(job):
    job.given(json.dumps([{"prefix": "s3://bucket/in/"}, "x"]), "manifest.json")
    with pytest.raises(InputError, match="a place of another kind"):
        find_inputs(job.order("in/manifest.json", S3DataType="ManifestFile"))


def test_two_inputs_with_one_output_are_refused(job):
    job.given(json.dumps([{"prefix": f"{job.folder}/in/"}, "a.csv", "./a.csv"]), "manifest.json")
    with pytest.raises(InputError, match=r"'a.csv' and './a.csv' would both be answered in"):
        find_inputs(job.order("in/manifest.json", S3DataType="ManifestFile"))


def test_nothing_to_read_is_an_error_that_says_what_is_there(job):
    with pytest.raises(NoDataError, match=r"looked at .*/in, there are no objects"):
        find_inputs(job.order())
    job.given("", "a.csv")
    with pytest.raises(NoDataError, match="1 objects there, all empty"):
        find_inputs(job.order())
