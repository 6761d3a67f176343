"""What one server is told at its start."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from leeboard.alerts.document import AlertsFile
from leeboard.emit.choices import Choice
from leeboard.jobs.local.mapping import JobMap

REGION = "us-east-1"
ACCOUNT = "000000000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Places and limits of one server.

    Attributes:
        home: folder of everything that lasts on this machine.
        database_url: of the state; None for a file in the home folder.
        s3_url: a foreign S3 that keeps the objects; None for the embedded one.
        region, account: what ARNs say.
        n_workers: jobs that run at the same time.
        lease_s: how long a worker that is silent keeps its work.
        grace_s: how long after the end of a window its last records may take to arrive.
        missed: what becomes of windows that were due while nobody ran: `catch-up` or `skip`.
        catch_up_limit: windows of one schedule that are made up for, the latest ones.
        attempts: how often work may fail by a fault of ours before it is given up; to be left by a server
            that died does not count as that.
        is_strict: reproduce AWS's defects and narrow rules.
        disk_limit: share of the disk in use above which capture pauses.
        job_memory_bytes: address space of a job's process, or memory of its container; None for no limit.
        job_cpus: that a job's container may use; None for no limit.
        container_engine: what runs own images: `none`, `auto`, `podman`, a URL, or `kubernetes...`.
        images: patterns of the own images that may run in containers; none for any.
        jobs: programs of this machine that stand for own images in processing jobs.
        retention_days: age at which logs and metrics are forgotten; None to keep them.
        history_days: age at which executions, their jobs and alerts that are over are forgotten; None to
            keep them.
        public_url: by which a proxy in front is asked; None without one.
        trusted_proxies: networks whose word about the client's address counts, beside loopback.
        alerts: rules, sinks and routes that the server was started with.
        metric_series: series of one family at `/metrics`.
        metrics_access: who may read `/metrics`: `auto` (programs of this machine, others by token), `open`
            or `token`.
        emitters: where the numbers of monitors are sent, beside the server's own store.
    """

    home: Path
    database_url: str | None = None
    s3_url: str | None = None
    region: str = REGION
    account: str = ACCOUNT
    n_workers: int = 2
    lease_s: float = 20.0
    grace_s: float = 2.0
    missed: str = "catch-up"
    catch_up_limit: int = 500
    attempts: int = 5
    is_strict: bool = False
    disk_limit: float = 0.75
    job_memory_bytes: int | None = None
    job_cpus: float | None = None
    container_engine: str = "none"
    images: tuple[str, ...] = ()
    jobs: JobMap = field(default_factory=JobMap)
    retention_days: int | None = 90
    history_days: int | None = None
    public_url: str | None = None
    trusted_proxies: tuple[str, ...] = ()
    alerts: AlertsFile = field(default_factory=AlertsFile)
    emitters: tuple[Choice, ...] = ()
    metric_series: int = 10_000
    metrics_access: str = "auto"

    @property
    def state_url(self) -> str:
        return self.database_url or f"sqlite:///{self.home / 'state.sqlite'}"

    def history_begins_at(self, now: datetime) -> datetime | None:
        """What is older is forgotten; None if nothing is."""
        return None if self.history_days is None else now - timedelta(days=self.history_days)

    @property
    def objects(self) -> Path:
        return self.home / "objects"

    @property
    def spool(self) -> Path:
        return self.home / "spool"

    @property
    def scratch(self) -> Path:
        return self.home / "work"

    @property
    def models(self) -> Path:
        return self.home / "models"

    @property
    def default_bucket(self) -> str:
        return f"sagemaker-{self.region}-{self.account}"
