"""From the options of `leeboard serve` to a server that runs."""

import logging
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from math import inf
from pathlib import Path
from socket import AF_INET, AF_INET6, create_server

from leeboard.alerts.document import AlertsFile
from leeboard.api.running import Address, open_service, serve
from leeboard.cli.neighbour import running_in
from leeboard.cli.output import errors
from leeboard.client.places import default_home, reachable
from leeboard.clock import now
from leeboard.emit.choices import checked_choices
from leeboard.errors import InputError, UnknownNameError
from leeboard.hosting.mapping import ModelMap
from leeboard.jobs.containers.finding import AUTO, NONE, checked_name
from leeboard.jobs.local.mapping import JobMap
from leeboard.jobs.options import is_strict
from leeboard.service.access import scraping
from leeboard.service.alerting.takeover import take_over
from leeboard.service.keys import OWN, KeyRing, key_ring
from leeboard.service.settings import Settings

MISSED = ("catch-up", "skip")
DATABASE_URL, LEASE = "LEEBOARD_DATABASE_URL", "LEEBOARD_LEASE_S"
JOB_MEMORY, JOB_CPUS = "LEEBOARD_JOB_MEMORY_GB", "LEEBOARD_JOB_CPUS"
CONTAINER_ENGINE, IMAGES = "LEEBOARD_CONTAINER_ENGINE", "LEEBOARD_IMAGES"
PUBLIC_URL, EMIT = "LEEBOARD_PUBLIC_URL", "LEEBOARD_EMIT"
METRICS_ACCESS = "LEEBOARD_METRICS_ACCESS"
DEFAULT_LEASE_S, SHORTEST_LEASE_S = 20.0, 0.5
_log = logging.getLogger(__name__)
DATABASES = ("postgresql://", "postgres://", "postgresql+psycopg://", "sqlite:///")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """What was said on the command line."""

    home: str | None
    port: int
    host: str
    models: str | None
    jobs: str | None
    s3_url: str | None
    database_url: str | None
    workers: int
    region: str
    account: str
    missed_windows: str
    capture_disk_limit: float
    retention_days: int
    compat: str
    keep_history_days: int = 0
    container_engine: str | None = None
    images: Sequence[str] = ()
    alerts: str | None = None
    emit: str | None = None
    metric_series: int = 10_000
    metrics_access: str | None = None
    public_url: str | None = None
    trusted_proxies: Sequence[str] = ()


def run_server(options: ServeOptions) -> None:
    """Serve until a signal ends it.

    Raises:
        InputError: an option cannot be used.
    """
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    settings = settings_of(options, os.environ)
    _make_home(settings.home)
    keys = key_ring(settings.home, adopts_aws=settings.s3_url is not None)
    _refuse_open_doors(options.host, keys)
    _refuse_taken_port(options.host, options.port)
    _tell_of_another(settings.home)
    models = ModelMap.read(options.models) if options.models else ModelMap(())
    service = open_service(settings, models)
    take_over(service.database, settings.alerts, now())
    address = Address(options.host, options.port)
    serve(service, keys, address, lambda: _greet(settings, address, keys))


def settings_of(options: ServeOptions, environment: Mapping[str, str]) -> Settings:
    """The settings that the options mean.

    Raises:
        InputError: one of them cannot be.
    """
    if options.missed_windows not in MISSED:
        raise UnknownNameError("policy for missed windows", options.missed_windows, MISSED)
    if not re.fullmatch(r"\d{12}", options.account):
        raise InputError(f"the account is {options.account!r}; expected twelve digits")
    images = _images(options.images, environment.get(IMAGES, ""))
    home = options.home or environment.get("LEEBOARD_HOME")
    place = Path(home).expanduser().resolve() if home else default_home(environment)
    return Settings(
        home=place,
        database_url=_database_url(options.database_url or environment.get(DATABASE_URL)),
        s3_url=_s3_url(options),
        region=options.region,
        account=options.account,
        n_workers=options.workers,
        lease_s=_number(environment, LEASE, DEFAULT_LEASE_S, least=SHORTEST_LEASE_S),
        job_memory_bytes=int(_number(environment, JOB_MEMORY, 0) * (1 << 30)) or None,
        job_cpus=_number(environment, JOB_CPUS, 0) or None,
        container_engine=checked_name(
            options.container_engine or environment.get(CONTAINER_ENGINE) or (AUTO if images else NONE)
        ),
        images=images,
        jobs=_jobs(options.jobs, place),
        missed=options.missed_windows,
        disk_limit=options.capture_disk_limit,
        retention_days=options.retention_days or None,
        history_days=options.keep_history_days or None,
        is_strict=is_strict(options.compat),
        alerts=AlertsFile.read(options.alerts) if options.alerts else AlertsFile(),
        emitters=checked_choices(options.emit or environment.get(EMIT, "")),
        metric_series=options.metric_series,
        metrics_access=_metrics_access(options.metrics_access or environment.get(METRICS_ACCESS)),
        public_url=options.public_url or environment.get(PUBLIC_URL) or None,
        trusted_proxies=tuple(options.trusted_proxies or ()),
    )


