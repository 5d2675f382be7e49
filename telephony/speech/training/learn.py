"""Training, stage by stage. A checkpoint holds all that is needed to go on where a run stopped."""

import itertools
import math
import random
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812

from telephony.speech.training import align, recipe
from telephony.speech.training import vocabulary as v
from telephony.speech.training.clips import Clips
from telephony.speech.training.network import SMALL, Whisper
from telephony.speech.training.recipe import STAGES, Stage
from telephony.speech.training.windows import NOTHING, Batch, Sampler


@dataclass
class Progress:
    """Where training is: the next step of `stage`, the seconds each stage took, and the averaged weights."""

    stage: int = 0
    step: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    average: dict[str, Any] = field(default_factory=dict)


def network() -> Whisper:
    return Whisper(
        *(recipe.WIDTH, recipe.HEADS, recipe.ENCODER, recipe.DECODER),
        vocabulary=len(v.VOCABULARY),
        labels=len(v.SPOKEN) + 1,
        time0=v.TIME0,
    )


def losses(model: Whisper, batch: Batch, stage: Stage) -> tuple[Any, list[float]]:
    """The loss to follow, and for the log: CTC, text, guide, share of characters that are right."""
    with torch.autocast("cpu", torch.bfloat16):
        memory, bias = model.encode(batch.mel)
        logits = model.heard(memory)
    rows = [i for i, labels in enumerate(batch.spoken) if labels]
    log_probs = logits.float().log_softmax(-1)[rows]
    ctc = F.ctc_loss(
        log_probs.transpose(0, 1),
        torch.tensor(list(itertools.chain.from_iterable(batch.spoken))),
        torch.tensor([batch.steps[i] for i in rows]),
        torch.tensor([len(batch.spoken[i]) for i in rows]),
        zero_infinity=True,
    )
    if not stage.decodes:
        return ctc, [ctc.item(), 0.0, 0.0, 0.0]
    guide = align.places(batch, log_probs, rows), recipe.GUIDE_WIDTH
    with torch.autocast("cpu", torch.bfloat16):
        written, missed = model.decode(batch.tokens, memory, bias, guide)
    wanted, written = batch.wanted.flatten(), written.float().flatten(0, 1)
    text = F.cross_entropy(written, wanted, ignore_index=NOTHING)
    characters = (wanted >= 0) & (wanted < v.EOT)
    right = (written.argmax(-1)[characters] == wanted[characters]).float().mean()
    loss = stage.ctc * ctc + (1 - stage.ctc) * text + recipe.GUIDE * missed
    return loss, [ctc.item(), text.item(), missed.item(), right.item()]


def rate(number: int, step: int) -> float:
    start, end = STAGES[number].rate
    now = end + (start - end) * 0.5 * (1 + math.cos(math.pi * step / STAGES[number].steps))
    return now * min(1, (step + 1) / recipe.WARM_STEPS) if number == 0 else now


class Trainer:
    def __init__(self, folder: Path) -> None:
        torch.set_num_threads(2)
        torch.manual_seed(recipe.SEED)
        self.path = folder / "checkpoint.pt"
        self.sampler = Sampler(Clips(folder / "data", "domain"), Clips(folder / "data", "negative"))
        self.model = network()
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-3, betas=(0.9, 0.98), weight_decay=0.01)
        self.progress = Progress()
        if self.path.exists():
            stored = torch.load(self.path, weights_only=True)
            self.model.load_state_dict(stored["model"])
            self.optimizer.load_state_dict(stored["optimizer"])
            self.progress = Progress(**stored["progress"])

    def run(self) -> None:
        size = sum(p.numel() for p in self.model.parameters()) / 1e6
        print(f"  {size:.2f} M parameters, {len(self.sampler.domain)} clips; {self.progress.seconds}", flush=True)
        for number in range(self.progress.stage, len(STAGES)):
            self._stage(number)
            self.progress.stage, self.progress.step = number + 1, 0
            self._save()

    def _stage(self, number: int) -> None:
        stage, progress = STAGES[number], self.progress
        began, logged = time.monotonic(), list[list[float]]()
        for step in range(progress.step, stage.steps):
            for group in self.optimizer.param_groups:
                group["lr"] = rate(number, step)
            if stage.positions and step <= recipe.RAMP_STEPS:
                grown = step / recipe.RAMP_STEPS
                self.model.set_positions(*(SMALL + (goal - SMALL) * grown for goal in stage.positions))
            batch = self.sampler.batch(stage, random.Random(f"{recipe.SEED}-{number}-{step}"))
            loss, parts = losses(self.model, batch, stage)
            self.optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self.optimizer.step()
            if number == len(STAGES) - 1 and step >= recipe.AVERAGE_FROM * stage.steps:
                self._average()
            logged.append(parts)
            if (step + 1) % 100 == 0:
                means = [sum(column) / len(column) for column in zip(*logged, strict=True)]
                told = "  ".join(f"{k} {x:.3f}" for k, x in zip(("ctc", "text", "guide", "right"), means, strict=True))
                taken = progress.seconds.get(stage.name, 0.0) + time.monotonic() - began
                print(f"  {stage.name} {step + 1}/{stage.steps}  {told}  {taken:.0f} s", flush=True)
                logged.clear()
            if (step + 1) % recipe.SAVE_EVERY == 0 or step + 1 == stage.steps:
                now = time.monotonic()
                progress.seconds[stage.name] = progress.seconds.get(stage.name, 0.0) + now - began
                progress.step, began = step + 1, now
                self._save()

    def _average(self) -> None:
        now = self.model.state_dict()
        self.progress.average = self.progress.average or {k: x.clone() for k, x in now.items()}
        for k, x in self.progress.average.items():
            x.lerp_(now[k], 1 - recipe.AVERAGE_KEEP)

    def _save(self) -> None:
        new = self.path.with_suffix(".new")
        state = {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict()}
        torch.save({**state, "progress": vars(self.progress)}, new)
        new.replace(self.path)


def trained(folder: Path) -> tuple[Whisper, Progress]:
    """The averaged model, or an intermediate one as it is, and how far it is."""
    stored = torch.load(folder / "checkpoint.pt", weights_only=True)
    progress = Progress(**stored["progress"])
    model = network()
    model.load_state_dict(progress.average or stored["model"])
    return model.eval(), progress
