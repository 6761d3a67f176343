"""What was found, for people: one HTML file, a notebook fragment, tables for a terminal."""

from leeboard.report.content import ReportContent
from leeboard.report.notebook import to_notebook_html
from leeboard.report.page import render_html

__all__ = ["ReportContent", "render_html", "to_notebook_html"]
