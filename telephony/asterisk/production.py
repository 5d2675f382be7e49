"""Snippets for an Asterisk that is there already: files to #include, the secret in one of them, nothing overwritten."""

from importlib import resources
from pathlib import Path

from models.settings import Settings
from telephony.asterisk import config, pjsip
from telephony.asterisk.layout import AsteriskMisconfigured, Layout
from telephony.asterisk.secrets import ensure, write_private

PRIVATE = frozenset({"manager_dutyline.conf", "pjsip_dutyline.conf.example"})


def write_snippets(settings: Settings, out: Path, *, force: bool = False) -> list[Path]:
    """Write the snippets for `settings` into the folder `out`; what was written, in order.

    Raises AsteriskMisconfigured when one is there already (unless `force`) or the folder cannot be written.
    """
    try:
        texts = _texts(settings)
        out.mkdir(parents=True, exist_ok=True)
        there = [name for name in texts if (out / name).exists()]
        if there and not force:
            raise AsteriskMisconfigured(
                "{file}: there already; name another folder, or replace it by --force", file=out / there[0]
            )
        for name, text in texts.items():
            write_private(out / name, text)
            if name not in PRIVATE:
                (out / name).chmod(0o644)
    except OSError as error:
        raise AsteriskMisconfigured(
            "{file}: cannot be written: {reason}", file=error.filename or out, reason=error.strerror
        ) from error
    return [out / name for name in texts]


def _texts(settings: Settings) -> dict[str, str]:
    layout, pbx = Layout.of(settings), settings.pbx
    layout.base.mkdir(parents=True, exist_ok=True, mode=0o700)
    numbers = [seat.number for seat in settings.seats]
    made = ensure(layout.secrets, numbers, ami=pbx.ami_secret.get_secret_value())
    values = {
        "AMIUSER": pbx.ami_user,
        "AMISECRET": made.ami,
        "AMIPERMIT": config.permitted(pbx.ami_host),
        "LOG": "/var/log/asterisk",
        "CELFILE": layout.cel_name,
        "CELPATH": str(layout.cel),
        "SPOOL": str(layout.spool),
    }
    host = "" if pbx.sip_host.startswith("127.") else pbx.sip_host
    phones = [pjsip.seat_sections(seat, made.seats[seat.number], host) for seat in settings.seats]
    trunks = [pjsip.trunk_sections(trunk, host) for trunk in settings.trunks if trunk.host]
    prompt = resources.files(__package__) / "prompts" / "busy-zh.wav"
    return {
        "README.txt": config.fill("production/README.txt", values),
        "extensions_dutyline.conf": config.dialplan(settings, layout.spool, Path(str(prompt))),
        "manager_dutyline.conf": config.fill("manager_dutyline.conf", values),
        "cel_dutyline.conf": config.fill("cel.conf", values),
        "cel_custom_dutyline.conf": config.fill("cel_custom_dutyline.conf", values),
        "pjsip_dutyline.conf.example": "; Examples: take from them what your phones and lines need.\n"
        + pjsip.transport(pbx.sip_host, pbx.sip_port)
        + "".join((*phones, *trunks, pjsip.practice_sections(made.practice, host))),
    }
