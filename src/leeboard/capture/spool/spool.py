"""Takes records, and ships them in the background."""

import atexit
import logging
import os
import random
import shutil
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Event, Lock, Thread, current_thread
from typing import Self

from leeboard.capture.exchange import Exchange
from leeboard.capture.ids import random_id
from leeboard.capture.line import capture_line
from leeboard.capture.settings import CaptureSettings
from leeboard.capture.spool.claim import Claim
from leeboard.capture.spool.counts import Counts, Fate, Tally
from leeboard.capture.spool.disk import DiskGauge, Usage
from leeboard.capture.spool.file import Label
from leeboard.capture.spool.outbox import Outbox
from leeboard.capture.spool.streams import Streams
from leeboard.clock import now as clock_now
from leeboard.errors import InputError

MAX_BODY_BYTES = 6 * 1024 * 1024
"""AWS's limit of a request and of an answer."""
TICK_S = 0.5
ADOPT_S = 15.0
COMPLAIN_S = 60.0

_log = logging.getLogger(__name__)


class Spool:
    """A folder on local disk through which all captured traffic goes.

    Args:
        folder: made if it is not there; several processes may share one.
        disk_limit: the used share of the disk above which nothing is captured, in [0, 1].
        max_age_s: files are cut where the clock passes a multiple of this.
        max_bytes: files are cut before they grow beyond this.
        max_body_bytes: requests and answers longer than this are not captured.
        now: the clock.
        sample: gives the random numbers in [0, 1) that choose requests.
        new_id: makes the ids of records and files.
        disk_usage: asks how full the disk is.
        seconds: a clock that does not jump, for pauses.

    Raises:
        InputError: the folder cannot be made.
    """

    def __init__(
        self,
        folder: Path,
        *,
        disk_limit: float = 0.75,
        max_age_s: float = 60.0,
        max_bytes: int = 8 * 1024 * 1024,
        max_body_bytes: int = MAX_BODY_BYTES,
        now: Callable[[], datetime] = clock_now,
        sample: Callable[[], float] = random.random,
        new_id: Callable[[], str] = random_id,
        disk_usage: Callable[[Path], Usage] = shutil.disk_usage,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = folder
        self.max_body_bytes = max_body_bytes
        self.every_pass: list[Callable[[], None]] = []
        """Called by the background thread some times a second."""
        self._now = now
        self._sample = sample
        self._new_id = new_id
        self._seconds = seconds
        self._disk = DiskGauge(folder, disk_limit, disk_usage, seconds)
        self._cutting = (max_age_s, max_bytes)
        _make(folder)
        self._begin()
        _call_after_fork(self._after_fork)

    def _begin(self) -> None:
        self._lock, self._adopting = Lock(), Lock()
        self._tally = Tally()
        self._outbox = Outbox(self._count_delivered, self._count_failed_upload, self._seconds)
        max_age_s, max_bytes = self._cutting
        self._streams = Streams(
            lambda: Claim.new(self.folder),
            self._outbox.put,
            max_age_s=max_age_s,
            max_bytes=max_bytes,
            now=self._now,
            new_id=self._new_id,
        )
        self._adopted: list[Claim] = []
        self._thread: Thread | None = None
        self._stopping = Event()
        self._starts_again = False
        self._looked_at_s = float("-inf")
        self._complained_at_s = float("-inf")

    def record(self, endpoint: str, variant: str, settings: CaptureSettings, exchange: Exchange) -> bool:
        """Whether the exchange was captured; then it is on local disk. Never raises."""
        return self.take(endpoint, variant, settings, exchange) == "captured"

    def take(self, endpoint: str, variant: str, settings: CaptureSettings, exchange: Exchange) -> Fate:
        """As `record`, but says why an exchange was not captured."""
        if not settings.is_on:
            return "off"
        n_bytes = 0
        try:
            fate = self._refusal(settings, exchange)
            if fate is None:
                line = capture_line(settings, exchange, new_id=self._new_id)
                n_bytes = len(line)
                with self._lock:
                    self._streams.append(endpoint, variant, settings.destination, exchange.at, line)
                fate = "captured"
        except Exception as error:  # inference must not feel that capture fails
            fate = "failed"
            self._complain(endpoint, error)
        self.count(endpoint, variant, fate, n_bytes)
        return fate

    def _refusal(self, settings: CaptureSettings, exchange: Exchange) -> Fate | None:
        if self._starts_again:
            self.start()
        if not self.chooses(settings):
            return "sampled_out"
        if max(len(exchange.input), len(exchange.output)) > self.max_body_bytes:
            return "skipped_size"
        return "skipped_disk" if self._disk.is_full() else None

    def chooses(self, settings: CaptureSettings) -> bool:
        """By chance, whether the next request is one of those to keep; `record` asks this itself."""
        share = settings.sampling_percentage
        return share >= 100 or self._sample() * 100 < share

    def count(self, endpoint: str, variant: str, fate: Fate, n_bytes: int = 0) -> None:
        """Counts a request whose fate was decided outside, such as one with too long a body."""
        if fate != "off":
            with self._lock:
                self._tally.of(endpoint, variant).add(fate, n_bytes)

    def _complain(self, endpoint: str, error: Exception) -> None:
        at_s = self._seconds()
        if at_s - self._complained_at_s >= COMPLAIN_S:
            self._complained_at_s = at_s
            _log.error("a request of endpoint %s was not captured: %s", endpoint, error, exc_info=error)

    def flush(self, endpoint: str | None = None) -> None:
        """Closes what is open and ships it now; what a destination refuses stays and is tried again later.

        Args:
            endpoint: only files of this one.
        """
        self._adopt()
        with self._lock:
            self._streams.close(lambda label: endpoint in (None, label.endpoint))
        self._outbox.send(endpoint, at_once=True)
        self._release_emptied()

    def counts(self) -> list[Counts]:
        """For each endpoint and variant, in the order in which they came."""
        at = self._now()
        with self._lock:
            waiting = self._streams.labels() + self._outbox.labels()
            return self._tally.with_waiting(waiting, at)

    def start(self) -> Self:
        """Ships in the background from now on, beginning with what ended processes left behind."""
        with self._lock:
            self._starts_again = False
            if self._thread is not None:
                return self
            self._stopping = Event()
            self._thread = Thread(
                target=self._ship_on, args=(self._stopping,), name="leeboard-capture", daemon=True
            )
            self._thread.start()
        atexit.register(self.close)
        return self

    def close(self) -> None:
        """Ends the background thread and ships what it can; the rest waits for the next process."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._stopping.set()
        if thread is not None and thread is not current_thread():
            thread.join()
        atexit.unregister(self.close)
        self.flush()
        with self._lock:
            self._streams.release()
            adopted, self._adopted = self._adopted, []
            for claim in adopted:
                claim.release()
            self._outbox.clear()  # what did not arrive is another process's now, if one looks

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ship_on(self, stopping: Event) -> None:
        while True:
            try:
                self._ship(stopping)
            except Exception:  # the thread must live on, whatever happened to one pass
                _log.exception("a pass over the capture spool %s failed", self.folder)
            if stopping.wait(TICK_S):
                return

    def _ship(self, stopping: Event) -> None:
        if self._seconds() - self._looked_at_s >= ADOPT_S:
            self._adopt()
        for call in list(self.every_pass):
            call()
        with self._lock:
            self._streams.close_old()
        self._outbox.send(should_stop=stopping.is_set)
        self._release_emptied()

    def _adopt(self) -> None:
        """One thread at a time: who flushes is to ship what another one finds just now, too."""
        with self._adopting:
            self._looked_at_s = self._seconds()
            for claim in Claim.of_the_dead(self.folder):
                try:
                    self._outbox.adopt(claim.folder)
                except OSError:
                    _log.exception("the captures of an ended process in %s cannot be read", claim.folder)
                with self._lock:
                    self._adopted.append(claim)

    def _release_emptied(self) -> None:
        with self._lock:
            emptied = [claim for claim in self._adopted if self._outbox.is_empty_of(claim.folder)]
            self._adopted = [claim for claim in self._adopted if claim not in emptied]
            for claim in emptied:
                claim.release()

    def _count_delivered(self, label: Label, n_records: int, is_cut: bool) -> None:
        with self._lock:
            counts = self._tally.of(label.endpoint, label.variant)
            counts.shipped += n_records
            counts.cut += is_cut

    def _count_failed_upload(self, label: Label) -> None:
        with self._lock:
            self._tally.of(label.endpoint, label.variant).upload_failures += 1

    def _after_fork(self) -> None:
        """A child begins anew: files, locks and thread are its parent's."""
        was_running = self._thread is not None or self._starts_again
        atexit.unregister(self.close)
        self._streams.forget()
        for claim in self._adopted:
            with suppress(OSError):
                os.close(claim.lock_fd)
        self._begin()
        self._starts_again = was_running


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"the capture spool {folder} cannot be made ({error.strerror}); name a folder on a local disk"
        ) from error


def _call_after_fork(method: Callable[[], None]) -> None:
    reference = weakref.WeakMethod(method)

    def call() -> None:
        if (alive := reference()) is not None:
            alive()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=call)
