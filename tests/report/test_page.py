from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import polars as pl

from leeboard.compare import Comparison, DriftScore, Finding
from leeboard.report.content import ReportContent
from leeboard.report.page import render_page
from leeboard.tables import Malformed, Tally

Maker = Callable[..., ReportContent]
Frames = Callable[..., tuple[pl.DataFrame, pl.DataFrame]]
HOSTILE = "<script>alert(1)</script>\"'&\u202e\x1b[31m"
VOID = {"meta", "link", "input", "br"}


class Page(HTMLParser):
    """Elements with their attributes, and the text outside style and script; fails on bad nesting."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def values(self, tag: str, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for name, attrs in self.elements if name == tag and attribute in attrs]


def test_every_column_has_a_row_and_ids_are_unique(make: Maker, frames: Frames) -> None:
    was, now = frames(20)
    page = Page(render_page(make(was, now)))
    assert all(page.text.count(f"column_{i}") >= 1 for i in range(20))
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert set(page.values("use", "href")) <= {f"#{key}" for key in ids}


def test_hostile_names_and_values_are_shown_and_never_obeyed(make: Maker) -> None:
    frame = pl.DataFrame({HOSTILE: [HOSTILE, "b", HOSTILE], "x": [1, 2, 3]})
    finding = Finding(HOSTILE, HOSTILE, HOSTILE, None, None, HOSTILE)
    tally = Tally.of([Malformed(HOSTILE, 3, HOSTILE, HOSTILE)])
    content = make(
        frame, frame, comparison=Comparison([finding], [], [HOSTILE]), tally=tally, title=HOSTILE,
        log=(HOSTILE,), window=HOSTILE, baseline_name=HOSTILE, current_name=HOSTILE,
    )  # fmt: skip
    html = render_page(content)
    assert html.count("<script>") == 1
    assert "\u202e" not in html
    assert "\x1b" not in html
    assert "<script>alert(1)</script>\"'&\\u202e\\x1b[31m" in Page(html).text


def test_a_half_character_in_a_name_can_still_be_written(make: Maker) -> None:
    frame = pl.DataFrame({"x": [1, 2]})
    content = make(frame, frame, title="\ud800")
    assert "\\ud800" in render_page(content).encode("utf-8").decode()


def test_nothing_is_loaded_and_only_our_own_script_may_run(make: Maker, frames: Frames) -> None:
    html = render_page(make(*frames(8)))
    page = Page(html)
    assert "http:" not in html
    assert "https:" not in html
    assert "url(" not in html
    assert page.values("link", "href") == ["data:,"]
    assert not any("src" in attrs or "style" in attrs for _, attrs in page.elements)
    policy = next(a["content"] or "" for t, a in page.elements if t == "meta" and "http-equiv" in a)
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_twenty_columns_stay_under_a_megabyte_and_five_hundred_under_three(
    make: Maker, frames: Frames
) -> None:
    assert len(render_page(make(*frames(20))).encode()) < 200_000
    assert len(render_page(make(*frames(500))).encode()) < 3_000_000


def test_violations_come_before_columns_and_link_to_them(make: Maker, frames: Frames) -> None:
    was, now = frames(4)
    finding = Finding("column_2", "completeness_check", "text", 0.88, 1.0, "look here")
    html = render_page(make(was, now, comparison=Comparison([finding], [], [])))
    assert html.index('id="violations"') < html.index('id="columns"')
    assert '<a href="#c3"><bdi>column_2</bdi></a>' in html
    text = Page(html).text
    assert "1 of 4 columns broke its constraints." in text
    assert all(words in text for words in ("all cells present", "88%", "look here"))


def test_what_needs_attention_is_listed_first(make: Maker, frames: Frames) -> None:
    was, now = frames(4)
    scores = [
        DriftScore(f"column_{i}", "ks", distance, 0.1, 0.5, 0.5, distance > 0.1, "evidence")
        for i, distance in enumerate((0.01, 0.05, 0.0, 0.3))
    ]
    html = render_page(make(was, now, comparison=Comparison([], scores, [])))
    order = [html.index(f'id="c{i}"') for i in (4, 2, 1, 3)]
    assert order == sorted(order)


def test_a_violation_of_several_columns_links_to_each_of_them(make: Maker) -> None:
    was = pl.DataFrame({"a": [1, 2], "b": [1, 2], "c": [1, 2]})
    finding = Finding("b, c", "missing_column_check", "text", 1.0, 3.0)
    html = render_page(make(was, was[["a"]], comparison=Comparison([finding], [], [])))
    assert '<a href="#c2"><bdi>b</bdi></a>, <a href="#c3"><bdi>c</bdi></a>' in html
    assert html.count('<span class="tag gone">gone</span>') == 2


def test_malformed_records_are_shown_with_file_line_reason_and_text(make: Maker, frames: Frames) -> None:
    tally = Tally(7, (Malformed("day/part.jsonl", 12, "half a record", '{"a": '),))
    text = Page(render_page(make(*frames(2), tally=tally))).text
    assert all(words in text for words in ("day/part.jsonl", "12", "half a record", '{"a": ', "7 records"))


def test_no_violation_is_said_in_words(make: Maker, frames: Frames) -> None:
    text = Page(render_page(make(*frames(3)))).text
    assert "All 3 columns kept their constraints; drift was not measured." in text


def test_a_baseline_report_has_constraints_in_place_of_violations(make: Maker, frames: Frames) -> None:
    content = make(None, frames(4)[0], kind="baseline", comparison=None)
    html = render_page(content)
    assert 'id="violations"' not in html
    assert "500 rows in 4 columns; constraints are suggested for every column." in html
    assert "no cell missing" in html


def test_columns_without_values_and_constant_columns_can_be_drawn(make: Maker) -> None:
    frame = pl.DataFrame(
        {"none": [None, None], "same": [7.0, 7.0], "text": ["a", "a"], "huge": [-1.7e308, 1.7e308]}
    )
    html = render_page(make(frame, frame))
    assert "No value to draw." in html
    assert "Unknown" in html
    drawn = [
        value
        for tag, attrs in Page(html).elements
        for value in attrs.values()
        if tag in ("path", "g", "text")
    ]
    assert not [value for value in drawn if value and ("nan" in value.lower() or "inf" in value.lower())]


def test_no_rows_at_all_still_make_a_page(make: Maker, frames: Frames) -> None:
    was, now = frames(4)
    assert "0 rows" not in render_page(make(was, now.clear()))
    assert "0 rows in 4 columns" in render_page(make(None, now.clear(), comparison=None))


def test_missing_baseline_statistics_are_explained_by_the_notes(make: Maker, frames: Frames) -> None:
    content = make(
        None, frames(2)[0], comparison=Comparison([], [], ["no baseline statistics: drift was not measured"])
    )
    html = render_page(content)
    assert "no baseline statistics: drift was not measured" in html
    assert '<th scope="col" data-s="2">Drift</th>' not in html


def test_columns_of_the_same_name_each_have_a_row(make: Maker) -> None:
    content = make(None, pl.DataFrame({"a": [1], "b": [2]}))
    twice = content.statistics.model_copy(update={"features": [content.statistics.features[0]] * 2})
    assert render_page(replace(content, statistics=twice)).count("<bdi>a</bdi>") == 4
