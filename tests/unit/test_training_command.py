"""`python -m telephony.speech.training` where training is not installed."""

import subprocess
import sys
from pathlib import Path

CODE = """
import runpy, sys
sys.modules["torch"] = None
sys.argv = ["training", "--out", sys.argv[1]]
runpy.run_module("telephony.speech.training", run_name="__main__")
"""


def test_says_what_to_install_and_leaves_nothing_behind(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = subprocess.run([sys.executable, "-c", CODE, str(out)], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'dutyline[train]'" in done.stderr
    assert not out.exists()
