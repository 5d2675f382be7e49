"""The speech worker: a process of its own that hears calls while they go on and writes down what it heard.

It meets the daemon only in the record: it claims transcripts there, and another machine may run one beside it.
"""

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from models.actions import entries, recordings
from models.errors import Unavailable
from models.queries import work
from models.rules.elements import Leg as Speaker
from models.settings import Settings, load
from models.store.engine import Record
from models.tables.recordings import RecordingState
from telephony.recording.legs import Leg, leg_path
from telephony.recording.wav import Condition, inspect
from telephony.speech import models
from telephony.speech.background import be_background
from telephony.speech.errors import SpeechError
from telephony.speech.live import LiveTranscription
from telephony.speech.models import Presence
from telephony.speech.port import Transcriber

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
AT_ONCE = 16
"""Calls heard at the same time; more wait for their turn."""
POLL_SECONDS = 0.2
LOOK_SECONDS = 5.0
"""How often it is looked whether a model has come."""
FEW = 4
"""Transcripts told in one transaction: a background process must not keep the record from a call that rings."""
LEGS = {Speaker.CALLER: Leg.RX, Speaker.OFFICER: Leg.TX}
SPEAKERS = {leg: speaker for speaker, leg in LEGS.items()}


@dataclass(slots=True)
class Task:
    """One transcript in hand; `unwritten` is what was heard while the record could not be written."""

    transcript: int
    live: LiveTranscription
    from_sealed: bool
    kept_at: datetime
    unwritten: list[recordings.Heard] = field(default_factory=list)
    started: bool = False


