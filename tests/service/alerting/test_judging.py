"""Laws of judging: against a second, plain way to count, over any windows."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from leeboard.alerts.rules import Rule
from leeboard.formats.summary import SeenViolation
from leeboard.service.alerting.judging import judge
from leeboard.service.alerting.windows import Details, SeenWindow

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
STATUSES = ("Completed", "CompletedWithViolations", "Failed")
NAMES = ("a", "b", "c")


def window(n: int, status: str, n_violations: int, names: list[str], distance: float) -> SeenWindow:
    reason = "Job inputs had no data" if n_violations == 0 else "broke"
    details = Details(
        [
            SeenViolation(monitor="m", check="c", subject=name, description="d", columns=[name])
            for name in names
        ],
        {"a": distance},
    )
    count = n_violations + 1 if status == "CompletedWithViolations" else 0
    return SeenWindow(n, START + n * HOUR, START + (n + 1) * HOUR, status, reason, count, lambda: details)


@st.composite
def histories(draw: st.DrawFn) -> list[SeenWindow]:
    """Newest first."""
    each = st.tuples(
        st.sampled_from(STATUSES),
        st.integers(0, 4),
        st.lists(st.sampled_from(NAMES), max_size=4),
        st.floats(0, 1),
    )
    drawn = draw(st.lists(each, max_size=30))
    return [window(n, *parts) for n, parts in enumerate(drawn)][::-1]


numbers = st.integers(1, 8).flatmap(lambda of: st.tuples(st.integers(1, of), st.just(of)))
conditions = st.sampled_from(["violations", "failed", "no-data", "distance"])


def rule(when: Any, windows: int, of: int, *, above: float | None = None) -> Rule:
    return Rule(name="r", when=when, windows=windows, of=of, above=0.5 if when == "distance" else above)


def is_bad(when: str, seen: SeenWindow) -> bool | None:
    """The second way."""
    failed = seen.status == "Failed"
    if when in ("failed", "no-data"):
        return failed and seen.has_no_data == (when == "no-data")
    if failed:
        return None
    if when == "distance":
        return seen.details.distances["a"] > 0.5
    return seen.status == "CompletedWithViolations"


@settings(max_examples=50)
@given(conditions, numbers, histories())
def test_it_is_told_if_and_only_if_so_many_of_the_last_are_bad(when, pair, history):
    known = [bad for seen in history if (bad := is_bad(when, seen)) is not None][: pair[1]]
    found = judge(rule(when, *pair), history)
    assert (found is None) == (not known)
    assert bool(found) == (sum(known) >= pair[0])


@settings(max_examples=50)
@given(conditions, numbers, histories())
def test_who_asks_for_more_bad_windows_is_never_told_more(when, pair, history):
    windows, of = pair
    more = judge(rule(when, min(windows + 1, of), of), history)
    assert not more or judge(rule(when, windows, of), history)


@settings(max_examples=50)
@given(numbers, histories(), st.floats(0, 3), st.floats(0, 3))
def test_a_higher_limit_never_tells_more(pair, history, one, other):
    low, high = sorted((one, other))
    higher = judge(rule("violations", *pair, above=high), history)
    assert not higher or judge(rule("violations", *pair, above=low), history)


@settings(max_examples=50)
@given(conditions, numbers, histories())
def test_windows_before_those_that_count_change_nothing(when, pair, history):
    n_known, cut = 0, len(history)
    for n, seen in enumerate(history):
        n_known += is_bad(when, seen) is not None
        if n_known == pair[1]:
            cut = n + 1
            break
    assert judge(rule(when, *pair), history) == judge(rule(when, *pair), history[:cut])


@settings(max_examples=50)
@given(numbers, histories())
def test_features_by_themselves_are_a_part_of_all_together(pair, history):
    apart = Rule(name="r", when="violations", windows=pair[0], of=pair[1], per="feature")
    found = judge(apart, history) or []
    ended = [seen for seen in history if seen.status != "Failed"][: pair[1]]
    for name in NAMES:
        n = sum(
            any(each.subject == name for each in seen.details.violations)
            for seen in ended
            if seen.status == "CompletedWithViolations"
        )
        assert (name in {each.feature for each in found}) == (n >= pair[0])
