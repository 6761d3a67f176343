"""What a gate has to tell: every case, and whether it lets pass."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from leeboard.report.gate.cases import Case
from leeboard.report.gate.policy import Policy
from leeboard.report.words import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why nothing could be checked.

    Attributes:
        kind: the name of the error.
        is_input: what was given is at fault, not leeboard.
    """

    kind: str
    message: str
    is_input: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One check as a CI is told of it.

    Attributes:
        monitor, data_name, baseline_name: what was held against what.
        made_at: aware.
        report: where it can be read: a URL, a path, or "".
        fault: None if the check was made.
    """

    monitor: str
    data_name: str
    baseline_name: str
    made_at: datetime
    policy: Policy = field(default_factory=Policy)
    cases: tuple[Case, ...] = ()
    elapsed_s: float = 0.0
    report: str = ""
    fault: Fault | None = None

    @property
    def broken(self) -> list[Case]:
        """Those that count come first."""
        found = [case for case in self.cases if case.violation is not None]
        return sorted(found, key=lambda case: not self.policy.counts(case))

    @property
    def passes(self) -> bool:
        return self.fault is None and self.policy.passes(self.cases)

    @property
    def sentence(self) -> str:
        """The verdict."""
        if self.fault is not None:
            return "not checked" if self.fault.is_input else "not checked, by a fault of leeboard"
        n_broken = len(self.broken)
        if not n_broken:
            return "no violations"
        return ", ".join([counted(n_broken, "violation"), *self._allowances()])

    def _allowances(self) -> Iterator[str]:
        """What the policy makes of violations."""
        n_counted = sum(map(self.policy.counts, self.cases))
        if self.policy.is_open:
            yield "none of which closes the gate"
            return
        if n_counted < len(self.broken):
            yield f"of which {n_counted:,} count{'s' * (n_counted == 1)}"
        if self.policy.n_tolerated:
            yield f"{self.policy.n_tolerated:,} allowed"
