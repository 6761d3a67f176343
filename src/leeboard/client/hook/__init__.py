"""What `leeboard run` puts on the path of other interpreters; nothing here is imported by leeboard."""
