"""The regulation as pure functions of plain values: no table, no library, no I/O."""