def _images(asked: Sequence[str], told: str) -> tuple[str, ...]:
    """Patterns of images; a variable has them with commas between."""
    return tuple(pattern.strip() for pattern in asked or told.split(",") if pattern.strip())


def _metrics_access(given: str | None) -> str:
    if given and given not in scraping.ACCESS:
        raise UnknownNameError("access to the metrics", given, scraping.ACCESS)
    return given or scraping.AUTO


def _jobs(file: str | None, home: Path) -> JobMap:
    if file is None:
        return JobMap()
    jobs = JobMap.read(file)
    if jobs.folder.resolve() == home.resolve():
        raise InputError(
            f"--jobs names {file}, which is in the home folder of the server. Its programs start beside it "
            "and must not see that folder: move them to a folder of their own"
        )
    return jobs


def _number(environment: Mapping[str, str], name: str, default: float, *, least: float = 0.0) -> float:
    given = environment.get(name)
    try:
        number = float(given) if given else default
    except ValueError:
        number = -1.0
    if not least <= number < inf:
        raise InputError(f"{name} is {given!r}; expected a number of at least {least:g}")
    return number


def _database_url(given: str | None) -> str | None:
    """The message leaves out what stands behind the scheme, as a password may be in it."""
    if given and not given.startswith(DATABASES):
        scheme = given.partition(":")[0][:20]
        raise InputError(
            f"--database-url begins with {scheme!r}; expected postgresql://USER@HOST/NAME, or sqlite:///FILE"
        )
    return given or None


def _s3_url(options: ServeOptions) -> str | None:
    if options.s3_url == "aws":
        return f"https://s3.{options.region}.amazonaws.com"
    if options.s3_url is not None and not options.s3_url.startswith(("http://", "https://")):
        raise InputError(
            f"--s3-url is {options.s3_url!r}; expected a URL that begins with http:// or https://, or aws"
        )
    return options.s3_url


def _refuse_open_doors(host: str, keys: KeyRing) -> None:
    if keys.is_generated and not _is_loopback(host):
        raise InputError(
            f"--host {host} can be reached from other machines, and this server has only the keys that it "
            f"made itself. Set {' and '.join(OWN)} to keys of your own, or listen on 127.0.0.1"
        )


def _refuse_taken_port(host: str, port: int) -> None:
    """Looked at before the home folder is told of this server, as it may be another's that runs there."""
    try:
        create_server((host, port), family=AF_INET6 if ":" in host else AF_INET).close()
    except OSError as error:
        raise InputError(
            f"nothing can listen on port {port} of {host}: {error.strerror or error}. Name another one with "
            "--port or --host, or end the program that has it"
        ) from error


def _make_home(home: Path) -> None:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"the home folder {home} cannot be made: {error.strerror or error}. Name another one with --home"
        ) from error
    if not os.access(home, os.W_OK | os.X_OK):
        raise InputError(
            f"nothing can be written in the home folder {home} by this user: check its rights, and whether "
            "its disk is mounted to be read only, or name another one with --home"
        )


def _tell_of_another(home: Path) -> None:
    """Two servers of one home share its work, but commands find the one that began last."""
    if (other := running_in(home)) is not None:
        _log.warning(
            "a server with this home answers already at %s (process %d): both do its work, and commands that "
            "name no --server ask this one from now on",
            other.url,
            other.pid,
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _greet(settings: Settings, address: Address, keys: KeyRing) -> None:
    say = errors().print
    plain = {"markup": False, "highlight": False, "soft_wrap": True}
    url = reachable(address.url)
    say(f"leeboard serves {address.url} from {settings.home}", **plain)  # type: ignore[arg-type]
    say("Point AWS's clients at it:", **plain)  # type: ignore[arg-type]
    exports = {"AWS_ENDPOINT_URL": url, "AWS_DEFAULT_REGION": settings.region}
    if keys.is_generated:  # keys that were given are known, and stay out of logs
        exports["AWS_ACCESS_KEY_ID"] = keys.access_key
        exports["AWS_SECRET_ACCESS_KEY"] = keys.secrets[keys.access_key]
    if settings.s3_url:
        exports["AWS_ENDPOINT_URL_S3"] = settings.s3_url
    for name, value in exports.items():
        say(f"  export {name}={value}", **plain)  # type: ignore[arg-type]
    say(f"The dashboard: {url}/dashboard/ (leeboard dashboard opens it, logged in)", **plain)  # type: ignore[arg-type]
    say(f'(or: eval "$(leeboard env --home {settings.home})"; Control-C ends the server)', **plain)  # type: ignore[arg-type]
