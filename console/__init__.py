"""The people: command line, daemon and terminal."""
