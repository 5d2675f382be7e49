"""Speech as the recorder would have it: espeak-ng, a telephone line, G.711 mu-law at 8 kHz, WAV files."""

import struct
import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, resample_poly, sosfilt

RATE = 8000
Samples = NDArray[np.int16]
Codes = NDArray[np.uint8]


def say(text: str, variant: str, speed: int, english: bool = False) -> Samples:
    """Speech without silence around it. (`cmn-latn-pinyin` reads hanzi; Debian 12's plain `cmn` does not.)"""
    voice = ("en" if english else "cmn-latn-pinyin") + (f"+{variant}" if variant else "")
    done = subprocess.run(
        ["espeak-ng", "-v", voice, "-s", str(speed), "--stdout", text], capture_output=True, check=True
    )
    x = np.frombuffer(done.stdout[44 : len(done.stdout) // 2 * 2], dtype="<i2").astype(np.float64)
    x = resample_poly(x, 160, 441)  # 22050 -> 8000
    loud = np.where(np.abs(x) > np.abs(x).max() * 0.02)[0]
    x = x[loud[0] : loud[-1] + 1]
    return (x / np.abs(x).max() * 30000).astype(np.int16)


def babble(texts: list[str], variant: str, speed: int) -> Samples:
    """Several sentences at once."""
    parts = [say(t, variant, speed).astype(np.int32) for t in texts]
    shortest = min(len(p) for p in parts)
    mixed: NDArray[np.int32] = np.sum([p[:shortest] for p in parts], axis=0) // len(parts)
    return mixed.astype(np.int16)


def ulaw_encode(samples: NDArray[np.float64]) -> Codes:
    """G.711 mu-law codes of 16-bit samples."""
    x = np.clip(samples, -32635, 32635).astype(np.int32)
    size = np.abs(x) + 132
    exponent = np.floor(np.log2(size)).astype(np.int32) - 7
    return (~(((x < 0) << 7) | (exponent << 4) | ((size >> (exponent + 3)) & 15)) & 255).astype(np.uint8)


def ulaw_decode(codes: Codes) -> Samples:
    code = ~codes.astype(np.int32) & 255
    size = ((((code & 15) << 3) + 132) << ((code >> 4) & 7)) - 132
    return np.where(code & 128, -size, size).astype(np.int16)


def line(samples: Samples, rng: np.random.Generator, noisy: bool) -> Codes:
    """Once over the line: mu-law, and if noisy a narrower band, coloured noise (SNR 22-45 dB) and up to 10 dB less."""
    x = samples.astype(np.float64)
    if noisy:
        band = butter(2, [rng.uniform(60, 200), rng.uniform(3400, 3900)], "bandpass", fs=RATE, output="sos")
        noise = sosfilt(band, np.cumsum(rng.standard_normal(len(x))) * 0.02 + rng.standard_normal(len(x)))
        x = sosfilt(band, x)
        x += noise / noise.std() * np.sqrt((x**2).mean()) * 10 ** (-rng.uniform(22, 45) / 20)
        x *= 30000 / np.abs(x).max() * 10 ** (-rng.uniform(0, 10) / 20)
    return ulaw_encode(x)


def write_ulaw(path: Path, codes: Codes) -> None:
    """A G.711 mu-law WAV file (format tag 7), which Python's `wave` cannot write."""
    form = struct.pack("<HHIIHHH", 7, 1, RATE, RATE, 1, 8, 0)
    body = codes.tobytes() + b"\0" * (len(codes) % 2)
    size = 4 + 8 + len(form) + 8 + len(body)
    head = b"RIFF" + struct.pack("<I", size) + b"WAVEfmt " + struct.pack("<I", len(form)) + form
    path.write_bytes(head + b"data" + struct.pack("<I", len(codes)) + body)
