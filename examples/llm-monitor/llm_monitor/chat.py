"""Answers as chat completions have them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """One message of an assistant.

    Attributes:
        is_cut: it ended because it had as many tokens as it may have.
    """

    text: str
    is_cut: bool = False


def answers_of(document: Any) -> Iterator[Answer]:
    """Those in one answered document.

    They are where OpenAI's API has them, `choices[].message.content`; as a text in `generated_text` or
    `text`; or as a list of such.
    """
    if isinstance(document, list):
        for each in document:
            yield from answers_of(each)
    elif isinstance(document, dict) and isinstance(document.get("choices"), list):
        for choice in document["choices"]:
            if isinstance(choice, dict):
                yield _of_choice(choice)
    elif isinstance(document, dict):
        text = document.get("generated_text", document.get("text"))
        if isinstance(text, str):
            yield Answer(text)


def _of_choice(choice: dict[str, Any]) -> Answer:
    message = choice.get("message") or {}
    content = message.get("content", choice.get("text"))
    if isinstance(content, list):  # parts of several kinds
        content = " ".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return Answer(str(content or ""), choice.get("finish_reason") == "length")
