"""Tuning of data quality: promises about columns, judged by the checks of the monitor itself."""

from collections.abc import Iterator
from functools import lru_cache
from math import ceil, floor, log10
from typing import Any

from leeboard.formats.constraints import Constraints, DriftSettings, FeatureConstraints, MonitoringConfig
from leeboard.formats.reading import read_constraints, read_statistics
from leeboard.formats.statistics import Statistics
from leeboard.service.setup.tunable import FILE, Documents, Judged, Row, Setting, Tunable, get, put, written

COLUMNS = (
    ("type", "Type"),
    ("role", "Role"),
    ("completeness", "Completeness"),
    ("limit", "Drift limit"),
    ("test", "Drift test"),
    ("non_negative", "Not below 0"),
    ("domains", "Allowed values"),
)
TYPES = tuple((name, name) for name in ("Integral", "Fractional", "String", "Unknown"))
ROLES = (("", "feature"), ("label", "label"), ("prediction", "prediction"), ("ignore", "not checked"))
OFF = "off"
SLACK = 1.25
DISTRIBUTION = "distribution_constraints"
FILE_PATHS = {
    "evaluate": ("evaluate_constraints",),
    "type_share": ("datatype_check_threshold",),
    "domain_share": ("domain_content_threshold",),
    "decision": ("leeboard", "decision"),
    "false_alarms": ("leeboard", "false_alarm_level"),
    "floor": ("leeboard", "effect_floor"),
    "numeric_test": ("leeboard", "numeric_drift_test"),
    "text_test": ("leeboard", "categorical_drift_test"),
    "numeric_limit": (DISTRIBUTION, "comparison_threshold"),
    "text_limit": (DISTRIBUTION, "categorical_comparison_threshold"),
    "method": (DISTRIBUTION, "comparison_method"),
    "text_method": (DISTRIBUTION, "categorical_drift_method"),
}
"""Below `monitoring_config`."""
N_KEPT = 64


def rows(documents: Documents) -> list[Row]:
    """The file's settings, then each feature's."""
    constraints = _parsed(written(documents.constraints), documents.constraints_uri)
    given = {one["name"]: one for one in documents.constraints.get("features", [])}
    features = [
        Row(feature.name, tuple(_settings(documents, constraints, feature, given[feature.name])))
        for feature in constraints.features
    ]
    return [Row(FILE, tuple(_of_file(documents.constraints))), *features]


def _parsed(content: bytes, uri: str) -> Constraints:
    return read_constraints(content, uri)


def _settings(
    documents: Documents, constraints: Constraints, feature: FeatureConstraints, given: dict[str, Any]
) -> Iterator[Setting]:
    is_text = feature.inferred_type == "String"
    kind = "categorical" if is_text else "numeric"
    yield Setting("type", "Type", "choice", feature.inferred_type or "", choices=TYPES)
    yield Setting("role", "Role", "choice", get(given, "leeboard", "role") or "", choices=ROLES)
    yield Setting("completeness", "Completeness", "share", feature.completeness, "not checked")
    yield from _drift(documents, constraints, feature, given, kind)
    if not is_text:
        told = get(given, "num_constraints", "is_non_negative")
        yield Setting("non_negative", "Not below 0", "flag", bool(told))
    else:
        domains = get(given, "string_constraints", "domains")
        yield Setting("domains", "Allowed values", "texts", list(domains or []), "any value")


