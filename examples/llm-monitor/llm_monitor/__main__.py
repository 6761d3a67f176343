"""One job: makes a baseline of answers, or holds those of a window against one."""

import math
import statistics as numbers
import sys
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from llm_monitor import contract
from llm_monitor.chat import Answer, answers_of
from llm_monitor.limits import broken, suggest
from llm_monitor.signs import signs_of

FEWEST = 20
WORDS = "/opt/ml/processing/input/words"
"""Where the input with the user's list is, of a baseline: one word a line, in files `*.txt`."""


def main() -> None:
    """Does what the variables of the job say."""
    answers = [answer for one in contract.documents("endpointOutput") for answer in answers_of(one)]
    if len(answers) < FEWEST:
        contract.leave_message(f"{len(answers)} answers were found; at least {FEWEST} are needed to compare")
        sys.exit(2)
    constraints = contract.baseline("constraints")
    if constraints is None:
        make_baseline(answers)
    else:
        check(answers, constraints)


def make_baseline(answers: Sequence[Answer]) -> None:
    """Writes the statistics of the answers, limits that follow, and the words, for later checks."""
    words = sorted(unwanted_words())
    statistics = statistics_of(answers, words)
    contract.write("statistics.json", statistics)
    answers_limits = {"limits": suggest(statistics), "words": words}
    contract.write("constraints.json", {"version": 0, "features": [], "answers": answers_limits})
    contract.leave_message("Completed: Job completed successfully with no violations.")


def check(answers: Sequence[Answer], constraints: dict[str, Any]) -> None:
    """Tells what is beyond its limit."""
    known = constraints["answers"]
    statistics = statistics_of(answers, known["words"])
    contract.write("statistics.json", statistics)
    violations = [
        {"feature_name": what, "constraint_check_type": "answer_check", "description": text}
        for what, text in broken(known["limits"], statistics)
    ]
    n = len(answers)
    shares = {f"llm_{sign.replace(':', '_')}": k / n for sign, k in statistics["signs"].items()}
    contract.finish(violations, {"llm_answers": n, **shares})


def statistics_of(answers: Sequence[Answer], words: Collection[str]) -> dict[str, Any]:
    """How many answers show which sign, and how long they are."""
    known = frozenset(words)
    lengths = [math.log(max(1, len(answer.text))) for answer in answers]
    return {
        "version": 0,
        "dataset": {"item_count": len(answers)},
        "features": [],
        "signs": dict(Counter(sign for answer in answers for sign in signs_of(answer, known))),
        "log_length": {"mean": numbers.fmean(lengths), "std_dev": numbers.pstdev(lengths)},
    }


def unwanted_words() -> set[str]:
    """The user's list; empty without one."""
    files = sorted(contract.place(WORDS).glob("*.txt"))
    return {word.strip().lower() for file in files for word in file.read_text().splitlines() if word.strip()}


if __name__ == "__main__":
    main()
