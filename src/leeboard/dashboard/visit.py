"""One request of a page, as its function sees it."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from leeboard.service.access import audit
from leeboard.service.access.visitors import Visitor
from leeboard.service.changing import changing
from leeboard.service.service import Service

Fields = Mapping[str, tuple[str, ...]]
"""Values by name; a name may come several times."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a form sent."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks for what.

    Attributes:
        names: what stands for `{...}` in the path.
        query: of the URL.
        form, files: of a POST; empty for others.
        is_fragment: a part of the page is wanted, to be put into one that is open.
        csrf: what forms of this visitor carry.
    """

    service: Service
    path: str
    visitor: Visitor
    now: datetime
    names: Mapping[str, str] = field(default_factory=dict)
    query: Fields = field(default_factory=dict)
    form: Fields = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)
    is_fragment: bool = False
    csrf: str = ""

    @property
    def is_editor(self) -> bool:
        return self.visitor.role == "editor"

    def asked(self, name: str, default: str = "") -> str:
        """The last value of a parameter of the URL."""
        return (self.query.get(name) or (default,))[-1]

    def given(self, name: str, default: str = "") -> str:
        """The last value of a field of the form, without blanks around it."""
        return (self.form.get(name) or (default,))[-1].strip()

    @property
    def fields(self) -> dict[str, str]:
        """The last value of each field of the form, without blanks around it."""
        return {name: values[-1].strip() for name, values in self.form.items() if name != "csrf"}

    def changing(self) -> AbstractContextManager[Connection]:
        """One transaction for a change and its line of the audit log."""
        return changing(self.service)

    def audit(self, action: str, subject: str, outcome: str = "ok", **details: Any) -> None:
        """Write down, alone, what this visitor does outside of the database."""
        with self.service.database.write() as connection:
            self.audit_in(connection, action, subject, outcome, **details)

    def audit_in(
        self, connection: Connection, action: str, subject: str, outcome: str = "ok", **details: Any
    ) -> None:
        """Write down a change in its transaction: either both are kept, or neither."""
        audit.write(
            connection,
            at=self.now,
            visitor=self.visitor.name,
            via="dashboard",
            action=action,
            subject=subject,
            outcome=outcome,
            details=details,
        )
