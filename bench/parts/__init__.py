"""One chapter of a page a module: `measure(sizes, data)` gives its Part.

Nothing heavy may be imported here, see `bench.running`.
"""

OF_DATA = ("parquet", "drift", "csv", "capture", "shapes", "start", "drift-quality")
OF_SERVER = ("server-invoke", "server-api", "server-window", "server-objects")
NAMES = (*OF_DATA, *OF_SERVER)
"""In the order of the two pages."""
