"""What the variables of a job ask for."""

import json

import pytest

from leeboard.errors import InputError, NoDataError
from leeboard.jobs.environment import JobEnvironment
from leeboard.jobs.mounts import Mounts
from leeboard.jobs.programs.analyzer import job_of

JOB = {"dataset_source": "/opt/ml/processing/input", "output_path": "/opt/ml/processing/output"}
HOURS = {
    f"/opt/ml/processing/input/e/v/2022/04/18/{hour}": f"s3://b/capture/e/v/2022/04/18/{hour}"
    for hour in ("00", "01")
}


def job(mounts=None, **variables):
    return job_of(JobEnvironment({**JOB, **variables}, mounts=Mounts(mounts) if mounts is not None else None))


def test_a_folder_around_inputs_is_all_of_them():
    assert job(HOURS).data == list(HOURS.values())
    assert job(HOURS).data_name == "/opt/ml/processing/input"


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/opt/ml/processing/input/e/v/2022/04/18/01", "s3://b/capture/e/v/2022/04/18/01"),
        ("/opt/ml/processing/input/e/v/2022/04/18/01/", "s3://b/capture/e/v/2022/04/18/01"),
        (
            "/opt/ml/processing/input/e/v/2022/04/18/01/a/b.jsonl",
            "s3://b/capture/e/v/2022/04/18/01/a/b.jsonl",
        ),
        ("s3://other/data", "s3://other/data"),
    ],
)
def test_a_path_in_an_input_is_its_uri(path, data):
    assert job(HOURS, dataset_source=path).data == data


def test_a_single_object_is_a_file_below_its_local_path():
    mounts = {"/opt/ml/processing/input/train/train.csv": "s3://b/x/train.csv"}
    assert job(mounts, dataset_source="/opt/ml/processing/input/train").data == "s3://b/x/train.csv"


def test_a_neighbour_whose_name_begins_alike_is_not_below():
    with pytest.raises(NoDataError, match="no input with objects is mounted at or below"):
        job({"/opt/ml/processing/input2": "s3://b/x"})


def test_no_mounts_at_all_are_no_data():
    with pytest.raises(NoDataError, match="inputs there are: none"):
        job({})


def test_a_script_that_stands_for_several_inputs_is_refused():
    with pytest.raises(InputError, match="2 inputs are mounted"):
        job(HOURS, record_preprocessor_script="/opt/ml/processing/input")


def test_without_mounts_paths_stay_as_they_are():
    assert job(dataset_source="/data/x").data == "/data/x"


def test_mounts_come_as_text_or_as_a_file(tmp_path):
    (tmp_path / "mounts.json").write_text(json.dumps(HOURS))
    for told in (json.dumps(HOURS), str(tmp_path / "mounts.json")):
        environment = JobEnvironment.of_process({**JOB, "LEEBOARD_MOUNTS": told})
        assert job_of(environment).data == list(HOURS.values())
    with pytest.raises(InputError, match="LEEBOARD_MOUNTS holds no JSON object of paths and URIs"):
        Mounts.told('{"a": 1}')


def test_with_mounts_the_variables_are_those_of_the_configuration_file(tmp_path):
    (tmp_path / "opt/ml/config").mkdir(parents=True)
    config = tmp_path / "opt/ml/config/processingjobconfig.json"
    config.write_text(json.dumps({"Environment": {**JOB, "leeboard_compat": "strict"}}))
    process = {
        "dataset_source": "/wrong",
        "LEEBOARD_ROOT": str(tmp_path),
        "LEEBOARD_MOUNTS": json.dumps(HOURS),
    }
    found = job_of(JobEnvironment.of_process(process))
    assert (found.data, found.is_strict) == (list(HOURS.values()), True)
    assert found.output == str(tmp_path / "opt/ml/processing/output")


def test_attributes_of_an_endpoint_input_become_wishes_for_reading():
    read = job(
        features_attribute="instances[0].features",
        inference_attribute="predictions[0].score",
        exclude_features_attribute=" 0, 2 ,",
        leeboard_target_model="a.tar.gz",
    ).read
    assert (read.features_path, read.outputs_path) == ("instances[0].features", "predictions[0].score")
    assert (read.exclude, read.target_model) == (("0", "2"), "a.tar.gz")


@pytest.mark.parametrize(
    ("text", "excluded"), [("", ()), ('["age", "a,b"]', ("age", "a,b")), ("[1, 2]", ("1", "2"))]
)
def test_excluded_columns_come_with_commas_or_as_a_list(text, excluded):
    assert job(exclude_features_attribute=text).read.exclude == excluded
