"""Every thing that may happen to the record: the only writers. Each leaves one journal entry."""
