"""Documents of the models' shapes: what botocore writes is read, what is written botocore reads."""

import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leeboard.api.wire.decoding import decode
from leeboard.api.wire.encoding import encode, writer_of
from leeboard.api.wire.forms import document_of
from leeboard.api.wire.models import SERVICES, operation_model, service_model
from leeboard.api.wire.patterns import full_match
from leeboard.api.wire.xml import answer_xml
from leeboard.service.refusals import RefusalError

OPERATIONS = [
    ("sagemaker", "CreateMonitoringSchedule"),
    ("sagemaker", "AddTags"),
    ("sagemaker", "ListProcessingJobs"),
    ("logs", "GetLogEvents"),
    ("cloudwatch", "PutMetricData"),
    ("cloudwatch", "PutMetricAlarm"),
]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
calm = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def text_of(shape):
    metadata = shape.metadata
    if metadata.get("enum"):
        return st.sampled_from(metadata["enum"])
    low, high = metadata.get("min", 0), min(metadata.get("max", 100), 300)
    if not metadata.get("pattern"):
        return st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=low, max_size=high)
    if "\\p{" in metadata["pattern"]:  # classes of Unicode, which are slow to draw from
        return st.text("aZ09_.:/=+-@ é日", min_size=low, max_size=high)
    pattern = full_match(metadata["pattern"]).__self__
    return st.from_regex(pattern, fullmatch=True).filter(
        lambda text: low <= len(text) <= high and "\0" not in text
    )


def structure_of(shape, times, depth, is_form):
    members = {name: value_of(m, times, depth + 1, is_form=is_form) for name, m in shape.members.items()}
    if getattr(shape, "is_tagged_union", False):
        return st.one_of([value.map(lambda v, n=name: {n: v}) for name, value in members.items()])
    required = {name: members.pop(name) for name in shape.required_members}
    made = st.fixed_dictionaries(required, optional=members if depth < 4 or not required else {})
    return made.filter(bool) if is_form and depth else made


def value_of(shape, times, depth=0, *, is_form=False):
    """Whatever a shape allows, not too deep; without empty structures and maps, which a form cannot have."""
    metadata, kind = shape.metadata, shape.type_name
    if kind == "structure":
        return structure_of(shape, times, depth, is_form)
    if kind == "list":
        low, item = metadata.get("min", 0), value_of(shape.member, times, depth + 1, is_form=is_form)
        return st.lists(item, min_size=low, max_size=max(low, min(metadata.get("max", 3), 3)))
    if kind == "map":
        low, item = (
            max(metadata.get("min", 0), is_form),
            value_of(shape.value, times, depth + 1, is_form=is_form),
        )
        return st.dictionaries(text_of(shape.key), item, min_size=low, max_size=3)
    if kind in ("integer", "long"):
        return st.integers(metadata.get("min", -(2**31)), metadata.get("max", 2**31 - 1))
    if kind in ("float", "double"):
        return st.floats(metadata.get("min"), metadata.get("max"), allow_nan=False, allow_infinity=False)
    plain = {"boolean": st.booleans(), "timestamp": times, "blob": st.binary()}
    return plain[kind] if kind in plain else text_of(shape)


whole_seconds = st.integers(0, 4_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC))
any_times = st.integers(0, 4_000_000_000_000_000).map(lambda us: EPOCH + timedelta(microseconds=us))


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_what_is_written_is_read_as_it_was(service, operation):
    shape = operation_model(service, operation).input_shape
    write = writer_of(service, shape)

    @calm
    @given(value_of(shape, any_times))
    def check(params):
        assert decode(service, operation, msgspec.json.decode(msgspec.json.encode(write(params)))) == params

    check()


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_what_botocore_writes_as_json_is_read(service, operation):
    model = operation_model(service, operation)

    @calm
    @given(value_of(model.input_shape, whole_seconds))
    def check(params):
        request = create_serializer("json", include_validation=False).serialize_to_request(params, model)
        assert decode(service, operation, json.loads(request["body"])) == params

    check()


@pytest.mark.parametrize("operation", ["PutMetricData", "PutMetricAlarm", "GetMetricData"])
def test_what_botocore_writes_as_a_form_is_read(operation):
    model = operation_model("cloudwatch", operation)

    @calm
    @given(value_of(model.input_shape, whole_seconds, is_form=True))
    def check(params):
        serializer = create_serializer("query", include_validation=False)
        fields = serializer.serialize_to_request(params, model)["body"]
        texts = {name: str(value) for name, value in fields.items()}
        read = decode("cloudwatch", operation, document_of("cloudwatch", operation, texts))
        assert without_empty_lists(read) == without_empty_lists(params)

    check()


def without_empty_lists(value):
    """A form cannot tell an empty list from none."""
    if isinstance(value, dict):
        return {k: without_empty_lists(v) for k, v in value.items() if v not in ([], {})}
    return [without_empty_lists(v) for v in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("service", "operation"), [("sagemaker", "DescribeMonitoringSchedule"), ("cloudwatch", "GetMetricData")]
)
def test_what_is_answered_is_read_by_botocore(service, operation):
    shape = operation_model(service, operation).output_shape

    @calm
    @given(value_of(shape, any_times))
    def check(answer):
        body = msgspec.json.encode(encode(service, operation, answer))
        response = {"status_code": 200, "headers": {}, "body": body, "context": {}}
        found = create_parser("json").parse(response, shape)
        found.pop("ResponseMetadata")
        assert found == answer

    check()


