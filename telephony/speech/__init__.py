"""Speech: phrases cut from the legs while they grow, heard by a local model, never by anything outside this machine."""
