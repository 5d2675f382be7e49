"""A telephone without a desk phone: pjsua2 in a process of its own, spoken to in JSON lines."""
