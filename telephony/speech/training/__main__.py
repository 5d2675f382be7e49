"""Make the practice model from nothing:  python -m telephony.speech.training --out DIR

Steps: data, tests, training, export, figures, card; the model is DIR/model. A step that is done is not done again and
an interrupted training goes on from its checkpoint, so the command may be stopped (Ctrl-C) and repeated. --look exports
the present checkpoint beside a running training and measures it on a few rehearsal sentences.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before torch and numpy are loaded
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def step(out: Path, name: str, work: Callable[[], object]) -> None:
    """Do `work` unless DIR/done/NAME exists; the mark holds the minutes that it took."""
    mark = out / "done" / name
    if mark.exists():
        print(f"{name}: done before", flush=True)
        return
    print(f"{name} ...", flush=True)
    began = time.monotonic()
    work()
    mark.parent.mkdir(exist_ok=True)
    mark.write_text(f"{(time.monotonic() - began) / 60:.1f}\n")


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m telephony.speech.training", description=__doc__)
    arguments.formatter_class = argparse.RawDescriptionHelpFormatter
    arguments.add_argument("--out", type=Path, required=True, help="folder for data, checkpoint, tests and the model")
    arguments.add_argument("--look", action="store_true", help="only export and measure the present checkpoint")
    given = arguments.parse_args()
    try:
        from telephony.speech.training import card, clips, examine, export, learn  # noqa: PLC0415 (settings come first)
    except ModuleNotFoundError as missing:
        print(f"Training needs {missing.name}: install the extra with  pip install 'dutyline[train]'", file=sys.stderr)
        return 2
    out: Path = given.out
    out.mkdir(parents=True, exist_ok=True)
    if given.look:
        print(export.export(learn.trained(out)[0], out / "look"), "bytes")
        examine.look(out)
        return 0
    step(out, "data", lambda: clips.build(out / "data"))
    step(out, "tests", lambda: examine.build(out / "tests"))
    step(out, "training", lambda: learn.Trainer(out).run())
    step(out, "export", lambda: print("  bytes:", export.export(learn.trained(out)[0], out / "model")))
    step(out, "figures", lambda: examine.measure(out / "tests", out / "model"))
    model, progress = learn.trained(out)
    step(out, "card", lambda: card.write(out, progress.seconds, sum(p.numel() for p in model.parameters())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
