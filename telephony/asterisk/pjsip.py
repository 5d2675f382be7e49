"""pjsip.conf as text: desk phones by password, trunks by address, and the endpoint of the practice calls."""

from models.settings import Seat, Settings, Trunk
from telephony.asterisk.layout import AsteriskMisconfigured

PRACTICE = "dutyline-practice"
SIP_PORT = 5060

# No media timeout of seconds: a phone that is silent (muted, on a poor line) must not be cut off.
_COMMON = """type = endpoint
transport = dutyline-udp
disallow = all
allow = alaw,ulaw
direct_media = no
rtp_symmetric = yes
force_rport = yes
rtp_timeout = 120
rtp_timeout_hold = 7200
device_state_busy_at = 0
language = en
"""


def seat_endpoint(seat: Seat) -> str:
    """The PJSIP endpoint of a seat."""
    return seat.endpoint or seat.number


def trunk_endpoint(trunk: Trunk) -> str:
    """The PJSIP endpoint of a trunk."""
    return trunk.endpoint or trunk.name


def host_port(address: str) -> tuple[str, int]:
    """`host` or `host:port` of a trunk. Raises AsteriskMisconfigured."""
    host, _, port = address.partition(":")
    if not host or (port and not port.isdecimal()) or any(letter in host for letter in " ;,\n[]"):
        raise AsteriskMisconfigured("trunks: host is '{address}'; write an address, or address:port", address=address)
    return host, int(port) if port else SIP_PORT


def address(trunk: Trunk) -> str:
    """`host:port` of a trunk's carrier."""
    host, port = host_port(trunk.host)
    return f"{host}:{port}"


def dial_outside(trunk: Trunk, digits: str) -> str:
    """How Dial reaches an outside number: by the carrier's address where known, whether he answers OPTIONS or not."""
    name = trunk_endpoint(trunk)
    return f"PJSIP/{name}/sip:{digits}@{address(trunk)}" if trunk.host else f"PJSIP/{digits}@{name}"


def plain(text: str) -> str:
    """`text` as it may stand in a configuration value: what would end or comment it is left out."""
    return "".join(letter for letter in text if letter.isprintable() and letter not in ';"<>\\[]').strip()


def transport(host: str, port: int) -> str:
    """The global part and the one UDP transport."""
    return f"""[global]
type = global
user_agent = Dutyline
endpoint_identifier_order = ip,auth_username,username
keep_alive_interval = 30

[system]
type = system
timer_t1 = 500
disable_tcp_switch = yes

[dutyline-udp]
type = transport
protocol = udp
bind = {host}:{port}
"""


def _media(host: str) -> str:
    """Keep sound on the address of the signalling, so that several rooms on one machine do not meet."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - compared with, not bound to
        return ""
    return f"media_address = {host}\nbind_rtp_to_media_address = yes\n"


def seat_sections(seat: Seat, password: str, host: str) -> str:
    """A desk phone: registers by digest; a second contact lets the console's softphone stand in beside the phone."""
    name = seat_endpoint(seat)
    return f"""
[{name}]
{_COMMON}{_media(host)}context = dutyline-seats
identify_by = username,auth_username
rewrite_contact = yes
auth = {name}
aors = {name}
callerid = "{plain(seat.label)}" <{seat.number}>

[{name}]
type = auth
auth_type = userpass
username = {name}
password = {password}

[{name}]
type = aor
max_contacts = 2
remove_existing = yes
qualify_frequency = 10
qualify_timeout = 3.0
"""


def trunk_sections(trunk: Trunk, host: str) -> str:
    """A carrier known by its address; a fax tone is heard on it; it may not transfer calls."""
    name, (peer, port) = trunk_endpoint(trunk), host_port(trunk.host)
    number = f"from_user = {trunk.number}\n" if trunk.number else ""
    return f"""
[{name}]
{_COMMON}{_media(host)}context = dutyline-in
identify_by = ip
allow_transfer = no
trust_id_inbound = yes
fax_detect = yes
fax_detect_timeout = 30
{number}aors = {name}

[{name}]
type = aor
contact = sip:{peer}:{port}
qualify_frequency = 15

[{name}]
type = identify
endpoint = {name}
match = {peer}
"""


def practice_sections(password: str, host: str) -> str:
    """Practice calls come by this endpoint: any caller number, let in by its own password."""
    return f"""
[{PRACTICE}]
{_COMMON}{_media(host)}context = dutyline-practice
identify_by = auth_username
allow_transfer = no
auth = {PRACTICE}

[{PRACTICE}]
type = auth
auth_type = userpass
username = {PRACTICE}
password = {password}
"""


def whole(settings: Settings, passwords: dict[str, str], practice: str) -> str:
    """pjsip.conf of the private Asterisk."""
    host = settings.pbx.sip_host
    parts = [transport(host, settings.pbx.sip_port)]
    parts += [seat_sections(seat, passwords[seat.number], host) for seat in settings.seats]
    parts += [trunk_sections(trunk, host) for trunk in settings.trunks if trunk.host]
    parts.append(practice_sections(practice, host))
    return "".join(parts)
