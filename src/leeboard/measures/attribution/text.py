"""Texts cut into the units whose part in an answer is asked for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Granularity = Literal["token", "sentence", "paragraph"]

# scripts that are written without blanks have a token a character
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_PATTERNS = {
    "token": re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])\w)+(?:['’](?:(?![{_UNSPACED}])\w)+)*|[^\w\s]"),
    "sentence": re.compile(r"\S.*?(?:[.!?…]+[\"'”’)\]]*(?=\s|$)|[。！？｡।۔]+|$)", re.DOTALL),
    "paragraph": re.compile(r"\S[^\n]*"),
}


@dataclass(frozen=True, slots=True)
class Units:
    """A text as units with what stands between them.

    Attributes:
        words: the units.
        starts: where each begins in the text.
        gaps: what stands before each unit, and after the last one.
    """

    words: tuple[str, ...]
    starts: tuple[int, ...]
    gaps: tuple[str, ...]

    @classmethod
    def of(cls, text: str, granularity: Granularity) -> "Units":
        """Together with the gaps, the units are the text.

        >>> Units.of("Not bad, isn't it?", "token").words
        ('Not', 'bad', ',', "isn't", 'it', '?')
        """
        spans = [
            (match.start(), match.start() + len(match.group().rstrip()))
            for match in _PATTERNS[granularity].finditer(text)
        ]
        ends = [0, *(end for _, end in spans)]
        starts = [*(start for start, _ in spans), len(text)]
        return cls(
            tuple(text[start:end] for start, end in spans),
            tuple(start for start, _ in spans),
            tuple(text[end:start] for end, start in zip(ends, starts, strict=True)),
        )

    def with_only(self, kept: Sequence[bool], instead: str) -> str:
        """The text with every other unit replaced; what is left out leaves no gap behind."""
        parts = []
        for gap, word, is_kept in zip(self.gaps, self.words, kept, strict=False):
            if is_kept:
                parts += [gap, word]
            elif instead:
                parts += [gap, instead]
        return "".join([*parts, self.gaps[-1]])
