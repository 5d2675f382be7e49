"""One room's configuration: dutyline.toml in its home, every secret also by environment (DUTYLINE_PBX__AMI_SECRET)."""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from models.errors import ConfigurationError

FILE = "dutyline.toml"
Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[float, Field(gt=0, le=3600)]


class Section(BaseModel):
    """A table of the file: unknown keys are errors, so that a typing error is found at the start and not at night."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Room(Section):
    """The duty room itself."""

    name: str = "总值班室"
    language: Literal["zh", "en"] = "zh"
    timezone: str = "Asia/Shanghai"

    @field_validator("timezone")
    @classmethod
    def known(cls, value: str) -> str:
        """The zone of the IANA database by which the room reads its clock."""
        if value not in available_timezones():
            raise ValueError(f"'{value}' is not a time zone of the IANA database; write for instance Asia/Shanghai")
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The zone by which times are shown; stored times are UTC."""
        return ZoneInfo(self.timezone)


class Seat(Section):
    """A desk with an extension of the PBX."""

    number: str = Field(pattern=r"^[0-9]{2,6}$")
    label: str
    endpoint: str = ""
    """The PJSIP endpoint; empty means that it is named like the extension."""
    softphone: bool = True
    """The console itself may be this seat's telephone when the officer has no desk phone."""


class Trunk(Section):
    """A line from the carrier."""

    name: str = Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")
    label: str = ""
    endpoint: str = ""
    """The PJSIP endpoint; empty means that it is named like the trunk."""
    number: str = ""
    """The number under which the public reaches this line."""
    host: str = ""
    """Where the carrier is (private Asterisk only): identified by address, host or host:port."""


class Pbx(Section):
    """The Asterisk beside us."""

    ami_host: str = "127.0.0.1"
    ami_port: Port = 5038
    ami_user: str = "dutyline"
    ami_secret: SecretStr = SecretStr("")
    agi_host: str = "127.0.0.1"
    agi_port: Port = 4573
    agi_peers: tuple[str, ...] = ("127.0.0.0/8",)
    """Addresses or networks that may speak to the AGI port; everybody else is refused with one line in the log."""
    sip_host: str = "127.0.0.1"
    sip_port: Port = 5060
    cel_file: Path = Path("asterisk/log/cel-custom/dutyline.csv")
    """Relative paths are relative to the room's home."""
    spool: Path = Path("asterisk/spool/dutyline")
    """Where MixMonitor writes; readable and writable by the daemon."""
    escalate_after: Seconds = 20
    """Seconds of ringing after which the backup numbers ring too (Art. 6)."""
    message_after: Seconds = 60
    """Seconds of ringing after which the caller hears the spoken message and may leave his own."""
    backup: tuple[str, ...] = ()
    """Extensions or outside numbers that ring too after `escalate_after`."""
    outgoing_prefix: str = Field(default="9", pattern=r"^[0-9]{0,2}$")


class Speech(Section):
    """Who writes down what was said."""

    model: str = ""
    """A folder, or a name that `model fetch` got; empty: calls wait ("model missing") and are transcribed later."""
    models_dir: Path = Path("models")
    threads: int = Field(default=0, ge=0, le=64)
    """0: half of the cores, at least one."""
    nice: int = Field(default=10, ge=0, le=19)


class Database(Section):
    """Where the record is kept."""

    url: SecretStr = SecretStr("")
    """Empty: dutyline.db in the room's home. Otherwise postgresql+psycopg://…"""


class Recordings(Section):
    """Where sealed audio is kept."""

    folder: Path = Path("recordings")
    warn_free_days: float = Field(default=14, gt=0)


class Settings(BaseSettings):
    """Everything one room is configured by. `home` is where the file was found; relative paths are under it."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        env_prefix="DUTYLINE_",
        env_nested_delimiter="__",
    )

    home: Path
    room: Room = Room()
    database: Database = Database()
    recordings: Recordings = Recordings()
    pbx: Pbx = Pbx()
    speech: Speech = Speech()
    seats: tuple[Seat, ...] = ()
    trunks: tuple[Trunk, ...] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, so that a secret need not be written down."""
        home = init_settings().get("home")
        if home is None:
            return init_settings, env_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, Path(home) / FILE)

    @model_validator(mode="after")
    def unambiguous(self) -> Self:
        """No number, name or endpoint stands for two desks or lines."""
        desks, lines = [seat.number for seat in self.seats], [trunk.name for trunk in self.trunks]
        ends = [seat.endpoint or seat.number for seat in self.seats] + [t.endpoint or t.name for t in self.trunks]
        for what, names in (("seat", desks), ("trunk", lines), ("endpoint", ends)):
            for name in names:
                if names.count(name) > 1:
                    raise ValueError(f"{what} '{name}' is configured twice; each needs its own")
        return self

    def path(self, value: Path) -> Path:
        """`value` as an absolute path; relative ones are under the room's home."""
        return value if value.is_absolute() else self.home / value

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the record. Contains a secret on PostgreSQL: never log it."""
        return self.database.url.get_secret_value() or f"sqlite:///{self.home / 'dutyline.db'}"


def home_of(option: str | Path | None) -> Path:
    """The room's home: the option, else DUTYLINE_HOME, else ./var."""
    return Path(option or os.environ.get("DUTYLINE_HOME") or "var").resolve()


def load(home: Path) -> Settings:
    """Read `home`/dutyline.toml. Raises ConfigurationError naming file and key."""
    file = home / FILE
    try:
        tomllib.loads(file.read_text(encoding="utf-8"))
        return Settings(home=home)
    except FileNotFoundError as error:
        raise ConfigurationError(
            "{file}: no such file; 'dutyline --home {home} up' makes a room there", file=file, home=home
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError("{file}: not a TOML file: {reason}", file=file, reason=error) from error
    except OSError as error:
        raise ConfigurationError("{file}: cannot be read: {reason}", file=file, reason=error.strerror) from error
    except SettingsError as error:
        raise ConfigurationError("environment: {reason}; lists are written as JSON", reason=error) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or "(file)"
        raise ConfigurationError("{file}: {key}: {reason}", file=file, key=key, reason=first["msg"]) from error
