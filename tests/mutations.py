"""Strategies for requests that no client would send, and some that one might."""

import json
import re
from functools import cache
from typing import Any
from urllib.parse import quote

import botocore.session
from hypothesis import strategies as st

from api_documents import BUCKET

NAMED = "mutated"
"""Something of each kind has this name, so that requests meet what is there."""
ARN = f"arn:aws:sagemaker:us-east-1:000000000000:{{}}/{NAMED}"
PLACES = [f"s3://{BUCKET}/x", "s3://", "https://"]
ARNS = ["arn:aws:iam::000000000000:role/Some", ARN.format("model"), ARN.format("monitoring-schedule")]
TIMES = ["NOW", "cron(0 * ? * * *)", "rate(1 minute)", "-PT1H", "P1D"]
ODD = ["", "a", "x" * 300, "\0", "\U0001f600", "'; --", "%00", "W10=", "{}", "*" * 50]
TEXTS = [NAMED, NAMED.upper(), "sagemaker-model-monitor-analyzer", *PLACES, *ARNS, *TIMES, *ODD]
NUMBERS = [0, 1, -1, 2, 50, 100, 101, 2**31, 2**63, -(2**63), 10**30, 0.5, -0.0, 1e308]
RUNTIME = "Inference-Id Target-Model Target-Variant Custom-Attributes Target-Container-Hostname Session-Id"
S3_QUERY = (
    "list-type uploads uploadId partNumber delete prefix delimiter max-keys marker continuation-token "
    "start-after encoding-type location acl tagging versionId policy fetch-owner"
)
S3_HEADERS = (
    "Range If-Match If-None-Match If-Modified-Since Content-MD5 x-amz-copy-source x-amz-copy-source-range "
    "x-amz-checksum-crc32 x-amz-meta-a Content-Type x-amz-sdk-checksum-algorithm x-amz-tagging x-amz-acl "
    "Content-Encoding x-amz-expected-bucket-owner x-amz-metadata-directive x-amz-decoded-content-length"
)
S3_VALUES = (
    f"bytes=0-1 bytes=-1 bytes=9-1 /{BUCKET}/{NAMED} * COPY REPLACE aws-chunked CRC32 AAAAAA== 000000000000"
)

others = st.sampled_from([None, True, [], {}, [[]], {"a": 1}, "x", 1, -1.5])
texts = st.one_of(st.sampled_from(TEXTS), st.text(max_size=20))
numbers = st.one_of(st.sampled_from(NUMBERS), st.integers(-5, 200))
bodies = st.one_of(
    st.binary(max_size=60), st.sampled_from([b"", b"{}", b"[]", b"<a/>", b"<a", b"null", b"\0" * 9])
)
values = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40)


@cache
def service_model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def quoted(text: str) -> str:
    """As a part of a path."""
    return quote(text.encode(errors="replace"), safe="")


def target(path: str, query: dict[str, str]) -> str:
    """Path and query, sorted as they are signed."""
    told = "&".join(f"{name}={quoted(value)}" for name, value in sorted(query.items()))
    return path + (f"?{told}" if told else "")


@st.composite
def documents(draw: Any, shape: Any, depth: int = 0) -> Any:
    """A document of a shape of botocore's, with here and there something else in place of a member."""
    if draw(st.integers(0, 59)) == 0:
        return draw(others)
    kind = shape.type_name
    if kind == "structure":
        names = [n for n in shape.members if n in shape.required_members or _is_drawn(draw, depth)]
        return {name: draw(documents(shape.members[name], depth + 1)) for name in names}
    if kind == "list":
        return [draw(documents(shape.member, depth + 1)) for _ in range(draw(st.integers(0, 2)))]
    if kind == "map":
        return {draw(texts): draw(documents(shape.value, depth + 1)) for _ in range(draw(st.integers(0, 2)))}
    if kind == "boolean":
        return draw(st.booleans())
    if kind != "string":
        return draw(st.sampled_from(_fitting_numbers(shape)) if draw(st.integers(0, 9)) else numbers)
    return draw(st.sampled_from(_fitting_texts(shape)) if draw(st.integers(0, 9)) else texts)


@cache
def _fitting_texts(shape: Any) -> list[str]:
    """What the model allows, so that some requests come further than to its rules."""
    if shape.enum:
        return list(shape.enum)
    pattern, least, most = (
        shape.metadata.get(name, default) for name, default in (("pattern", ""), ("min", 0), ("max", 999))
    )
    try:
        matches = re.compile(pattern or ".*", re.DOTALL).fullmatch
    except re.error:  # of another kind of patterns
        return TEXTS
    return [text for text in TEXTS if least <= len(text) <= most and matches(text)] or TEXTS


@cache
def _fitting_numbers(shape: Any) -> list[float]:
    least, most = (shape.metadata.get(name, default) for name, default in (("min", 0), ("max", 2**31)))
    return [number for number in NUMBERS if least <= number <= most and number == int(number)] or NUMBERS


def _is_drawn(draw: Any, depth: int) -> bool:
    return depth < 4 and draw(st.integers(0, 3)) == 0


@st.composite
def invocations(draw: Any) -> tuple[str, str, dict[str, str], bytes]:
    """Method, target, headers and body for the runtime."""
    call = draw(st.sampled_from(["invocations", "async-invocations", "x", ""]))
    names = ["Content-Type", "Accept", *(f"X-Amzn-SageMaker-{name}" for name in RUNTIME.split())]
    headers = draw(st.dictionaries(st.sampled_from(names), values, max_size=4))
    return "POST", f"/endpoints/{quoted(draw(texts))}/{call}", headers, draw(bodies)


@st.composite
def own_calls(draw: Any) -> tuple[str, str, dict[str, str], bytes]:
    """For leeboard's own calls."""
    paths = [
        "schedules",
        "schedules/{}/run",
        "executions/{}",
        "logs/{}",
        "capture/ship",
        "models",
        "endpoints",
        "{}",
    ]
    path = draw(st.sampled_from(paths)).format(quoted(draw(texts)))
    query = draw(st.dictionaries(st.sampled_from(["after", "image", "name"]), texts, max_size=2))
    members = st.sampled_from(["at", "name", "capture_to", "endpoint", "image", "url", "command"])
    body = st.dictionaries(members, st.one_of(texts, others)).map(lambda told: json.dumps(told).encode())
    method = draw(st.sampled_from(["GET", "POST", "DELETE", "PUT"]))
    return method, target(f"/leeboard/{path}", query), {}, draw(st.one_of(bodies, body))


@st.composite
def object_calls(draw: Any) -> tuple[str, str, dict[str, str], bytes]:
    """For S3."""
    method = draw(st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH"]))
    bucket = draw(st.sampled_from([BUCKET, "", "no-such-bucket", "..", "A_B", ".leeboard", "x" * 70]))
    keys = st.sampled_from(["", NAMED, "a/b", "../x", "a//b", "/", "\0", "x" * 1100])
    key = draw(st.one_of(keys, st.text(max_size=8)))
    query = draw(
        st.dictionaries(
            st.sampled_from(S3_QUERY.split()),
            st.sampled_from(["", "1", "2", "0", "-1", "99999999999", "x", "/", "url", "\0", "true"]),
            max_size=3,
        )
    )
    headers = draw(
        st.dictionaries(
            st.sampled_from(S3_HEADERS.split()),
            st.one_of(values, st.sampled_from(S3_VALUES.split())),
            max_size=3,
        )
    )
    path = "/".join(quote(part.encode(errors="replace"), safe="/") for part in (bucket, key) if part)
    return method, target(f"/{path}", query), headers, draw(bodies)
