"""Practice calls (演练): scripted calls through the real PBX, clearly marked as drills."""
