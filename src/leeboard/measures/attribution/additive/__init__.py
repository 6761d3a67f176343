"""Models that are sums, read from files of boosting libraries without running any code that is in them."""
