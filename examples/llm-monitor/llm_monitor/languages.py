"""Which language a text is in, by its script and its smallest words. Rough, and enough for a change."""

import re
import unicodedata
from collections import Counter

_SMALL = {
    "en": "the and of to is in you that it for are with this be your have can not",
    "de": "der die und das ist nicht sie ich mit ein eine auf für von zu den im es wird",
    "fr": "le la les et des est vous pour une dans que pas qui avec sur du nous votre",
    "es": "el la los las y de que es en una para por con no su se del usted",
    "it": "il la di che e un per una non sono con gli della è si le nel",
    "pt": "o a os as e de que não uma para com em do da você se no por",
}
_WORDS = {language: frozenset(words.split()) for language, words in _SMALL.items()}
_SCRIPTS = {"CJK": "zh", "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CYRILLIC": "cyrillic",
            "ARABIC": "arabic", "GREEK": "greek", "HEBREW": "hebrew", "DEVANAGARI": "hindi"}  # fmt: skip
_FEWEST = 2


def language_of(text: str) -> str:
    """A code, a script, or `unknown`."""
    letters = [letter for letter in text[:2000] if letter.isalpha()]
    scripts = Counter(unicodedata.name(letter, "").split()[0] for letter in letters if not letter.isascii())
    if scripts and scripts.most_common(1)[0][1] * 2 > len(letters):
        return _SCRIPTS.get(scripts.most_common(1)[0][0], "unknown")
    words = Counter(re.findall(r"\w+", text[:2000].lower()))
    found = {language: sum(words[word] for word in small) for language, small in _WORDS.items()}
    best = max(found, key=lambda language: found[language])
    return best if found[best] >= _FEWEST else "unknown"
