"""Writes docs/api.md: the operations of AWS that the server answers."""

from itertools import groupby
from pathlib import Path

from leeboard.api.operations import OPERATIONS
from leeboard.api.wire.handlers import table_of

PAGE = Path(__file__).parents[1] / "docs/api.md"
HEAD = """# Operations

What the server answers of AWS's APIs, beside S3 ([s3.md](s3.md)) and `InvokeEndpoint` of the runtime
([server.md](server.md)). This page is written by `make docs` from the code.

Requests are checked by botocore's service models: types, required members, lengths, ranges, patterns,
enumerations. Unknown members are ignored. An operation that is not on this page is answered with
`UnknownOperationException` and says so; CloudWatch is answered in JSON and in its form protocol.
"""


def page() -> str:
    """The page as it has to be."""
    groups = sorted(OPERATIONS, key=lambda group: (group.service, group.name))
    parts = [HEAD]
    for service, of_service in groupby(groups, key=lambda group: group.service):
        found = list(of_service)
        n_operations = sum(len(group.handlers) for group in found)
        parts.append(f"\n## {service}\n\n{n_operations} operations.\n\n| On | Operations |\n| --- | --- |\n")
        for group in found:
            names = sorted(name for _, name in table_of([group]))
            parts.append(f"| {group.name} | {', '.join(f'`{name}`' for name in names)} |\n")
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page())
