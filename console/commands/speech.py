"""Speech and what is made of it: elements of a transcript, models fetched and tried."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from console.output import emit
from console.session import Room
from console.words import _, element, retold, say, set_language
from models.errors import ConfigurationError
from models.rules.elements import TranscriptError, Vocabulary, as_json, draft, missing, parse
from models.settings import FILE
from models.store import lookup
from telephony.speech import models as speech_models
from telephony.speech.errors import SpeechError


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--at", help="When the call was, as an ISO time with zone (default: now).")
@click.option("--json", "json_form", is_flag=True, help="A JSON document instead of lines.")
@click.pass_obj
def elements(room: Room, file: Any, at: str | None, *, json_form: bool) -> None:
    """Draft the eleven elements from a transcript: plain text or JSON; '-' reads standard input.

    Place and unit names come from the directory of the room where there is one.
    """
    in_room = (room.home / FILE).exists()
    zone = room.settings.room.zone if in_room else None
    try:
        moment = datetime.fromisoformat(at) if at else datetime.now(UTC).astimezone(zone)
    except ValueError as error:
        raise click.BadParameter(f"'{at}' is not an ISO time such as 2026-11-23T10:21:00+08:00") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone) if zone else moment.astimezone()
    known = Vocabulary(places=frozenset(), units=frozenset())
    if in_room:
        with room.record.reading() as session:
            known = lookup.vocabulary(session)
    try:
        found = draft(parse(file.read(), moment), known)
    except UnicodeDecodeError as error:
        raise ConfigurationError("{file}: not UTF-8 text: {reason}", file=file.name, reason=str(error)) from error
    except TranscriptError as error:
        raise ConfigurationError("{file}: {reason}", file=file.name, reason=str(error)) from error
    if json_form:
        emit(as_json(found))
        return
    if not in_room:
        set_language("zh")
    for key, item in found.items():
        value = json.dumps(item.value, ensure_ascii=False, default=str) if item.value is not None else ""
        click.echo(f"{element(key)}: {item.text or '—'}  {value}".rstrip())
    if asked := missing(found):
        click.echo(_("still to ask: {keys}").format(keys=" · ".join(element(key) for key in asked)), err=True)


@click.group()
def model() -> None:
    """The speech model: fetch one, try one."""


@model.command()
@click.argument("name")
@click.pass_obj
def fetch(room: Room, name: str) -> None:
    """Download the faster-whisper model NAME (small, medium, large-v3, or owner/repository) with a progress bar."""
    from telephony.speech.fetch import Progress  # noqa: PLC0415 - brings the hub's client along
    from telephony.speech.fetch import fetch as download  # noqa: PLC0415 - likewise

    folder = room.settings.path(room.settings.speech.models_dir)
    with click.progressbar(length=1, label=name, file=sys.stderr) as bar:

        def progress(now: Progress) -> None:
            bar.length = max(now.total, 1)
            bar.update(now.done - bar.pos)

        found = download(name, folder, progress)
    click.echo(str(found))
    click.echo(_('write  model = "{name}"  under [speech] in dutyline.toml').format(name=name), err=True)


@model.command()
@click.argument("wav", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--practice", is_flag=True, help="Use the practice model that comes with the product.")
@click.option("--json", "json_form", is_flag=True, help="A JSON document instead of lines.")
@click.pass_obj
def test(room: Room, wav: Path, *, practice: bool, json_form: bool) -> int:
    """Transcribe one file and say the real-time factor of this machine. Exit code 1 when no model can be used."""
    from telephony.speech.engine import FasterWhisper  # noqa: PLC0415 - seconds to import
    from telephony.speech.measure import measure  # noqa: PLC0415 - likewise

    if practice:
        folder, threads = speech_models.practice_folder(), 0
    else:
        speech = room.settings.speech
        state = speech_models.state(speech.model, room.settings.path(speech.models_dir))
        if state.folder is None or state.presence is not speech_models.Presence.PRESENT:
            click.echo(retold(state.reason), err=True)
            return 1
        folder, threads = state.folder, speech.threads
    try:
        result = measure(wav, FasterWhisper(folder, threads=threads, drill=practice))
    except SpeechError as error:
        click.echo(say(error), err=True)
        return 1
    if json_form:
        emit(
            {
                "text": result.text,
                "seconds": result.seconds,
                "took": result.took,
                "rtf": result.rtf,
                "phrases": result.phrases,
            }
        )
    else:
        for phrase in result.phrases:
            click.echo(f"{phrase.start:7.2f}  {phrase.text}")
        click.echo(f"{result.seconds:.1f} s in {result.took:.1f} s: real-time factor {result.rtf:.3f}", err=True)
    return 0