class Worker:
    """Hears everything that waits, newest call first. `engine(folder, drill)` makes a Transcriber."""

    def __init__(
        self, record: Record, settings: Settings, engine: Callable[[Path, bool], Transcriber], *, name: str
    ) -> None:
        self._record, self._settings, self._engine, self._name = record, settings, engine, name
        self._actor = "system:speech"
        self._tasks: list[Task] = []
        self._engines: dict[bool, Transcriber] = {}
        self._looked: datetime | None = None
        self._missing = ""

    def run(self, stop: threading.Event) -> None:
        """Work until `stop`; what is in hand is then free for another worker as soon as its lease ends."""
        while not stop.is_set():
            try:
                busy = self.turn()
            except Unavailable as error:
                log.warning("speech: %s", error)
                busy = False
            if not busy:
                stop.wait(POLL_SECONDS)

    def turn(self) -> bool:
        """Claim what waits and hear a little of each call in hand; whether anything was heard."""
        self._find_models()
        while len(self._tasks) < AT_ONCE and self._claim():
            pass
        busy = False
        for task in list(self._tasks):
            try:
                busy = self._advance(task) or busy
            except Unavailable:
                raise
            except Exception as error:
                # Nobody foresaw it; the other calls must still be heard.
                log.exception("speech: transcript %d", task.transcript)
                self._fail(task, f"unexpected: {error}")
        return busy

    def _find_models(self) -> None:
        now = self._record.clock()
        if self._looked is not None and now - self._looked < timedelta(seconds=LOOK_SECONDS):
            return
        self._looked = now
        if True not in self._engines:
            self._load(models.practice_folder(), drill=True)
        state = models.state(self._settings.speech.model, self._settings.path(self._settings.speech.models_dir))
        self._missing = "" if state.presence is Presence.PRESENT else (state.reason or recordings.MODEL_MISSING)
        if state.folder is not None and not self._missing and False not in self._engines:
            self._load(state.folder, drill=False)
        if self._missing:
            self._say_missing()

    def _load(self, folder: Path, *, drill: bool) -> None:
        try:
            self._engines[drill] = self._engine(folder, drill)
        except SpeechError as error:
            if not drill:
                self._missing = str(error)
            log.error("speech: %s", error)

    def _say_missing(self) -> None:
        """Real calls wait, and say why."""
        with self._record.reading() as session:
            silent = work.waiting_without_reason(session, recordings.MODEL_MISSING)
        for few in range(0, len(silent), FEW):
            with self._record.writing(self._actor) as uow:
                for transcript in silent[few : few + FEW]:
                    recordings.waiting(uow, transcript, recordings.MODEL_MISSING)

    def _claim(self) -> bool:
        kinds = list(self._engines)
        if not kinds:
            return False
        only = None if len(kinds) == 2 else kinds[0]
        held = [task.transcript for task in self._tasks]
        with self._record.reading() as session:
            if not recordings.claimable(session, self._record.clock(), worker=self._name, drill=only, exclude=held):
                return False
        with self._record.writing(self._actor) as uow:
            found = recordings.claim(uow, worker=self._name, lease=LEASE, drill=only, exclude=held)
            if found is None:
                return False
            transcript = found.id
        with self._record.reading() as session:
            job = work.listening(session, transcript)
        try:
            self._tasks.append(Task(transcript, self._open(job), job.sealed, self._record.clock()))
        except (SpeechError, ValueError) as error:
            log.error("speech: transcript %d: %s", transcript, error)
            with self._record.writing(self._actor) as uow:
                recordings.failed(uow, transcript, str(error))
        return True

    def _open(self, job: work.Listening) -> LiveTranscription:
        engine = self._engines[job.drill]
        resume = {LEGS[Speaker(leg)]: second for leg, second in job.heard}
        if job.sealed:
            path = self._settings.path(self._settings.recordings.folder) / job.path
            return LiveTranscription.from_sealed(path, engine, hotwords=job.hotwords, drill=job.drill, resume_at=resume)
        return LiveTranscription.of_stem(
            Path(job.stem), engine, hotwords=job.hotwords, drill=job.drill, resume_at=resume
        )

    def _advance(self, task: Task) -> bool:
        with self._record.reading() as session:
            job = work.listening(session, task.transcript)
        if job.sealed and not task.from_sealed and not task.live.begun:
            # Sealed and tidied away before the first look; a file once opened is read to its end.
            task.live, task.from_sealed = self._open(job), True
        final = job.over and (job.sealed or job.state is not RecordingState.GROWING or _written(Path(job.stem)))
        try:
            heard = task.live.step(final=final)
        except SpeechError as error:
            self._fail(task, str(error))
            return False
        if len(task.live.faults) == len(Leg):
            self._fail(task, "; ".join(task.live.faults.values()))
            return False
        task.unwritten += [
            recordings.Heard(
                SPEAKERS[phrase.leg], phrase.start, phrase.end, phrase.text, phrase.logprob, phrase.doubtful
            )
            for phrase in heard
        ]
        self._write(task, job)
        return bool(heard) or task.live.waiting > 0

    def _write(self, task: Task, job: work.Listening) -> None:
        now = self._record.clock()
        if not (task.unwritten or task.live.done or not task.started or now - task.kept_at > LEASE / 3):
            return
        engine = task.live.transcriber
        with self._record.writing(self._actor) as uow:
            if not recordings.keep(uow, task.transcript, worker=self._name, lease=LEASE):
                log.warning("speech: transcript %d is another worker's now", task.transcript)
                self._tasks.remove(task)
                return
            if task.unwritten or task.live.done or not task.started:
                recordings.heard(
                    uow,
                    task.transcript,
                    model=engine.model,
                    version=engine.version,
                    phrases=task.unwritten,
                    done=task.live.done,
                )
            if job.entry is not None and (task.unwritten or task.live.done):
                entries.redraft(uow, job.entry, self._settings.room.zone)
        task.unwritten, task.kept_at, task.started = [], now, True
        if task.live.done:
            self._tasks.remove(task)

    def _fail(self, task: Task, reason: str) -> None:
        log.error("speech: transcript %d: %s", task.transcript, reason)
        with self._record.writing(self._actor) as uow:
            recordings.failed(uow, task.transcript, reason)
        self._tasks.remove(task)


def _written(stem: Path) -> bool:
    """Whether the recorder has closed both legs: their headers say their true length."""
    return all(inspect(leg_path(stem, leg)).condition in (Condition.WHOLE, Condition.EMPTY) for leg in Leg)


def main() -> None:
    """`python -m telephony.speech.worker HOME`: works until SIGTERM or until standard input is closed."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--name", default="speech-1", help="tells workers apart; the same name resumes at once")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = load(given.home)
    threads = be_background(settings.speech.nice, settings.speech.threads)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=_watch_parent, args=(stop,), daemon=True).start()
    from telephony.speech.engine import FasterWhisper  # noqa: PLC0415 - after the threads are capped

    record = Record(settings.database_url)
    try:
        Worker(
            record,
            settings,
            lambda folder, drill: FasterWhisper(folder, threads=threads, drill=drill),
            name=given.name,
        ).run(stop)
    finally:
        record.close()


def _watch_parent(stop: threading.Event) -> None:
    # Not through sys.stdin: its buffer's lock, held by this thread, would abort the interpreter's shutdown.
    while os.read(0, 1024):
        pass
    stop.set()


if __name__ == "__main__":
    main()
