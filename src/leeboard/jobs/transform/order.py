"""What a batch transform job is asked to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from leeboard.errors import InputError
from leeboard.jobs.transform.jsonpath import JsonPath
from leeboard.jobs.transform.kinds import Kind, kind_of
from leeboard.tables.captured.window import aware

MB = 1 << 20
DEFAULT_PAYLOAD_MB, DEFAULT_RETRIES, DEFAULT_TIMEOUT_S = 6, 3, 600
MAX_WHOLE_BYTES = 1 << 30
"""Of an object that goes out as one payload of a job without a limit of its own."""
MAX_IN_FLIGHT_MB = 100


@dataclass(frozen=True, slots=True)
class CaptureOrder:
    """That the job's inputs and outputs are to be found by a monitor."""

    destination: str
    makes_ids: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformOrder:
    """One batch transform job.

    Attributes:
        name: of the job; together with the start it makes inference ids that are its own.
        started_at: when the job started, which a repeated run must not change.
        source: URI of the input: an object, what is below it, or a manifest.
        output: URI below which the answers go.
        is_split: whether an object is taken apart into lines.
        is_multi: whether a payload holds as many records as fit.
        max_payload_bytes: of the body of one request; 0 for no limit.
        is_assembled: whether every answer ends with a line end.
        joins: whether an answer is put beside its record.
        environment: what the model's program is told, AWS's own variables included.
    """

    name: str
    started_at: datetime
    source: str
    output: str
    is_manifest: bool = False
    is_gzip: bool = False
    is_split: bool = False
    is_multi: bool = True
    max_payload_bytes: int = DEFAULT_PAYLOAD_MB * MB
    n_concurrent: int = 1
    content_type: str | None = None
    accept: str | None = None
    is_assembled: bool = False
    input_filter: JsonPath = field(default_factory=JsonPath)
    output_filter: JsonPath = field(default_factory=JsonPath)
    joins: bool = False
    n_retries: int = DEFAULT_RETRIES
    timeout_s: float = DEFAULT_TIMEOUT_S
    environment: Mapping[str, str] = field(default_factory=dict)
    capture: CaptureOrder | None = None

    @classmethod
    def of(cls, document: Mapping[str, Any], started_at: datetime) -> Self:
        """From the members of CreateTransformJob.

        Raises:
            InputError: it asks for what leeboard does not do, or contradicts itself.
        """
        given, wanted = document["TransformInput"], document["TransformOutput"]
        processing, client = document.get("DataProcessing") or {}, document.get("ModelClientConfig") or {}
        order = cls(
            name=document["TransformJobName"],
            started_at=aware(started_at),
            **_source(given),
            is_gzip=_one_of(given, "CompressionType", "None", "Gzip") == "Gzip",
            is_split=_one_of(given, "SplitType", "None", "Line") == "Line",
            is_multi=_one_of(document, "BatchStrategy", "MultiRecord", "SingleRecord") == "MultiRecord",
            max_payload_bytes=_payload_mb(document) * MB,
            n_concurrent=document.get("MaxConcurrentTransforms") or 1,
            content_type=given.get("ContentType") or None,
            output=wanted["S3OutputPath"],
            accept=wanted.get("Accept") or None,
            is_assembled=_one_of(wanted, "AssembleWith", "None", "Line") == "Line",
            input_filter=JsonPath.parse(processing.get("InputFilter") or "$", "InputFilter"),
            output_filter=JsonPath.parse(processing.get("OutputFilter") or "$", "OutputFilter"),
            joins=_one_of(processing, "JoinSource", "None", "Input") == "Input",
            n_retries=client.get("InvocationsMaxRetries", DEFAULT_RETRIES),
            timeout_s=client.get("InvocationsTimeoutInSeconds") or DEFAULT_TIMEOUT_S,
            environment=_environment(document),
            capture=_capture(document.get("DataCaptureConfig")),
        )
        order.check()
        return order

    def check(self) -> None:
        """Refuses what cannot be done together."""
        in_flight_mb = self.n_concurrent * self.max_payload_bytes // MB
        if in_flight_mb > MAX_IN_FLIGHT_MB:
            raise InputError(
                f"MaxConcurrentTransforms ({self.n_concurrent}) times MaxPayloadInMB is {in_flight_mb}; "
                f"it may be {MAX_IN_FLIGHT_MB} at most"
            )
        if self.input_kind is None and (self.joins or not self.input_filter.is_all):
            raise InputError(
                f"InputFilter and JoinSource need records of CSV or JSON; ContentType is "
                f"{self.content_type!r}: give text/csv, application/json or application/jsonlines"
            )

    @property
    def input_kind(self) -> Kind | None:
        return kind_of(self.content_type)

    @property
    def makes_ids(self) -> bool:
        return self.capture is not None and self.capture.makes_ids

    @property
    def changes_answers(self) -> bool:
        """Whether answers are taken apart into records."""
        return self.joins or self.makes_ids or not self.output_filter.is_all

    @property
    def limit_bytes(self) -> int:
        """Of a payload, and of a record in it."""
        return self.max_payload_bytes or (DEFAULT_PAYLOAD_MB * MB if self.is_split else MAX_WHOLE_BYTES)


def _one_of(document: Mapping[str, Any], member: str, *known: str) -> str:
    """The value of a member that has a few; the first if it is absent."""
    value = str(document.get(member) or known[0])
    if value not in known:
        raise InputError(f"{member} {value!r} is not supported; supported: {', '.join(known)}")
    return value


def _source(given: Mapping[str, Any]) -> dict[str, Any]:
    data = given["DataSource"]["S3DataSource"]
    kind = _one_of(data, "S3DataType", "S3Prefix", "ManifestFile")
    return {"source": data["S3Uri"], "is_manifest": kind == "ManifestFile"}


def _payload_mb(document: Mapping[str, Any]) -> int:
    given = document.get("MaxPayloadInMB")
    return DEFAULT_PAYLOAD_MB if given is None else int(given)


def _environment(document: Mapping[str, Any]) -> dict[str, str]:
    """AWS tells a model's program that it works for a batch, and how; the user's variables win."""
    is_multi = document.get("BatchStrategy") != "SingleRecord"
    told = {
        "SAGEMAKER_BATCH": "true",
        "SAGEMAKER_BATCH_STRATEGY": "MULTI_RECORD" if is_multi else "SINGLE_RECORD",
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": str(_payload_mb(document)),
        "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": str(document.get("MaxConcurrentTransforms") or 1),
    }
    return told | {str(name): str(value) for name, value in (document.get("Environment") or {}).items()}


def _capture(config: Mapping[str, Any] | None) -> CaptureOrder | None:
    if not config:
        return None
    return CaptureOrder(config["DestinationS3Uri"].rstrip("/"), bool(config.get("GenerateInferenceId")))
