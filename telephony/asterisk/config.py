"""Asterisk's configuration from our settings: templates filled in, the dialplan the same everywhere."""

import math
import re
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from models.settings import Settings
from telephony.asterisk import pjsip
from telephony.asterisk.astdb import backup_dial_string, ring_dial_string
from telephony.asterisk.layout import AsteriskMisconfigured, Layout
from telephony.asterisk.program import AsteriskProgram
from telephony.asterisk.secrets import Secrets, write_private

PLACE = re.compile(r"@([A-Z]+)@")
MODULE = re.compile(r"^(load|require) = (\S+\.so)$", re.MULTILINE)
PROMPT = Path(__file__).parent / "prompts" / "busy-zh.wav"
RTP_PORTS = (16384, 18383)


def template(name: str) -> str:
    """The text of templates/`name`."""
    return (resources.files(__package__) / "templates" / name).read_text(encoding="utf-8")


def fill(name: str, values: Mapping[str, str]) -> str:
    """Template `name` with every @PLACE@ filled in; a value may not break its line. KeyError for an unknown place."""
    for key, value in values.items():
        if "\r" in value or (key not in {"SEATLINES", "DIALLINES"} and "\n" in value):
            raise AsteriskMisconfigured("{name}: the value for {key} has a line break", name=name, key=key)
    return PLACE.sub(lambda found: values[found.group(1)], template(name))


def modules_wanted() -> list[str]:
    """Every module that our modules.conf names."""
    return [name for _, name in MODULE.findall(template("modules.conf"))]


def modules_conf(program: AsteriskProgram) -> str:
    """modules.conf without the optional modules that this Asterisk lacks; AsteriskMisconfigured for a needed one."""
    lines = []
    for line in template("modules.conf").splitlines():
        found = MODULE.match(line)
        if found and not program.has(found.group(2)):
            if found.group(1) == "require":
                raise AsteriskMisconfigured(
                    "{modules}: {module} is missing in Asterisk {version}",
                    modules=program.modules,
                    module=found.group(2),
                    version=program.version,
                )
            continue
        lines.append(line)
    return "\n".join(lines) + "\n"


def dialplan(settings: Settings, spool: Path, prompt: Path) -> str:
    """extensions_dutyline.conf for these seats, trunks and times."""
    pbx = settings.pbx
    seats = [(seat.number, f"PJSIP/{pjsip.seat_endpoint(seat)}") for seat in settings.seats]
    calls = [
        f"exten => {number},1,Set(DL_TO={target})\n same => n,Goto(dutyline-house,s,1)" for number, target in seats
    ]
    dials = [f"exten => {number},1,Goto(dutyline-seats,{number},1)" for number, _ in seats]
    direct = [f"{pjsip.trunk_endpoint(trunk)}/{pjsip.address(trunk)}" for trunk in settings.trunks if trunk.host]
    return fill(
        "extensions_dutyline.conf",
        {
            "AGI": f"{pbx.agi_host}:{pbx.agi_port}",
            "SPOOL": str(spool),
            "PROMPT": str(prompt.with_suffix("")),
            "SEATS": ring_dial_string(settings.seats),
            "BACKUP": backup_dial_string(settings),
            "TRUNKS": "&".join((*map(pjsip.trunk_endpoint, settings.trunks), *direct)),
            "ESCALATE": str(math.ceil(pbx.escalate_after)),
            "MESSAGE": str(math.ceil(pbx.message_after)),
            "SEATLINES": "\n".join(calls),
            "DIALLINES": "\n".join(dials),
            "PREFIX": pbx.outgoing_prefix,
            "PREFIXLENGTH": str(len(pbx.outgoing_prefix)),
        },
    )


def permitted(host: str) -> str:
    """Who may use a manager at `host`: this machine only, unless it listens on an address of the network."""
    return "127.0.0.0/8" if host.startswith("127.") or host == "localhost" else host


def write(
    program: AsteriskProgram,
    settings: Settings,
    layout: Layout,
    secrets: Secrets,
    *,
    prompt: Path = PROMPT,
    rtp: tuple[int, int] = RTP_PORTS,
    verbose: bool = False,
) -> None:
    """Write the whole configuration of a private Asterisk into `layout.etc`."""
    pbx = settings.pbx
    values = {
        "ETC": str(layout.etc),
        "MODULES": str(program.modules),
        "DATA": str(program.data),
        "BINARIES": str(program.binaries),
        "VAR": str(layout.var),
        "ASTSPOOL": str(layout.base / "astspool"),
        "RUN": str(layout.run),
        "LOG": str(layout.log),
        "CACHE": str(layout.base / "cache"),
        "SYSTEM": secrets.system,
        "CELFILE": layout.cel_name,
        "AMIHOST": pbx.ami_host,
        "AMIPORT": str(pbx.ami_port),
        "AMIUSER": pbx.ami_user,
        "AMISECRET": secrets.ami,
        "AMIPERMIT": permitted(pbx.ami_host),
        "RTPSTART": str(rtp[0]),
        "RTPEND": str(rtp[1]),
        "VERBOSE": "notice,warning,error,verbose(3)" if verbose else "error",
    }
    names = {
        file.name for file in (resources.files(__package__) / "templates").iterdir() if file.name.endswith(".conf")
    } - {"modules.conf", "extensions_dutyline.conf"}
    texts = {name: fill(name, values) for name in names}
    texts["modules.conf"] = modules_conf(program)
    texts["cel_custom.conf"] = "#include cel_custom_dutyline.conf\n"
    texts["extensions_dutyline.conf"] = dialplan(settings, layout.spool, prompt)
    texts["pjsip.conf"] = pjsip.whole(settings, secrets.seats, secrets.practice)
    for name, text in texts.items():
        write_private(layout.etc / name, text)
