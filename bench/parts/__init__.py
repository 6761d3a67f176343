"""One chapter of a page a module: `measure(sizes, data)` gives its Part.

Nothing heavy may be imported here, see `bench.running`.
"""

OF_DATA = ("parquet", "drift", "csv", "capture", "shapes", "start", "drift-quality")
OF_SERVER = ("server-invoke", "server-api", "server-window", "server-objects", "server-pages")
OF_MODELS = ("truth", "quality", "bias", "attribution")
NAMES = (*OF_DATA, *OF_SERVER, *OF_MODELS)
"""In the order of the pages."""
