"""Spans of runs as the strips of pages show them."""

from collections.abc import Sequence
from functools import lru_cache

from markupsafe import Markup, escape

from leeboard.dashboard.rendering import ROOT, instant
from leeboard.service.views.strips import Span, Spans

CLASSES = {None: "missing", "in violation": "violations"}
"""Where they are not the state with hyphens."""


def strip(held: Sequence[Span], spans: Spans, label: str, *, is_tall: bool = False) -> Markup:
    """A mark for each span, leading to the latest of the worst runs in it.

    A page has thousands of marks, so they are put together here rather than by a template; no text of
    strangers is among them but the label.
    """
    marks = "".join(map(_mark, held, _times(spans)))
    kind = "strip tall" if is_tall else "strip"
    return Markup(f'<ol class="{kind}" aria-label="{escape(label)}">{marks}</ol>')  # noqa: S704 - see above


@lru_cache(maxsize=16)
def _times(spans: Spans) -> Sequence[str]:
    """The same of all strips of a page, in words."""
    return [f"{instant(at)} to {instant(at + spans.length)[-5:]}" for at in spans.starts]


def _mark(span: Span, when: str) -> str:
    name = CLASSES.get(span.state) or str(span.state).replace(" ", "-")
    said = told(span, when)
    if span.execution_id is None:
        return f'<li class="run run-{name}"><span title="{said}"></span></li>'
    path = f"{ROOT}/executions/{span.execution_id}"
    return f'<li class="run run-{name}"><a href="{path}" title="{said}"></a></li>'


def told(span: Span, when: str) -> str:
    """What a mark stands for, in words."""
    if span.state is None:
        return f"{when}: no run"
    many = f", {span.n_bad} of {span.n_runs} runs bad" if span.n_runs > 1 and span.n_bad else ""
    return f"{when}: {span.state}{many}"
