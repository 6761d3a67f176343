"""When a schedule fires, which window each run reads, and what a schedule may say; no database, no clock."""
