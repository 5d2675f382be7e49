"""The record's engine room: connections, unit of work, journal, feed, search, migrations."""
