"""`leeboard serve`."""

from typing import Annotated

import typer


def serve(
    home: Annotated[str | None, typer.Option(help="Folder of everything that lasts.", metavar="DIR")] = None,
    port: Annotated[int, typer.Option(help="The one port.", min=1, max=65535)] = 7070,
    host: Annotated[
        str, typer.Option(help="Address to listen on; beyond loopback only with keys of your own.")
    ] = "127.0.0.1",
    models: Annotated[
        str | None,
        typer.Option(
            help='JSON list of what stands for which image: [{"image": "*/xgboost:*", "url": "http://..."}].',
            metavar="FILE",
        ),
    ] = None,
    jobs: Annotated[
        str | None,
        typer.Option(
            help="JSON list of programs that stand for images in processing jobs: "
            '[{"image": "*/my-monitor:*", "command": "python3 monitor.py"}].',
            metavar="FILE",
        ),
    ] = None,
    s3_url: Annotated[
        str | None,
        typer.Option(help="Keep objects in this S3 (or `aws`), not in the home folder.", metavar="URL"),
    ] = None,
    database_url: Annotated[
        str | None,
        typer.Option(help="Keep the state in PostgreSQL: postgresql://USER@HOST/NAME.", metavar="URL"),
    ] = None,
    workers: Annotated[int, typer.Option(help="Jobs that run at the same time.", min=0, max=64)] = 2,
    region: Annotated[str, typer.Option(help="Region in ARNs.")] = "us-east-1",
    account: Annotated[str, typer.Option(help="Account in ARNs: twelve digits.")] = "000000000000",
    missed_windows: Annotated[
        str, typer.Option(help="Windows that were due while no server ran: catch-up or skip.")
    ] = "catch-up",
    capture_disk_limit: Annotated[
        float, typer.Option(help="Share of the disk in use above which capture pauses.", min=0.05, max=1.0)
    ] = 0.75,
    retention_days: Annotated[
        int, typer.Option(help="Age at which logs and metrics are forgotten; 0 keeps them.", min=0, max=36500)
    ] = 90,
    keep_history_days: Annotated[
        int,
        typer.Option(
            help="Age at which executions, their jobs and alerts that are over are forgotten; 0 keeps them.",
            min=0,
            max=36500,
        ),
    ] = 0,
    container_engine: Annotated[
        str | None,
        typer.Option(
            help="What runs images of your own: auto, none, podman, the socket of Docker or Podman as "
            "unix:///PATH, or kubernetes:NAMESPACE?claim=NAME. Default: LEEBOARD_CONTAINER_ENGINE; else auto "
            "with --images, and none without.",
            metavar="ENGINE",
        ),
    ] = None,
    images: Annotated[
        list[str] | None,
        typer.Option(
            help="Images of your own that may run, a pattern such as 'registry.example/monitors/*'; may be "
            "given several times. Default: LEEBOARD_IMAGES, with commas between; else any.",
            metavar="PATTERN",
        ),
    ] = None,
    alerts: Annotated[
        str | None,
        typer.Option(help="TOML file of alert rules, sinks and routes; see docs/alerts.md.", metavar="FILE"),
    ] = None,
    emit: Annotated[
        str | None,
        typer.Option(
            help="Send what monitors emit to these, too: cloudwatch, otel=http://HOST:4318, "
            "statsd=HOST:8125. Default: LEEBOARD_EMIT.",
            metavar="LIST",
        ),
    ] = None,
    metric_series: Annotated[
        int, typer.Option(help="Most series of one family at /metrics; trouble comes first.", min=1)
    ] = 10_000,
    metrics_access: Annotated[
        str | None,
        typer.Option(
            help="Who may read /metrics: auto (programs of this machine; others by token), open, token. "
            "Default: LEEBOARD_METRICS_ACCESS; else auto.",
            metavar="WHO",
        ),
    ] = None,
    public_url: Annotated[
        str | None,
        typer.Option(help="How a proxy in front is asked: https://leeboard.example.org.", metavar="URL"),
    ] = None,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(
            help="Network of proxies that tell the client's address, such as 10.0.0.0/8; may be repeated.",
            metavar="NETWORK",
        ),
    ] = None,
    compat: Annotated[str, typer.Option(help="`strict` keeps AWS's narrow rules for schedules.")] = "default",
) -> None:
    """Serve AWS's API, S3 and invocations on one port, and run schedules and jobs.

    Everything is kept in the home folder. At the first start a key pair is made; what clients need is
    printed, and `leeboard env` prints it again.
    \b

    [bold]Examples[/bold]

      leeboard serve

      leeboard serve --home /srv/leeboard --port 8080 --models models.json
    """
    from leeboard.cli.serving import ServeOptions, run_server

    run_server(
        ServeOptions(
            home=home,
            port=port,
            host=host,
            models=models,
            jobs=jobs,
            s3_url=s3_url,
            database_url=database_url,
            workers=workers,
            region=region,
            account=account,
            missed_windows=missed_windows,
            capture_disk_limit=capture_disk_limit,
            retention_days=retention_days,
            keep_history_days=keep_history_days,
            container_engine=container_engine,
            images=images or (),
            alerts=alerts,
            emit=emit,
            metric_series=metric_series,
            metrics_access=metrics_access,
            public_url=public_url,
            trusted_proxies=trusted_proxy or (),
            compat=compat,
        )
    )
