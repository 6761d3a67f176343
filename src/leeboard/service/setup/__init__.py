"""What makes definitions and schedules, tries them out, and tunes their constraints."""
