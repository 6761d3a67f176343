"""One peer a module: what a careful user would write with it.

Each runs in its own environment and has some of these functions, all with paths as arguments:
`profile(data, out)` describes a file and keeps what a later drift check needs in `out`;
`drift(reference, current, profile)` gives the names of the columns that it calls drifted.
"""
