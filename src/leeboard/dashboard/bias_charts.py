"""Charts of bias."""

from leeboard.dashboard.charting import Chart
from leeboard.dashboard.time_charts import Link, level, line, over_windows
from leeboard.service.views.bias import BiasTold


def bias_charts(told: BiasTold, link: Link) -> list[Chart]:
    """One of each measure of the group with its interval, the baseline's band and where there is no bias."""
    history, charts = told.over.history, []
    n = len(history.windows)
    for name in told.names:
        series = history.bias.get((*told.group, name)) if told.group else None
        if series is None or all(value is None for value in series["value"]):
            continue
        now = told.measure(name)
        value = line(name, series["value"], low=series["low"], high=series["high"])
        was = level("baseline", series.latest.baseline, n)
        if was and now and now.baseline_low is not None and now.baseline_high is not None:
            was[0] |= {"low": [now.baseline_low] * n, "high": [now.baseline_high] * n}
        neutral = line("no bias", [series.latest.neutral] * n, kind="dashed", colour="calm")
        charts.append(
            over_windows(name, history, [value, *was, neutral], link, name=name, violated=series["is_broken"])
        )
    return charts
