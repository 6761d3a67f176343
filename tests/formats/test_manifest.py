import json

import pytest

from leeboard.errors import FormatError
from leeboard.formats.reading import read_manifest

INDEX = [{"prefix": "s3://bucket/out/"}, "part-0.csv.out", "part-1.csv.out"]


def test_an_index_names_its_objects() -> None:
    manifest = read_manifest(json.dumps(INDEX))
    assert list(manifest.uris()) == ["s3://bucket/out/part-0.csv.out", "s3://bucket/out/part-1.csv.out"]
    assert manifest.document() == INDEX


def test_an_index_may_name_nothing() -> None:
    assert list(read_manifest('[{"prefix": "s3://bucket/out/"}]').uris()) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('["part-0"]', r'i.json: \["part-0"\]; expected a batch index'),
        ('[{"prefix": "s3://b/"}, 3]', r"i.json: names\[0\] is 3; expected a text"),
        ('[{"prefix": 3}]', "i.json: prefix is 3; expected a text"),
    ],
)
def test_what_is_no_index_is_refused(text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        read_manifest(text, "i.json")
