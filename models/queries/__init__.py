"""Every question that may be asked of the record: the only readers for screens."""
