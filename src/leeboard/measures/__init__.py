"""Numbers about a model as mergeable states: quality, bias, attribution."""