def test_what_is_answered_in_xml_is_read_by_botocore():
    shape = operation_model("cloudwatch", "GetMetricStatistics").output_shape

    @calm
    @given(value_of(shape, any_times))
    def check(answer):
        body = answer_xml("cloudwatch", "GetMetricStatistics", answer, "id").encode()
        found = create_parser("query").parse({"status_code": 200, "headers": {}, "body": body}, shape)
        assert found.pop("ResponseMetadata")["RequestId"] == "id"
        assert without_empty_lists(found) == without_empty_lists(answer)

    check()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
member_names = st.sampled_from(["MonitoringScheduleName", "MonitoringScheduleConfig", "Tags", "Other"])


@calm
@given(st.dictionaries(member_names, json_values))
def test_any_json_is_read_or_refused(document):
    try:
        params = decode("sagemaker", "CreateMonitoringSchedule", document)
    except RefusalError:
        return
    assert set(params) <= {"MonitoringScheduleName", "MonitoringScheduleConfig", "Tags"}


def test_all_patterns_of_all_services_can_be_matched():
    patterns = set()
    for service in SERVICES:
        shapes = map(service_model(service).shape_for, service_model(service).shape_names)
        patterns |= {shape.metadata["pattern"] for shape in shapes if "pattern" in shape.metadata}
    assert len([full_match(pattern) for pattern in patterns]) > 300


@pytest.mark.parametrize(
    ("pattern", "taken", "refused"),
    [
        (r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)", ["", "Größe 12", "日本/ключ", "𝒳"], ["a#", "a\n", "é!"]),
        (r"[\p{Alnum}\-]+", ["a-1"], ["é", ""]),
        (r"\p{L}+", ["é"], ["1"]),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*", ["a𝒳"], ["\x00"]),
        (r"[\w-_]*", ["a-_"], ["a,b"]),
        (r"([\p{L}]*)${1,128}", ["abc"], ["a1"]),
        (r"\d{12}", ["123456789012"], ["١٢٣٤٥٦٧٨٩٠١٢"]),
        (r"^[a-z]$", ["a"], ["a\n", "ab"]),
    ],
)
def test_patterns_mean_what_they_mean_in_java(pattern, taken, refused):
    match = full_match(pattern)
    assert all(match(text) for text in taken)
    assert not any(match(text) for text in refused)


@pytest.mark.parametrize(
    ("operation", "document", "words"),
    [
        (
            "ListProcessingJobs",
            {"MaxResults": 101},
            "Value '101' at 'maxResults' failed to satisfy constraint: "
            "Member must have value less than or equal to 100",
        ),
        (
            "ListModels",
            {"NameContains": "a\0b"},
            "Value 'a\0b' at 'nameContains' failed to satisfy constraint: "
            "Member must not contain a null character",
        ),
        (
            "AddTags",
            {
                "ResourceArn": "arn:aws:sagemaker:us-east-1:000000000000:model/a",
                "Tags": [{"Key": "", "Value": "v"}],
            },
            "Value '' at 'tags.1.member.key' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
        ),
        (
            "AddTags",
            {"ResourceArn": "arn:aws:sagemaker:us-east-1:000000000000:model/a", "Tags": [None]},
            "Value null at 'tags.1.member' failed to satisfy constraint: Member must not be null",
        ),
        (
            "DeleteTags",
            {"ResourceArn": "arn:aws:sagemaker:us-east-1:000000000000:model/a", "TagKeys": ["ok", ""]},
            "Value '[ok, ]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: "
            "[Member must have length greater than or equal to 1]",
        ),
        (
            "DeleteTags",
            {"ResourceArn": "arn:aws:sagemaker:us-east-1:000000000000:model/a", "TagKeys": []},
            "Value '[]' at 'tagKeys' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
        ),
    ],
)
def test_each_kind_of_breach_has_its_sentence(operation, document, words):
    with pytest.raises(RefusalError) as refused:
        decode("sagemaker", operation, document)
    assert refused.value.message == f"1 validation error detected: {words}"


@pytest.mark.parametrize(
    ("member", "value", "is_taken"),
    [
        ("MaxResults", 5, True),
        ("MaxResults", 5.0, True),
        ("MaxResults", 5.5, False),
        ("MaxResults", True, False),
        ("MaxResults", "5", False),
        ("MaxResults", 2**31, False),
        ("CreationTimeAfter", 1e300, False),
        ("CreationTimeAfter", "2026-01-01T00:00:00Z", True),
        ("CreationTimeAfter", "soon", False),
        ("CreationTimeAfter", True, False),
        ("NameContains", 5, False),
        ("NameContains", None, True),
    ],
)
def test_types_are_those_of_the_model(member, value, is_taken):
    if is_taken:
        decode("sagemaker", "ListProcessingJobs", {member: value})
    else:
        with pytest.raises(RefusalError) as refused:
            decode("sagemaker", "ListProcessingJobs", {member: value})
        assert refused.value.code == "SerializationException"


def test_a_time_without_a_zone_is_not_answered():
    with pytest.raises(ValueError, match="without a zone"):
        encode("sagemaker", "DescribeModel", {"CreationTime": datetime(2026, 1, 1)})  # noqa: DTZ001
