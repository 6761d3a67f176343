"""Objects taken apart into requests."""

import gzip
import tracemalloc
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leeboard.errors import InputError
from leeboard.jobs.transform.inputs import find_inputs
from leeboard.jobs.transform.payloads import payloads_of
from leeboard.jobs.transform.run import run_transform


def payloads(job, limit_bytes=0, **members):
    order = replace(job.order(**members), max_payload_bytes=limit_bytes or 6 << 20)
    (item,) = find_inputs(order).objects
    return list(payloads_of(item, order))


def test_an_object_that_is_not_split_goes_out_as_it_is(job):
    job.given("1,2\r\n\r\n3,4\r\n")
    assert [one.body for one in payloads(job)] == [b"1,2\r\n\r\n3,4\r\n"]


def test_as_many_records_as_fit_go_out_together(job):
    job.given("aa\nbb\ncc\ndd\nee\n")
    found = payloads(job, limit_bytes=6, SplitType="Line")
    assert [one.body for one in found] == [b"aa\nbb", b"cc\ndd", b"ee"]
    assert [one.lines for one in found] == [(1, 2), (3, 4), (5, 5)]


def test_a_payload_may_be_full_to_the_last_byte(job):
    job.given("aa\nbb\ncc")
    assert [one.body for one in payloads(job, limit_bytes=5, SplitType="Line")] == [b"aa\nbb", b"cc"]


def test_single_records_go_out_alone_without_line_ends(job):
    job.given("aa\r\n\n  \nbb")
    found = payloads(job, SplitType="Line", BatchStrategy="SingleRecord")
    assert [(one.body, one.lines) for one in found] == [(b"aa", (1, 1)), (b"bb", (4, 4))]


def test_a_record_above_the_limit_is_named(job):
    job.given("aa\n" + "b" * 20 + "\n")
    with pytest.raises(InputError, match=r"a\.csv, line 2: more than the .* raise MaxPayloadInMB"):
        payloads(job, limit_bytes=10, SplitType="Line")


def test_an_object_above_the_limit_is_to_be_split(job):
    job.given("b" * 20)
    with pytest.raises(InputError, match=r"a\.csv: more than the .* split it with SplitType Line"):
        payloads(job, limit_bytes=10)


def test_gzip_is_unpacked_when_asked(job):
    job.given(gzip.compress(b"1\n2\n"))
    assert [one.body for one in payloads(job, SplitType="Line", CompressionType="Gzip")] == [b"1\n2"]
    (whole,) = payloads(job)
    assert gzip.decompress(whole.body) == b"1\n2\n"


@pytest.mark.parametrize("broken", [b"1\n2\n", gzip.compress(b"1\n2\n" * 100)[:-12]], ids=["plain", "cut"])
def test_what_is_no_whole_gzip_file_is_named(job, broken):
    job.given(broken)
    with pytest.raises(InputError, match=r"a\.csv cannot be unpacked with gzip"):
        payloads(job, SplitType="Line", CompressionType="Gzip")


def test_a_filter_chooses_what_is_sent_and_the_record_is_kept_for_the_join(job):
    job.given('7,"a,b",3\n8,c,4\n')
    (one,) = payloads(job, SplitType="Line", ContentType="text/csv", InputFilter="$[1:]")
    assert one.body == b'"a,b",3\nc,4'
    assert one.source == b'7,"a,b",3\n8,c,4'


def test_a_filter_chooses_from_json_lines_and_whole_documents(job):
    job.given('{"id":1,"x":{"a":1}}\n{"id":2,"x":{"a":2}}\n')
    wishes = {"ContentType": "application/json", "InputFilter": "$.x"}
    assert [one.body for one in payloads(job, SplitType="Line", **wishes)] == [b'{"a":1}\n{"a":2}']
    job.given('{"x":[\n1,2]}')
    assert [one.body for one in payloads(job, **wishes)] == [b"[1,2]"]


def test_a_record_that_cannot_be_filtered_is_named(job):
    job.given("1,2\n1\n")
    with pytest.raises(InputError, match=r"a\.csv, line 2: InputFilter: \$\[1\] selects place 1 of 1"):
        payloads(job, SplitType="Line", ContentType="text/csv", InputFilter="$[1]")


LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1, max_size=12))


@given(lines=LINES, limit_bytes=st.integers(48, 200), n_concurrent=st.integers(1, 4), is_multi=st.booleans())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_all_records_come_out_in_their_order(job, lines, limit_bytes, n_concurrent, is_multi):
    job.given("\n".join(["first", *lines]))
    order = replace(
        job.order(SplitType="Line", AssembleWith="Line"),
        max_payload_bytes=limit_bytes,
        n_concurrent=n_concurrent,
        is_multi=is_multi,
    )
    job.model.bodies.clear()
    assert run_transform(order, invoke=job.model).state == "Completed"
    full = [line for line in ["first", *lines] if line.strip(" \t\v\f")]
    assert job.output() == "".join(f"{line}\n" for line in full)
    assert max(map(len, job.model.bodies)) <= limit_bytes


def test_no_more_of_a_big_object_is_held_than_the_payloads_that_were_asked(job):
    job.given(("x" * 1023 + "\n") * 40_000)
    order = job.order(SplitType="Line", AssembleWith="Line", MaxPayloadInMB=1, MaxConcurrentTransforms=2)
    sizes = []

    def invoke(body, **wishes):
        sizes.append(len(body))
        return 200, body, None

    tracemalloc.start()
    try:
        end = run_transform(order, invoke=invoke, scratch=job.folder)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (end.state, end.n_records, len(sizes)) == ("Completed", 40_000, 40)
    assert peak < 20 << 20, "the object has 40 MB"
