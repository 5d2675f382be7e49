"""What all tables share: naming, time, codes, keys."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from sqlalchemy import BigInteger, Boolean, DateTime, Dialect, Enum, Float, Integer, MetaData, String, Text, event
from sqlalchemy.orm import ColumnProperty, DeclarativeBase, QueryableAttribute, mapped_column
from sqlalchemy.types import JSON, TypeDecorator

from models.text import storable, storable_data

Code = TypeVar("Code", bound=StrEnum)

# A column with this mark is bookkeeping or a secret: it never reaches the journal.
UNJOURNALLED: dict[str, Any] = {"journal": False}


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in, aware UTC out. SQLite forgets the zone, so it is put back; a naive time is a programming error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; SQLite gets it without the zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value!r}: the record stores UTC, give it a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always with the zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text of any origin: NUL, lone surrogates and what is longer than `length` never reach the database.

    Cleaned when it is assigned, so that row, journal and index say the same, and when it is compared with.
    """

    impl = String
    cache_ok = True

    def __init__(self, length: int | None = None) -> None:
        self.limit = length
        super().__init__(length)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """As `storable`."""
        return None if value is None else storable(value, self.limit)


class Prose(Words):
    """The same without a limit."""

    impl = Text
    cache_ok = True


def code(kind: type[Code], length: int = 16) -> Enum:
    """A StrEnum stored by value, checked on the way in and out; no native type, so that a new code needs no ALTER."""
    return Enum(
        kind,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        length=length,
        create_constraint=False,
        validate_strings=True,
    )


Key = Annotated[int, mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)]
Short = Annotated[str, mapped_column(Words(64))]
Name = Annotated[str, mapped_column(Words(200))]


class Base(DeclarativeBase):
    """The record."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - the name and shape are SQLAlchemy's
        datetime: UtcDateTime,
        str: Prose(),
        float: Float,
        int: BigInteger().with_variant(Integer, "sqlite"),
        bool: Boolean(create_constraint=False),
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
    }


@event.listens_for(Base, "attribute_instrument", propagate=True)
def _watch(_entity: type, _key: str, attribute: QueryableAttribute[Any]) -> None:
    """Every text column of every table gets its door here, once."""
    if not isinstance(attribute.property, ColumnProperty):
        return
    kind = attribute.property.columns[0].type
    if isinstance(kind, Words):
        limit = kind.limit

        def words(_target: Any, value: Any, _old: Any, _initiator: Any) -> Any:
            return storable(value, limit) if isinstance(value, str) else value

        event.listen(attribute, "set", words, retval=True)
    elif isinstance(kind, JSON):

        def data(_target: Any, value: Any, _old: Any, _initiator: Any) -> Any:
            return storable_data(value)

        event.listen(attribute, "set", data, retval=True)
