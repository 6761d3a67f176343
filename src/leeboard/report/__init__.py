"""What was found, for people: one HTML file, a notebook fragment, tables for a terminal."""

from leeboard.report.drawing_up import render_html, terminal_tables, to_notebook_html
from leeboard.report.report import Report, SectionContent

__all__ = ["Report", "SectionContent", "render_html", "terminal_tables", "to_notebook_html"]
