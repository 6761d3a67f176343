"""A model behind a URL."""

from typing import Self

import polars as pl

from leeboard.errors import InputError
from leeboard.hosting.upstream import Upstream
from leeboard.jobs.models.answers import AnswerReader
from leeboard.jobs.models.connections import Answer, Connections
from leeboard.jobs.models.predictions import joined, predictions_of
from leeboard.jobs.models.protocol import ModelProtocol
from leeboard.jobs.models.writing import Writer
from leeboard.measures.model import Predictions

MAX_ROWS = 4096
MAX_BYTES = 6_291_456
"""Of a request to InvokeEndpoint."""
TIMEOUT_S = 60.0
RETRIES = 5
PAUSE_S = 0.25
_PREFIX = "X-Amzn-SageMaker-"


class RemoteModel:
    """Asks the server of a model; may be asked from several threads.

    Args:
        url: of a server that follows SageMaker's contract; with a path, of just what takes the requests.
        protocol: what is sent and how answers are read.
        max_rows, max_bytes: of one request; more rows go in several.
        timeout_s: for an answer.
        n_retries: after 429, 502, 503, 504 and lost connections.
        pause_s: before the first retry, doubled for each one after it.

    Raises:
        InputError: the protocol's templates or paths cannot be used.
    """

    def __init__(
        self,
        url: str,
        protocol: ModelProtocol | None = None,
        *,
        max_rows: int = MAX_ROWS,
        max_bytes: int = MAX_BYTES,
        timeout_s: float = TIMEOUT_S,
        n_retries: int = RETRIES,
        pause_s: float = PAUSE_S,
    ) -> None:
        self.protocol = protocol or ModelProtocol()
        self._reader = AnswerReader(self.protocol)
        self._writer = Writer(self.protocol, max_rows=max_rows, max_bytes=max_bytes)
        upstream = _upstream(url)
        self._headers = _headers(self.protocol) | upstream.authorization
        self._connections = Connections(
            str(upstream.invocations),
            upstream.name,
            timeout_s=timeout_s,
            n_retries=n_retries,
            pause_s=pause_s,
        )

    def predict(self, rows: pl.DataFrame) -> Predictions:
        """The model's answers, in as many requests as are needed.

        Raises:
            UnreachableError: there is no answer.
            InputError: the model refuses a request, or its answer does not fit it.
        """
        if not rows.height:
            return Predictions()
        return joined([self._asked(body, n_rows) for n_rows, body in self._writer.bodies(rows)])

    def close(self) -> None:
        """Closes its connections."""
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _asked(self, body: bytes, n_rows: int) -> Predictions:
        answer: Answer = self._connections.post(body, self._headers)
        values = self._reader.read(answer, n_rows)
        return predictions_of(values.labels, values.probabilities, self.protocol.label_headers)


def _upstream(url: str) -> Upstream:
    if not url.startswith(("http://", "https://")):
        raise InputError(f"the model's URL is {url!r}; it has to be like http://127.0.0.1:8080")
    return Upstream.of(url)


def _headers(protocol: ModelProtocol) -> dict[str, str]:
    wanted = {
        "Content-Type": protocol.content_type,
        "Accept": protocol.accept,
        _PREFIX + "Custom-Attributes": protocol.custom_attributes,
        _PREFIX + "Target-Model": protocol.target_model,
    }
    return {name: value for name, value in wanted.items() if value is not None}
