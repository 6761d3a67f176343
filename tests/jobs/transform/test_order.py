"""Requests to orders."""

import pytest

from leeboard.errors import InputError


def test_defaults_are_those_of_aws(job):
    order = job.order()
    assert (order.max_payload_bytes, order.n_concurrent, order.n_retries, order.timeout_s) == (
        6 << 20,
        1,
        3,
        600,
    )
    assert (order.is_split, order.is_multi, order.is_assembled, order.is_gzip) == (False, True, False, False)


def test_the_model_is_told_that_it_works_for_a_batch(job):
    order = job.order(BatchStrategy="SingleRecord", Environment={"KEY": "1", "SAGEMAKER_BATCH": "no"})
    assert order.environment == {
        "SAGEMAKER_BATCH": "no",
        "SAGEMAKER_BATCH_STRATEGY": "SINGLE_RECORD",
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": "6",
        "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": "1",
        "KEY": "1",
    }


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"S3DataType": "AugmentedManifestFile"}, "S3DataType 'AugmentedManifestFile' is not supported"),
        ({"SplitType": "RecordIO"}, "SplitType 'RecordIO' is not supported; supported: None, Line"),
        ({"SplitType": "TFRecord"}, "SplitType 'TFRecord' is not supported"),
        ({"MaxConcurrentTransforms": 20}, r"\(20\) times MaxPayloadInMB is 120; it may be 100"),
        ({"JoinSource": "Input", "ContentType": "image/png"}, "ContentType is 'image/png': give text/csv"),
        ({"InputFilter": "$[1:]"}, "ContentType is None"),
        ({"InputFilter": "$..a", "ContentType": "text/csv"}, "InputFilter '\\$..a' cannot be read"),
    ],
)
def test_what_is_not_done_is_refused_before_anything_runs(job, members, message):
    with pytest.raises(InputError, match=message):
        job.order(**members)
