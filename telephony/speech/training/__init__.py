"""Trains the practice model from nothing: espeak-ng saying invented sentences. Nothing at run time imports it."""