def _drift(
    documents: Documents,
    constraints: Constraints,
    feature: FeatureConstraints,
    given: dict[str, Any],
    kind: str,
) -> Iterator[Setting]:
    from leeboard.compare.drift import DRIFT_TESTS
    from leeboard.compare.settings import settings_of

    settings = settings_of(constraints, feature, strict=documents.is_strict)
    rule = settings.drift_rule(kind)
    usual = f"{rule.threshold:g}" if rule else "drift is not looked for"
    yield Setting("limit", "Drift limit", "number", _own_limit(given, kind, settings.drift), usual)
    tests = tuple((test.name, test.name) for test in DRIFT_TESTS if kind in test.kinds)
    named = OFF if _is_off(given) else get(given, "leeboard", "drift_test") or ""
    usual_test = rule.test.name if rule and not named else ""
    choices = (("", f"usual{f' ({usual_test})' if usual_test else ''}"), *tests, (OFF, "not looked for"))
    yield Setting("test", "Drift test", "choice", named, choices=choices)


def _own_limit(given: dict[str, Any], kind: str, by_evidence: DriftSettings | None) -> float | None:
    if by_evidence is not None:
        value = get(given, "leeboard", "effect_floor")
    else:
        value = get(_overrides(given) or {}, DISTRIBUTION, _threshold(kind))
    return None if value is None else float(value)


def _threshold(kind: str) -> str:
    return "comparison_threshold" if kind == "numeric" else "categorical_comparison_threshold"


def _is_off(given: dict[str, Any]) -> bool:
    return bool(get(_overrides(given) or {}, DISTRIBUTION, "perform_comparison") == "Disabled")


def _overrides(given: dict[str, Any]) -> dict[str, Any] | None:
    """The first that is there of the three places that files have them in."""
    texts = given.get("string_constraints") or {}
    found = (
        given.get("monitoringConfigOverrides"),
        given.get("monitoring_config_overrides"),
        texts.get("monitoring_config_overrides"),
    )
    return next((one for one in found if one), None)


def _of_file(document: dict[str, Any]) -> Iterator[Setting]:
    from leeboard.compare.drift import DRIFT_TESTS

    config = document.get("monitoring_config") or {}

    def of(key: str) -> Any:
        return get(config, *FILE_PATHS[key])

    numeric, texts = (
        tuple((t.name, t.name) for t in DRIFT_TESTS if k in t.kinds) for k in ("numeric", "categorical")
    )
    switch = (("Enabled", "yes"), ("Disabled", "no"))
    decisions = (("", "the distance alone"), ("evidence", "size and evidence"),
                 ("threshold", "the distance alone, by the tests named"))  # fmt: skip
    yield Setting("evaluate", "Checked at all", "choice", of("evaluate") or "Enabled", choices=switch)
    yield Setting("type_share", "Cells of the right type", "share", of("type_share"), "not checked")
    yield Setting("domain_share", "Cells with an allowed value", "share", of("domain_share"), "not checked")
    yield Setting(
        "decision", "Drift is decided by", "choice", of("decision") or "", choices=decisions,
        hint="evidence: beyond the limit, and by more than chance explains",
    )  # fmt: skip
    yield Setting("false_alarms", "False alarms in a window", "share", of("false_alarms"), "0.01",
                  hint="for a decision by evidence, over all features together")  # fmt: skip
    yield Setting("floor", "Drift limit by evidence", "number", of("floor"), "each test's own")
    yield Setting("numeric_test", "Test for numbers", "choice", of("numeric_test") or "",
                  choices=(("", "ks"), *numeric))  # fmt: skip
    yield Setting("text_test", "Test for texts", "choice", of("text_test") or "",
                  choices=(("", "usual"), *texts))  # fmt: skip
    changed = "once changed, the distance alone decides"
    yield Setting("numeric_limit", "AWS's limit for numbers", "number", of("numeric_limit"), "none",
                  hint=changed)  # fmt: skip
    yield Setting("text_limit", "AWS's limit for texts", "number", of("text_limit"), "0.1", hint=changed)
    methods = (("Robust", "Robust"), ("Simple", "Simple"))
    yield Setting("method", "AWS's method for numbers", "choice", of("method") or "Robust", choices=methods)
    yield Setting("text_method", "AWS's test for texts", "choice", of("text_method") or "LInfinity",
                  choices=(("LInfinity", "LInfinity"), ("ChiSquared", "ChiSquared")))  # fmt: skip


