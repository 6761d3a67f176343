"""What both databases make of lines: pages that pollers can follow, filters, forgetting."""

from datetime import UTC, datetime, timedelta

import pytest

from leeboard.service.cloudwatch import log_events, log_places
from leeboard.service.cloudwatch.log_events import Place, filtered, stream_page, time_ms
from leeboard.service.cloudwatch.log_terms import Terms
from leeboard.service.logs import JobLog, append, lines_of, prune, prune_streams
from leeboard.service.refusals import InvalidRequestError

AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
GROUP, STREAM = "/aws/sagemaker/ProcessingJobs", "job/algo-1"


def write(database, *texts, stream=STREAM, after_s=0.0):
    lines = [(AT + timedelta(seconds=after_s + at), text) for at, text in enumerate(texts)]
    with database.write() as connection:
        append(connection, GROUP, stream, lines)


def read(database, place=None, *, start_ms=None, end_ms=None, limit=100):
    with database.read() as connection:
        page = stream_page(connection, GROUP, STREAM, place or Place(True), start_ms=start_ms, end_ms=end_ms,
                           limit=limit)  # fmt: skip
    return [row.message for row in page.lines], page


def words(database, pattern, *streams, limit=100, after=0):
    with database.read() as connection:
        lines, last = filtered(connection, GROUP, streams, Terms.read(pattern), after=after, start_ms=None,
                               end_ms=None, limit=limit)  # fmt: skip
    return [row.message for row in lines], last


def test_a_poller_goes_on_from_its_token_and_gets_it_again_at_the_end(database):
    write(database, "a", "b", "c")
    texts, page = read(database, limit=2)
    assert texts == ["a", "b"]
    texts, page = read(database, Place.read(page.forward))
    assert texts == ["c"]
    token = page.forward
    assert read(database, Place.read(token))[1].forward == token
    write(database, "d", after_s=3)
    assert read(database, Place.read(token))[0] == ["d"]


def test_an_empty_stream_has_tokens_that_lead_to_its_first_line(database):
    token = read(database)[1].forward
    write(database, "a")
    assert read(database, Place.read(token))[0] == ["a"]


def test_without_a_beginning_the_last_lines_come_and_one_can_go_back(database):
    write(database, *"abcde")
    texts, page = read(database, Place(False), limit=2)
    assert texts == ["d", "e"]
    texts, page = read(database, Place.read(page.backward), limit=2)
    assert texts == ["b", "c"]
    assert read(database, Place.read(page.forward))[0] == ["d", "e"]
    texts, page = read(database, Place.read(page.backward), limit=2)
    assert texts == ["a"]
    assert read(database, Place.read(page.backward))[1].backward == page.backward


def test_times_are_from_the_first_to_before_the_last_millisecond(database):
    write(database, "a", "b", "c", after_s=0.0004)
    begin = time_ms(AT)
    assert read(database, start_ms=begin + 1000)[0] == ["b", "c"]
    assert read(database, end_ms=begin + 2000)[0] == ["a", "b"]
    assert read(database, start_ms=begin, end_ms=10**18)[0] == ["a", "b", "c"]


def test_a_page_is_bounded_in_size(database, monkeypatch):
    monkeypatch.setattr(log_events, "MOST_BYTES", 100)
    write(database, *["x" * 60] * 5)
    texts, page = read(database)
    assert len(texts) == 2
    assert len(read(database, Place.read(page.forward))[0]) == 2
    found, last = words(database, "")
    assert len(found) == 2
    assert len(words(database, "", after=last)[0]) == 2


@pytest.mark.parametrize(("pattern", "found"), [
    ("", ["an Error here", "no error", "100% [done]"]),
    ("Error", ["an Error here"]),
    ('"no error"', ["no error"]),
    ("here an", ["an Error here"]),
    ("?here ?done", ["an Error here", "100% [done]"]),
    ("-error", ["an Error here", "100% [done]"]),
    ("100%", ["100% [done]"]),
    ('"[done]"', ["100% [done]"]),
])  # fmt: skip
def test_lines_are_found_by_words(database, pattern, found):
    write(database, "an Error here", "no error", "100% [done]")
    assert words(database, pattern) == (found, None)


@pytest.mark.parametrize("pattern", ['{ $.a = "b" }', "[a, b]", "%re%", '"open'])
def test_patterns_that_are_more_than_words_are_refused(pattern):
    with pytest.raises(InvalidRequestError, match="Invalid filter pattern"):
        Terms.read(pattern)


def test_found_lines_come_in_pages_over_all_streams(database):
    write(database, "a1", "a2", stream="a")
    write(database, "b1", stream="b")
    texts, last = words(database, "", limit=2)
    assert texts == ["a1", "a2"]
    assert words(database, "", after=last) == (["b1"], None)


def test_streams_are_listed_by_name_and_by_last_line_in_pages(database):
    for at, name in enumerate(["b", "B", "a", "c"]):
        write(database, "x", stream=name, after_s=at)
    with database.read() as connection:

        def names(**params):
            found: list[str] = []
            token = None
            while not found or token:
                given = params | ({"nextToken": token} if token else {})
                rows, token = log_places.streams(connection, GROUP, {"limit": 3, **given})
                found += [row.name for row in rows]
            return found

        assert sorted(names()) == ["B", "a", "b", "c"]
        assert names(descending=True) == names()[::-1]
        assert names(orderBy="LastEventTime", descending=True) == ["c", "a", "B", "b"]
        assert names(logStreamNamePrefix="b") == ["b"]


def test_lines_of_a_job_keep_their_order_when_the_clock_steps_back(database):
    clock = iter([AT, AT - timedelta(hours=1), AT + timedelta(seconds=1)])
    with JobLog(database, GROUP, STREAM, lambda: next(clock)) as log:
        for text in "abc":
            log(text)
    _, page = read(database)
    assert [row.at for row in page.lines] == [AT, AT, AT + timedelta(seconds=1)]


def test_old_lines_are_forgotten_and_streams_without_lines(database):
    write(database, "a", "b", stream="old")
    write(database, "c", "d", after_s=100)
    with database.write() as connection:
        portions = [prune(connection, AT + timedelta(seconds=101), limit=2) for _ in range(3)]
        assert prune_streams(connection, AT + timedelta(seconds=101)) == 1
        rows, _ = log_places.streams(connection, GROUP, {})
    assert (portions, [row.name for row in rows]) == ([2, 1, 0], [STREAM])
    assert read(database)[0] == ["d"]


def test_lines_of_a_job_are_those_of_its_streams_alone_in_the_order_in_which_they_came(database):
    for stream, text in (("job/1", "a"), ("Job/1", "x"), ("job2/1", "x"), ("job/2", "b"), ("job/1", "c")):
        write(database, text, stream=stream)
    with database.read() as connection:
        lines = lines_of(connection, GROUP, "job", limit=2)
        rest = lines_of(connection, GROUP, "job", after=lines[-1][0], limit=2)
        assert lines_of(connection, GROUP, "jo", limit=2) == []
    assert [text for _, _, text in lines + rest] == ["a", "b", "c"]
