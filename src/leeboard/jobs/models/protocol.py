"""What a model is sent and where its answers have what, as Clarify's `predictor` says it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from leeboard.errors import InputError

Kind = Literal["csv", "jsonlines", "json"]
CSV, JSON_LINES, JSON = "text/csv", "application/jsonlines", "application/json"
KINDS: dict[str, Kind] = {
    CSV: "csv",
    JSON_LINES: "jsonlines",
    "application/x-jsonlines": "jsonlines",
    "application/jsonl": "jsonlines",
    "application/x-ndjson": "jsonlines",
    JSON: "json",
}
LINES_TEMPLATE = '{"features":$features}'
CONTENT_TEMPLATE = '{"instances":$records}'
RECORD_TEMPLATE = "$features"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelProtocol:
    """How one model is talked to.

    Attributes:
        content_type, accept_type: what is sent and what is wanted back; the same if not given.
        content_template: text around the records; without one, `{"features":$features}` for each line of
            JSON Lines, and `{"instances":$records}` for JSON.
        record_template: text of one record in JSON; without one, the list of its features.
        label, probability: index of a cell of CSV, or JMESPath.
        label_headers: the classes, in the order of the scores.
        custom_attributes, target_model: passed on as headers.

    Raises:
        InputError: it is a content type that leeboard does not write or read.
    """

    content_type: str = CSV
    accept_type: str | None = None
    content_template: str | None = None
    record_template: str | None = None
    label: int | str | None = None
    probability: int | str | None = None
    label_headers: Sequence[str] = ()
    custom_attributes: str | None = None
    target_model: str | None = None

    def __post_init__(self) -> None:
        known = (self.sent, self.wanted)  # both refuse what they do not know
        if known[1] == "csv":
            for name in ("label", "probability"):
                _check_index(name, getattr(self, name))

    @property
    def sent(self) -> Kind:
        return _kind(self.content_type, "content type")

    @property
    def wanted(self) -> Kind:
        return _kind(self.accept, "accept type")

    @property
    def accept(self) -> str:
        return self.accept_type or self.content_type


def kind_of(content_type: str | None) -> Kind | None:
    """The kind of a content type, whatever its parameters; None for one that is not known."""
    return KINDS.get((content_type or "").partition(";")[0].strip().lower())


def _kind(content_type: str, what: str) -> Kind:
    kind = kind_of(content_type)
    if kind is None:
        raise InputError(
            f"the predictor's {what} is {content_type!r}, which leeboard does not exchange with models; "
            f"it knows {CSV}, {JSON_LINES} and {JSON}: set content_type and accept_type of the predictor"
        )
    return kind


def _check_index(name: str, locator: int | str | None) -> None:
    if locator is not None and not str(locator).isdecimal():
        raise InputError(
            f"the predictor's {name} is {locator!r}, but the model answers in CSV, where it is the index of "
            f"a column from 0; for JMESPath set accept_type to {JSON_LINES} or {JSON}"
        )
