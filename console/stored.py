"""Sentences that services leave in the record or tell in passing: keys, translated where they are shown (`retold`).

Errors bring their own sentences; here stands what is no error. Places are named as `retold` finds them again.
"""

from console.words import N_, _, retold

SENTENCES = (
    # Wishes and services.
    N_("model missing"),
    N_("asked while the telephone service was not running"),
    N_("the telephone service was interrupted"),
    N_("unexpected: {reason}"),
    N_("the speech worker ended ({code}) and is started again"),
    # The link to Asterisk.
    N_("stopped"),
    N_("lost"),
    N_("refused"),
    N_("check pbx.ami_user and pbx.ami_secret against manager.conf"),
    N_("no manager answers there"),
    N_("no answer"),
    N_("no reason given"),
    N_("Asterisk does not answer"),
    N_("Asterisk closed the connection"),
    N_("Asterisk began a list and did not end it"),
    N_("a reply to something that was not asked"),
    N_("what answers there is not an Asterisk manager"),
    N_("what comes from there is not the manager's language"),
    N_("messages come faster than they can be handled"),
    # The softphone.
    N_("the softphone has been closed"),
    N_("the softphone's process has ended"),
    N_("the softphone has not been started"),
    N_("the softphone's process ended with code {code}"),
    N_("the softphone stumbled: {reason}"),
    N_("{target} was not called: {reason}"),
    N_("'{command}' is not possible now: {reason}"),
    N_("'{command}' cannot be asked of a running telephone"),
    N_("no sound yet: the sound device does not answer"),
    N_("no sound: {reason}; install the package libportaudio2 and start again"),
    N_("no sound: {reason}; connect a headset, or check the sound settings of this machine"),
    N_("the sound device has stopped"),
    # The journal's chain.
    N_("the head of the journal is missing"),
    N_("the head of the journal does not fit its last entry"),
    N_("the end is missing: {written} entries were written, {here} are here"),
    N_("an entry numbered {number} was put in"),
    N_("entry {number} is missing; the next one is {next}"),
    N_("entry {number} does not follow from the one before it"),
    N_("entry {number} was changed after it was written"),
    N_("entry {number} was changed and cannot be read any more"),
    # Recordings and models.
    N_("the sealed file is not there"),
    N_("the sealed file cannot be read: {reason}"),
    N_("the sealed file is not the one that was sealed: its SHA-256 differs"),
    N_("the header claims {claimed} bytes of sound, the file has {there}"),
    N_("no speech model is configured; calls wait and are transcribed later"),
    N_("{folder}: no such model; get it with 'dutyline model fetch {name}'"),
    N_("{folder}: cannot be read: {reason}"),
    N_("{folder}: {reason}; fetch the model again"),
    N_("{file} is a Git LFS pointer, not the file itself"),
    N_("{file} is cut off or not JSON"),
    N_("vocabulary.json is missing"),
    N_("config.json is missing"),
    N_("tokenizer.json is missing"),
    N_("model.bin is missing"),
    N_("model.bin is cut off"),
    N_("model.bin is cut off or has something behind its weights"),
    N_("model.bin is cut off: it ends within weight {number} of {count}"),
    N_("model.bin is not a CTranslate2 model of layout {layout}"),
)

NOTES = {
    "rx-cut": N_("the caller's track was cut off"),
    "tx-cut": N_("the duty room's track was cut off"),
    "rx-missing": N_("the caller's track is missing"),
    "tx-missing": N_("the duty room's track is missing"),
    "rx-damaged": N_("the caller's track is damaged"),
    "tx-damaged": N_("the duty room's track is damaged"),
    "mix-only": N_("both parties are on one track"),
    "uneven": N_("one track is shorter than the other"),
    "set-aside": N_("another file under this name was put aside"),
}
"""What is remarkable about a recording, by the code in the record."""


def problem(text: str) -> str:
    """What `recordings.problem` says: codes of NOTES, or a sentence."""
    codes = text.split(", ")
    if all(code in NOTES for code in codes):
        return ", ".join(_(NOTES[code]) for code in codes)
    return retold(text)
