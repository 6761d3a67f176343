"""Times leeboard against its peers and counts what it finds; writes docs/benchmarks.md."""
