"""JUnit XML, as Jenkins, GitLab and others read it: one test case a check and subject."""

from collections.abc import Sequence
from xml.etree import ElementTree

from leeboard.report.gate import Format
from leeboard.report.gate.cases import Case
from leeboard.report.gate.judgement import Judgement
from leeboard.report.words import clipped, visible

LONGEST = 4000
LONGEST_NAME = 200
FAULT_NAME = "data can be checked"

Element = ElementTree.Element


def render(judgement: Judgement) -> str:
    """A failure is a violation that counts; one that does not is skipped, with its description."""
    root = Element("testsuites")
    suite = ElementTree.SubElement(root, "testsuite", _attributes(judgement))
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in _facts(judgement):
        ElementTree.SubElement(properties, "property", name=name, value=_text(value, LONGEST))
    if judgement.fault is not None:
        suite.append(_fault(judgement))
    suite.extend(_case(judgement, case) for case in judgement.cases)
    for name in ("system-out", "system-err"):
        ElementTree.SubElement(suite, name).text = judgement.sentence if name == "system-out" else ""
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"


def _attributes(judgement: Judgement) -> dict[str, str]:
    """Those that the schemas of Ant and of Jenkins know."""
    counts = judgement.policy.counts
    n_failed = sum(map(counts, judgement.cases))
    n_skipped = len(judgement.broken) - n_failed + sum(case.is_skipped for case in judgement.cases)
    has_fault = judgement.fault is not None
    return {
        "id": "0",
        "name": f"leeboard {judgement.monitor}",
        "package": f"leeboard.{_dotless(judgement.monitor)}",
        "hostname": "localhost",
        "timestamp": f"{judgement.made_at:%Y-%m-%dT%H:%M:%S}",
        "time": f"{judgement.elapsed_s:.3f}",
        "tests": str(len(judgement.cases) + has_fault),
        "failures": str(n_failed),
        "errors": str(int(has_fault)),
        "skipped": str(n_skipped),
    }


def _facts(judgement: Judgement) -> Sequence[tuple[str, str]]:
    facts = [("data", judgement.data_name), ("baseline", judgement.baseline_name)]
    return [*facts, ("report", judgement.report)] if judgement.report else facts


def _case(judgement: Judgement, case: Case) -> Element:
    element = _test(case.monitor, case.looked.check, case.name)
    violation = case.violation
    if violation is not None:
        counts = judgement.policy.counts(case)
        told = _text(violation.description or case.name, LONGEST)
        message = told if counts else f"broken, but does not count here: {told}"
        child = ElementTree.SubElement(element, "failure" if counts else "skipped", message=message)
        if counts:
            child.set("type", _text(case.looked.check, LONGEST_NAME))
            child.text = "\n".join(_lines(case))
    elif case.is_skipped:
        ElementTree.SubElement(element, "skipped", message=_text(case.looked.why_not, LONGEST))
    return element


def _fault(judgement: Judgement) -> Element:
    element = _test(judgement.monitor, "input", FAULT_NAME)
    if judgement.fault is not None:
        fault = judgement.fault
        message = _text(fault.message, LONGEST)
        child = ElementTree.SubElement(element, "error", type=fault.kind, message=message)
        child.text = "\n".join(_text(line, LONGEST) for line in fault.message.splitlines())
    return element


def _test(monitor: str, group: str, name: str) -> Element:
    """Classes are told by dots, so that a part of a name has none; checks are not timed one by one."""
    classname = f"leeboard.{_dotless(monitor)}.{_dotless(group)}"
    return Element("testcase", classname=classname, name=_text(name, LONGEST_NAME), time="0")


def _lines(case: Case) -> list[str]:
    if case.violation is None:
        return []
    told = (case.violation.subject, case.violation.description, case.violation.hint)
    return [_text(line, LONGEST) for line in told if line]


def _dotless(name: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in name)


def _text(words: str, length: int) -> str:
    """On one line, without the characters that XML cannot hold."""
    return visible(clipped(" ".join(words.split("\n")), length))


ENTRY = Format("junit", render)
