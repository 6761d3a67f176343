"""Charts as data; the browser draws them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from markupsafe import Markup
from pydantic_core import to_json

from leeboard.dashboard.numbers import Numbers, numbers_of

Kind = Literal["lines", "bars", "histogram", "heat", "ranks", "matrix", "curve", "calibration", "scatter"]
SCRIPT_SAFE = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart.

    Args:
        kind: how it is drawn; `static/charts.js` knows the form of each kind's data.
        title: says what is seen, in words.
        data: numbers, texts, None for gaps; times as `2026-11-26T10:00:00Z`.
        name: its file name when it is saved.
        height: in pixels.
    """

    kind: Kind
    title: str
    data: Mapping[str, Any]
    name: str = "chart"
    height: int = 240

    @property
    def numbers(self) -> Numbers:
        """The same as a table, for those who read rather than look."""
        return numbers_of(self.kind, self.data)

    @property
    def json(self) -> Markup:
        """The data as they stand in a script element, whatever text is in them."""
        text = to_json(self.data, inf_nan_mode="null").decode()
        return Markup(text.translate(SCRIPT_SAFE))  # noqa: S704 - no character of markup is left
