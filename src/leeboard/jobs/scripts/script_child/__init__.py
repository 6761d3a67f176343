"""What runs beside the user's script, in a process of its own: the standard library alone.

The parent puts this package on the path as the top-level `script_child`, so that starting it
does not import leeboard and its libraries; hence the relative imports.
"""
