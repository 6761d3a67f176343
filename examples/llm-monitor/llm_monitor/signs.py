"""What is looked for in an answer: a sign is there or not."""

import re
from collections.abc import Collection, Iterator

from llm_monitor.chat import Answer
from llm_monitor.languages import language_of

REFUSALS = re.compile(
    r"\b(I'?m sorry,? (but )?I|I (can(no|')t|am unable to|won'?t be able to) (help|assist|provide|answer|do)|"
    r"as an AI|I'?m not able to|ich kann (dir|Ihnen) (dabei )?nicht|je ne peux pas)\b",
    re.IGNORECASE,
)
LEAKS = {
    "email": re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}\b"),
    "key": re.compile(
        r"\b(?:AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}|sk-[A-Za-z0-9_-]{20,}|xox[abp]-[A-Za-z0-9-]{10,})"
        r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    ),
    "card": re.compile(r"\b(?:\d[ -]?){13,16}\b"),
}
_FEWEST_WORDS, _RUN = 12, 3
_REPEATED = 0.3
"""Share of runs of three words that were there before, from which an answer goes in circles."""


def signs_of(answer: Answer, words: Collection[str]) -> Iterator[str]:
    """Names of the signs that an answer shows; one for its language among them.

    Args:
        words: those that the user does not want to see, in small letters.
    """
    text = answer.text
    if not text.strip():
        yield "empty"
        return
    yield f"language:{language_of(text)}"
    if answer.is_cut:
        yield "cut"
    if REFUSALS.search(text):
        yield "refusal"
    if is_repetitive(text):
        yield "repetition"
    if any(word in words for word in re.findall(r"\w+", text.lower())):
        yield "unwanted_word"
    yield from (f"leak:{name}" for name, pattern in LEAKS.items() if _leaks(name, pattern, text))


def is_repetitive(text: str) -> bool:
    """Whether it says the same again and again."""
    words = text.lower().split()
    if len(words) < _FEWEST_WORDS:
        return False
    runs = [tuple(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1)]
    return 1 - len(set(runs)) / len(runs) > _REPEATED


def _leaks(name: str, pattern: re.Pattern[str], text: str) -> bool:
    found = (match.group() for match in pattern.finditer(text))
    return any(_is_card(each) for each in found) if name == "card" else any(True for _ in found)


def _is_card(text: str) -> bool:
    """By Luhn's check digit, so that order numbers do not count."""
    digits = [int(letter) for letter in text if letter.isdigit()][::-1]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
