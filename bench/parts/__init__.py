"""One chapter of the page a module: `measure(sizes, data)` gives its Part.

Nothing heavy may be imported here, see `bench.running`.
"""

NAMES = (
    "parquet",
    "drift",
    "csv",
    "capture",
    "shapes",
    "start",
    "drift-quality",
    "server-invoke",
    "server-api",
    "server-window",
    "server-objects",
)
"""In the order of the page."""
