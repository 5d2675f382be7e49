"""The training network computes what CTranslate2 will compute. Needs torch: `pip install 'dutyline[train]'`."""

import itertools
import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training is an extra: torch is not installed")
pytest.importorskip("scipy", reason="training is an extra: scipy is not installed")

from telephony.speech.training import align  # noqa: E402
from telephony.speech.training.network import HEARD, MELS, POSITIONS, Whisper  # noqa: E402


def small() -> Whisper:
    torch.manual_seed(1)
    model = Whisper(16, 2, 2, 1, vocabulary=40, labels=7, time0=20)
    model.eval()
    return model


def test_one_heavy_padding_position_equals_a_thousand_equal_ones() -> None:
    model = small()
    mel = torch.randn(2, MELS, 2 * HEARD)
    with torch.no_grad():
        memory, _ = model.encode(mel)
        padded = torch.cat([mel, torch.zeros(2, MELS, 2 * (POSITIONS - HEARD))], 2)
        x = model._convolve(padded)
        x[:, :HEARD] = model._convolve(mel) + model.place
        x[:, HEARD:] = model._convolve(mel.new_zeros(1, MELS, 8))[:, 1:2] + model.pad_place
        for layer in model.encoder:
            x = layer(x, torch.zeros(1, 1, 1, POSITIONS))
        whole = model.encoder_norm(x)
    assert torch.allclose(memory[:, :HEARD], whole[:, :HEARD], atol=1e-4)
    assert torch.allclose(memory[:, HEARD], whole[:, POSITIONS - 1], atol=1e-4)


def test_attention_at_the_right_place_costs_less() -> None:
    model = small()
    memory, bias = model.encode(torch.randn(1, MELS, 2 * HEARD))
    tokens = torch.tensor([[1, 2, 3]])
    unknown = torch.full((1, 3), -1.0)
    unknown[0, 1] = 250.0
    _, narrow = model.decode(tokens, memory, bias, (unknown, 5.0))
    _, wide = model.decode(tokens, memory, bias, (unknown, 100.0))
    assert 0 < wide.item() < narrow.item()


def test_alignment_finds_the_path_that_an_exhaustive_search_finds() -> None:
    rng = np.random.default_rng(4)
    steps, target = 6, [2, 2, 1]
    log_probs = np.log(rng.dirichlet(np.ones(3), size=steps)).astype(np.float32)

    def collapsed(path: tuple[int, ...]) -> list[int]:
        return [label for label, _ in itertools.groupby(path) if label]

    best = max(
        (path for path in itertools.product(range(3), repeat=steps) if collapsed(path) == target),
        key=lambda path: math.fsum(log_probs[t, label] for t, label in enumerate(path)),
    )
    runs = [(label, [t for t, _ in run]) for label, run in itertools.groupby(enumerate(best), key=lambda x: x[1])]
    expected = [float(np.mean(where)) for label, where in runs if label]
    window = np.concatenate([log_probs, log_probs[:1]])[None]  # one step of padding behind the sound
    assert align.spikes(window, [target], [steps]) == [pytest.approx(expected)]
