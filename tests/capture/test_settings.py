"""Capture settings from what AWS's API is given."""

import pytest

from leeboard.capture.encoding import TextTypes
from leeboard.capture.settings import CaptureSettings, text_types
from leeboard.errors import InputError

CONFIG = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 20,
    "DestinationS3Uri": "s3://bucket/captures/",
    "CaptureOptions": [{"CaptureMode": "Output"}],
    "CaptureContentTypeHeader": {"CsvContentTypes": ["Text/CSV"], "JsonContentTypes": ["application/json"]},
}


def test_a_data_capture_config_is_understood():
    assert CaptureSettings.of(CONFIG) == CaptureSettings(
        destination="s3://bucket/captures",
        sampling_percentage=20,
        captures_input=False,
        captures_output=True,
        types=TextTypes(),
    )


def test_without_lists_of_types_everything_becomes_base64():
    without = {name: value for name, value in CONFIG.items() if name != "CaptureContentTypeHeader"}
    assert CaptureSettings.of(without).types.encoding_of("text/csv") == "BASE64"


@pytest.mark.parametrize("modes", [["Input", "Output"], ["InputAndOutput"]])
def test_both_sides_may_be_asked_for_in_two_ways(modes):
    settings = CaptureSettings.of({**CONFIG, "CaptureOptions": [{"CaptureMode": mode} for mode in modes]})
    assert (settings.captures_input, settings.captures_output) == (True, True)


def test_capture_is_on_only_if_it_is_enabled():
    assert not CaptureSettings.of({**CONFIG, "EnableCapture": False}).is_on


@pytest.mark.parametrize("share", [-1, 100.5])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(InputError, match="give 0 to 100"):
        CaptureSettings(destination="captures", sampling_percentage=share)


def test_capitals_and_parameters_of_listed_types_do_not_count():
    types = text_types(["Text/CSV; charset=utf-8"], [])
    assert types.encoding_of("text/csv") == "CSV"
