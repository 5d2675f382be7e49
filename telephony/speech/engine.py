"""faster-whisper on this machine's processor, with the settings for Chinese telephone calls.

Local only: a model is a folder that is there, or there is none. Deterministic: temperature 0, no text of one phrase
conditions the next, so that a call heard again gives the same words.
"""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from telephony.speech import gate, models
from telephony.speech.background import default_threads
from telephony.speech.errors import ModelDamaged, ModelMissing, PracticeOnly, SpeechError
from telephony.speech.models import Presence
from telephony.speech.port import RATE, Phrase, Wave

log = logging.getLogger(__name__)

HOTWORD_TOKENS = 100
"""Hotwords, prompt and answer share 448 tokens; beyond that the library raises."""
ANSWER_TOKENS = 448 - HOTWORD_TOKENS - 8
MARGIN = 0.5


class FasterWhisper:
    """A Transcriber. `longest` leaves a margin below the model's window, 10 s for the practice model, else 30 s."""

    def __init__(self, folder: Path, *, threads: int = 0, drill: bool = False) -> None:
        """Load the model in `folder`; seconds for a big one. `threads` 0: half of the cores.

        The practice model is refused unless `drill`: outside practice calls it invents confident sentences.
        Raises ModelMissing, ModelDamaged, PracticeOnly.
        """
        state = models.inspect(folder)
        if state.presence is Presence.MISSING:
            raise ModelMissing(state.reason)
        if state.presence is Presence.DAMAGED:
            raise ModelDamaged(state.reason)
        if state.practice and not drill:
            raise PracticeOnly(
                "{folder}: the practice model may only hear practice calls; configure a real model", folder=folder
            )
        from faster_whisper import WhisperModel  # noqa: PLC0415 - seconds to import; the daemon never loads a model

        try:
            self._whisper: Any = WhisperModel(
                str(folder),
                device="cpu",
                compute_type="int8",
                cpu_threads=threads or default_threads(),
                num_workers=1,
                local_files_only=True,
            )
        except Exception as error:  # the two libraries raise what they like, bare Exception among it
            raise ModelDamaged("{folder}: the model cannot be loaded: {reason}", folder=folder, reason=error) from error
        if not self._whisper.model.is_multilingual:
            raise ModelDamaged(
                "{folder}: this model knows English only; fetch one without '.en' in its name", folder=folder
            )
        self.folder = folder
        self.model = folder.resolve().name
        self.version = models.version(folder)
        self.drill_only = state.practice
        self.joins = not state.practice
        self.longest = float(self._whisper.feature_extractor.chunk_length) - MARGIN
        log.info("model %s (%s) loaded from %s", self.model, self.version, folder)

    def transcribe(self, samples: Wave, hotwords: Sequence[str] = ()) -> list[Phrase]:
        """See Transcriber."""
        seconds = len(samples) / RATE
        if not len(samples):
            return []
        try:
            segments, _ = self._whisper.transcribe(
                samples,
                language="zh",
                beam_size=5,
                temperature=0.0,
                condition_on_previous_text=False,
                vad_filter=False,
                no_speech_threshold=None,  # the gate below decides, and says doubt instead of dropping in silence
                # Names that it never learnt strike the practice model dumb: four of them, and it writes nothing at all.
                hotwords=None if self.drill_only else self._fitting(hotwords) or None,
                # A decoder in a loop would hold up the draft.
                max_new_tokens=min(32 + int(16 * seconds), ANSWER_TOKENS),
            )
            found = list(segments)
        except (RuntimeError, ValueError, IndexError) as error:
            raise SpeechError(
                "the model {model} failed on {seconds} s of sound: {reason}",
                model=self.model,
                seconds=f"{seconds:.1f}",
                reason=error,
            ) from error
        phrases = []
        for segment in found:
            text = segment.text.strip()
            belief = gate.judge(text, segment.avg_logprob, segment.no_speech_prob, segment.compression_ratio)
            if belief is gate.Belief.DROP:
                log.info("dropped a phrase that nobody is likely to have said (%d characters)", len(text))
                continue
            phrases.append(
                Phrase(
                    start=min(max(0.0, float(segment.start)), seconds),
                    end=min(max(0.0, float(segment.end)), seconds),
                    text=text,
                    logprob=float(segment.avg_logprob),
                    no_speech=float(segment.no_speech_prob),
                    doubtful=belief is gate.Belief.DOUBT,
                )
            )
        return phrases

    def _fitting(self, hotwords: Sequence[str]) -> str:
        """As many whole hotwords, from the first on, as the token budget allows."""
        kept, used = [], 0
        for word in dict.fromkeys(hotwords):
            cost = len(self._whisper.hf_tokenizer.encode(f"，{word}", add_special_tokens=False).ids)
            if used + cost > HOTWORD_TOKENS:
                break
            kept.append(word)
            used += cost
        return "，".join(kept)
