"""Dagster assets: a model is released only if its data pass a check against the baseline."""

import dagster as dg

import leeboard


class Places(dg.ConfigurableResource):
    """Where things are: paths or s3:// URIs."""

    data: str = "data/candidate.csv"
    baseline: str = "baselines/data"
    reports: str = "results/data"


@dg.asset
def candidate_data(places: Places) -> dg.MaterializeResult:
    """Made by whatever comes before; here it is there already."""
    return dg.MaterializeResult(metadata={"path": dg.MetadataValue.path(places.data)})


@dg.asset_check(asset=candidate_data, blocking=True)
def is_like_the_baseline(places: Places) -> dg.AssetCheckResult:
    """Blocks what comes after while there are violations."""
    result = leeboard.check(places.data, places.baseline, output=places.reports)
    return dg.AssetCheckResult(
        passed=result.is_clean,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "report": dg.MetadataValue.path(f"{places.reports}/report.html"),
            "n_violations": len(result.violations.violations),
            "violations": dg.MetadataValue.json(result.to_frame().to_dicts()),
        },
    )


@dg.asset(deps=[candidate_data])
def released_model() -> None:
    """The model is released here."""


defs = dg.Definitions(
    assets=[candidate_data, released_model],
    asset_checks=[is_like_the_baseline],
    resources={"places": Places()},
)
