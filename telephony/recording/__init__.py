"""Recordings: two legs read while they grow, repaired when cut, sealed as one file with its SHA-256."""
