"""What a form says that rules, routes and silences are about."""

from collections.abc import Mapping

MATCHED = ("rule", "severity", "schedule", "endpoint", "monitor", "feature", "check", "pipeline", "job")
OF_RULES = MATCHED[2:]
"""A rule is not about rules."""


def matchers(given: Mapping[str, str], names: tuple[str, ...] = MATCHED) -> dict[str, list[str]]:
    """Patterns by name; commas stand between several.

    >>> matchers({"endpoint": "churn, fraud-*", "feature": "", "comment": "x"})
    {'endpoint': ['churn', 'fraud-*']}
    """
    split = {name: [part.strip() for part in given.get(name, "").split(",")] for name in names}
    return {name: kept for name, parts in split.items() if (kept := [part for part in parts if part])}
