"""`leeboard proxy`."""

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from socket import socket

    from leeboard.capture.middleware import CaptureMiddleware


def proxy(
    upstream: Annotated[str, typer.Argument(help="URL of the model server.", metavar="UPSTREAM")],
    endpoint: Annotated[str, typer.Option(help="Name under which the model is monitored.", metavar="NAME")],
    capture_to: Annotated[
        str, typer.Option(help="Folder or s3:// prefix for the captures of all endpoints.", metavar="URI")
    ],
    port: Annotated[int, typer.Option(help="Where to listen; 0 takes a free one.")] = 7071,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    path: Annotated[
        list[str] | None,
        typer.Option(help="A path that asks the model, * for anything. May be repeated.", metavar="PATH"),
    ] = None,
    sample: Annotated[float, typer.Option(help="Requests of 100 that are captured.", min=0, max=100)] = 100.0,
    csv_type: Annotated[
        list[str] | None,
        typer.Option(help="A media type to keep as CSV text. May be repeated.", metavar="TYPE"),
    ] = None,
    json_type: Annotated[
        list[str] | None,
        typer.Option(help="A media type to keep as JSON text. May be repeated.", metavar="TYPE"),
    ] = None,
    variant: Annotated[str, typer.Option(help="The variant that answers.", metavar="NAME")] = "AllTraffic",
    model_from_path: Annotated[
        bool, typer.Option("--model-from-path", help="Record NAME of /v2/models/NAME/infer as target model.")
    ] = False,
    spool: Annotated[
        str | None, typer.Option(help="Folder on local disk for what is not stored yet.", metavar="DIR")
    ] = None,
    disk_limit: Annotated[
        float, typer.Option(help="Percent of disk use above which capture stops.", min=0, max=100)
    ] = 75.0,
    timeout: Annotated[float, typer.Option(help="Seconds that the model may be silent.", min=0.1)] = 300.0,
    metrics_port: Annotated[int | None, typer.Option(help="Serve Prometheus metrics there.")] = None,
) -> None:
    """Pass requests on to a model server and capture them.

    Captured are POST and PUT to /invocations and /v2/models/*/infer, or to each --path, that are answered
    with success; text/csv, application/json and application/jsonlines are kept as text.

    \b

    [bold]Example[/bold]

      leeboard proxy http://127.0.0.1:8080 --endpoint churn --capture-to s3://bucket/captures
    """
    import uvicorn

    from leeboard.capture.middleware import DEFAULT_PATHS, CaptureMiddleware
    from leeboard.capture.proxy import Proxy
    from leeboard.capture.settings import TEXT_TYPES
    from leeboard.cli.output import results

    app = CaptureMiddleware(
        Proxy(upstream, answer_timeout_s=timeout),
        endpoint=endpoint,
        destination=capture_to,
        variant=variant,
        paths=path or DEFAULT_PATHS,
        spool=spool,
        sampling_percentage=sample,
        csv_types=csv_type or tuple(TEXT_TYPES.csv),
        json_types=json_type or tuple(TEXT_TYPES.json),
        model_from_path=model_from_path,
        disk_limit=disk_limit / 100,
    )
    if metrics_port is not None:
        _serve_metrics(app, host, metrics_port)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="on",
        server_header=False,
        date_header=False,
        proxy_headers=False,
        ws="none",
    )
    with _listening(host, port) as listening, suppress(KeyboardInterrupt):
        shown = f"http://{host}:{listening.getsockname()[1]}"
        line = f"listening at {shown}, passing on to {upstream}, capturing to {capture_to}"
        results().print(line, markup=False, highlight=False, soft_wrap=True)
        uvicorn.Server(config).run(sockets=[listening])


def _listening(host: str, port: int) -> "socket":
    """Takes connections at once, which wait until they are served."""
    from socket import AF_INET, AF_INET6, create_server

    from leeboard.errors import InputError

    try:
        return create_server((host, port), family=AF_INET6 if ":" in host else AF_INET, backlog=2048)
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"cannot listen at {host}:{port} ({reason}); choose another --port") from error


def _serve_metrics(app: "CaptureMiddleware", host: str, port: int) -> None:
    from prometheus_client import CollectorRegistry, start_http_server

    from leeboard.capture.metrics import CaptureCollector

    registry = CollectorRegistry()
    registry.register(CaptureCollector(app.recorder.spool))
    start_http_server(port, addr=host, registry=registry)
