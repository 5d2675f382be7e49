"""One run's view of the room: settings and record, opened when first asked for and closed at the end."""

from pathlib import Path

from models.settings import Settings, load
from models.store import migrations
from models.store.engine import Record


class Room:
    """The room in `home`. `settings` and `record` raise ConfigurationError with the way out."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._settings: Settings | None = None
        self._record: Record | None = None

    @property
    def settings(self) -> Settings:
        """The configuration, read once; the language of all words follows it."""
        if self._settings is None:
            from console.words import set_language  # noqa: PLC0415 - the words need no room

            self._settings = load(self.home)
            set_language(self._settings.room.language)
        return self._settings

    @property
    def record(self) -> Record:
        """The record, at the newest revision."""
        if self._record is None:
            record = Record(self.settings.database_url)
            migrations.check(record)
            self._record = record
        return self._record

    def close(self) -> None:
        """Let go of the record."""
        if self._record is not None:
            self._record.close()
