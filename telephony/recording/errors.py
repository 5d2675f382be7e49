"""What goes wrong with a recording. In every case the files that Asterisk wrote are still there."""

import errno
from pathlib import Path

from telephony.errors import TelephonyError


class RecordingError(TelephonyError):
    """Base of this package; nothing that was recorded is lost when it is raised."""


class DiskFull(RecordingError):
    """The sealed file did not fit. The WAVs are untouched; try again when there is space."""


class NothingRecorded(RecordingError):
    """The files hold no sample: the caller hung up before anybody spoke, or nothing was written at all."""


class DamagedRecording(RecordingError):
    """No file of the call can be read as 8 kHz 16-bit mono WAV. All of them are kept for a person to look at."""


class SealBusy(RecordingError):
    """Another process is sealing the same call at this moment."""


def writing_failed(path: Path, cause: OSError) -> RecordingError:
    """The error for a failed write to `path`, telling a full disk from everything else."""
    if cause.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull(
            "{folder}: the disk is full, {file} was not sealed; the recording is kept as WAV: free space",
            folder=path.parent,
            file=path.name,
        )
    return RecordingError(
        "{path}: cannot be written: {reason}; the recording is kept as WAV", path=path, reason=cause.strerror or cause
    )