def change(documents: Documents, subject: str, key: str, value: Any) -> None:
    """Set one value; an empty one takes it away."""
    value = None if value in ("", [], None) else value
    if subject == FILE:
        put(documents.constraints.setdefault("monitoring_config", {}), FILE_PATHS[key], value)
        return
    given = next(one for one in documents.constraints["features"] if one["name"] == subject)
    if key in ("limit", "test"):
        _change_drift(documents, given, key, value)
        return
    paths = {
        "type": ("inferred_type",),
        "role": ("leeboard", "role"),
        "completeness": ("completeness",),
        "non_negative": ("num_constraints", "is_non_negative"),
        "domains": ("string_constraints", "domains"),
    }
    put(given, paths[key], value)


def _change_drift(documents: Documents, given: dict[str, Any], key: str, value: Any) -> None:
    if key == "test":
        put(given, ("leeboard", "drift_test"), None if value == OFF else value)
        if value == OFF or _is_off(given):
            overrides = _overrides(given)
            place = given.setdefault("monitoring_config_overrides", {}) if overrides is None else overrides
            put(place, (DISTRIBUTION, "perform_comparison"), "Disabled" if value == OFF else "Enabled")
        return
    kind = "categorical" if given.get("inferred_type") == "String" else "numeric"
    if _by_evidence(documents, given):
        put(given, ("leeboard", "effect_floor"), value)
        return
    overrides = _overrides(given)
    place = given.setdefault("monitoring_config_overrides", {}) if overrides is None else overrides
    put(place, (DISTRIBUTION, _threshold(kind)), value)


def _by_evidence(documents: Documents, given: dict[str, Any]) -> bool:
    from leeboard.compare.settings import settings_of

    whole = MonitoringConfig.model_validate(documents.constraints.get("monitoring_config") or {})
    constraints = Constraints(version=0.0, monitoring_config=whole)
    feature = FeatureConstraints.model_validate(given)
    return settings_of(constraints, feature, strict=documents.is_strict).drift is not None


def judge(documents: Documents, content: bytes, uri: str) -> Judged:
    """A window by its statistics file."""
    from leeboard.compare import find
    from leeboard.service.setup.stored_profile import profile_of
    from leeboard.service.window_files import read_whole

    constraints = read_constraints(written(documents.constraints), documents.constraints_uri)
    baseline = _baseline(documents.statistics_uri, read_whole) if documents.statistics_uri else None
    profile = profile_of(read_statistics(content, uri))
    found = find(constraints, baseline, profile, strict=documents.is_strict)
    broken = frozenset((one.feature_name, one.check) for one in found.findings)
    return Judged(broken, {one.feature_name: one.distance for one in found.drift})


def _baseline(uri: str, read: Any) -> Statistics:
    from leeboard.service.window_files import stored_at

    stored = stored_at(uri)
    return _statistics(uri, stored.modified_at if stored else None, read)


@lru_cache(maxsize=8)
def _statistics(uri: str, modified_at: Any, read: Any) -> Statistics:
    return read_statistics(read(uri, most_bytes=128 << 20), uri)


def suggest(values: list[float], row: Row) -> float | None:
    """A quarter above the largest distance of calm windows, on two digits.

    >>> suggest([0.05, 0.081], Row("x", ()))
    0.11
    """
    largest = max(values, default=0.0) * SLACK
    if largest <= 0:
        return None
    digits = 1 - floor(log10(largest))
    return float(ceil(round(largest * 10.0**digits, 6)) / 10.0**digits)


TUNABLE = Tunable(
    "DataQuality",
    "feature",
    COLUMNS,
    "statistics.json",
    "every check of the monitor, made from the statistics of each window: types, completeness, allowed "
    "values, signs, columns and drift",
    rows,
    change,
    judge,
    "limit",
    suggest,
)
