"""Every file and record as a model, one module a file kind; nothing is computed in here.

`java_double` lives in `formats.java` and may be imported from either place.
"""

from leeboard.formats.java import java_double

__all__ = ["java_double"]
