"""The record as the first release has it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "bookmarks",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_bookmarks")),
    )
    op.create_table(
        "journal",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_journal")),
    )
    op.create_index("ix_journal_subject", "journal", ["subject", "seq"], unique=False)
    op.create_table(
        "journal_head",
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_journal_head_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_head")),
    )
    op.create_table(
        "lines",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("endpoint", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lines")),
        sa.UniqueConstraint("name", name=op.f("uq_lines_name")),
    )
    op.create_index(op.f("ix_lines_endpoint"), "lines", ["endpoint"], unique=False)
    op.create_table(
        "officers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("initials", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failures", KEY, nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officers")),
        sa.UniqueConstraint("name", name=op.f("uq_officers_name")),
    )
    op.create_table(
        "places",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
        sa.UniqueConstraint("name", name=op.f("uq_places_name")),
    )
    op.create_table(
        "seats",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("endpoint", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seats")),
        sa.UniqueConstraint("number", name=op.f("uq_seats_number")),
    )
    op.create_index(op.f("ix_seats_endpoint"), "seats", ["endpoint"], unique=False)
    op.create_table(
        "units",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("initials", sa.String(length=64), nullable=False),
        sa.Column("parent_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name=op.f("fk_units_parent_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("name", name=op.f("uq_units_name")),
    )
    op.create_index(op.f("ix_units_initials"), "units", ["initials"], unique=False)
    op.create_index(op.f("ix_units_parent_id"), "units", ["parent_id"], unique=False)
    op.create_table(
        "contacts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("unit_id", KEY, nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("post", sa.String(length=200), nullable=False),
        sa.Column("initials", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_contacts_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    op.create_index(op.f("ix_contacts_initials"), "contacts", ["initials"], unique=False)
    op.create_index(op.f("ix_contacts_unit_id"), "contacts", ["unit_id"], unique=False)
    op.create_table(
        "matters",
        sa.Column("id", KEY, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", KEY, nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["officers.id"], name=op.f("fk_matters_owner_id_officers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matters")),
    )
    op.create_index(op.f("ix_matters_owner_id"), "matters", ["owner_id"], unique=False)
    op.create_index("ix_matters_state_order", "matters", ["state", "opened_at", "id"], unique=False)
    op.create_table(
        "requests",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("asked_by_id", KEY, nullable=True),
        sa.Column("seat_id", KEY, nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("version", KEY, nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["officers.id"], name=op.f("fk_requests_asked_by_id_officers")),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name=op.f("fk_requests_seat_id_seats")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
    )
    op.create_index("ix_requests_work", "requests", ["state", "id"], unique=False)
    op.create_table(
        "sign_ins",
        sa.Column("id", KEY, nullable=False),
        sa.Column("officer_id", KEY, nullable=False),
        sa.Column("seat_id", KEY, nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_sign_ins_officer_id_officers")),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name=op.f("fk_sign_ins_seat_id_seats")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
    )
    op.create_index(op.f("ix_sign_ins_officer_id"), "sign_ins", ["officer_id"], unique=False)
    op.create_index(op.f("ix_sign_ins_seat_id"), "sign_ins", ["seat_id"], unique=False)
    op.create_index(
        "uq_sign_ins_open_seat",
        "sign_ins",
        ["seat_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "calls",
        sa.Column("id", KEY, nullable=False),
        sa.Column("pbx_id", sa.String(length=200), nullable=False),
        sa.Column("part_of_id", KEY, nullable=True),
        sa.Column("direction", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("cut", sa.Boolean(), nullable=False),
        sa.Column("message_left", sa.Boolean(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("caller_name", sa.String(length=200), nullable=False),
        sa.Column("line_id", KEY, nullable=True),
        sa.Column("unit_id", KEY, nullable=True),
        sa.Column("contact_id", KEY, nullable=True),
        sa.Column("seat_id", KEY, nullable=True),
        sa.Column("officer_id", KEY, nullable=True),
        sa.Column("rang_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_calls_contact_id_contacts")),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_calls_line_id_lines")),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_calls_officer_id_officers")),
        sa.ForeignKeyConstraint(["part_of_id"], ["calls.id"], name=op.f("fk_calls_part_of_id_calls")),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name=op.f("fk_calls_seat_id_seats")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_calls_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("pbx_id", name=op.f("uq_calls_pbx_id")),
    )
    op.create_index(op.f("ix_calls_contact_id"), "calls", ["contact_id"], unique=False)
    op.create_index(op.f("ix_calls_line_id"), "calls", ["line_id"], unique=False)
    op.create_index(op.f("ix_calls_number"), "calls", ["number"], unique=False)
    op.create_index(op.f("ix_calls_officer_id"), "calls", ["officer_id"], unique=False)
    op.create_index("ix_calls_order", "calls", ["rang_at", "id"], unique=False)
    op.create_index(
        "ix_calls_part_of_id",
        "calls",
        ["part_of_id"],
        unique=False,
        sqlite_where=sa.text("part_of_id IS NOT NULL"),
        postgresql_where=sa.text("part_of_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_calls_seat_id"), "calls", ["seat_id"], unique=False)
    op.create_index(op.f("ix_calls_state"), "calls", ["state"], unique=False)
    op.create_index(op.f("ix_calls_unit_id"), "calls", ["unit_id"], unique=False)
    op.create_table(
        "numbers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("digits", sa.String(length=64), nullable=False),
        sa.Column("unit_id", KEY, nullable=True),
        sa.Column("contact_id", KEY, nullable=True),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_numbers_contact_id_contacts")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_numbers_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_numbers")),
    )
    op.create_index(op.f("ix_numbers_contact_id"), "numbers", ["contact_id"], unique=False)
    op.create_index(op.f("ix_numbers_digits"), "numbers", ["digits"], unique=False)
    op.create_index(op.f("ix_numbers_unit_id"), "numbers", ["unit_id"], unique=False)
    op.create_table(
        "reassignments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("matter_id", KEY, nullable=False),
        sa.Column("from_id", KEY, nullable=False),
        sa.Column("to_id", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["from_id"], ["officers.id"], name=op.f("fk_reassignments_from_id_officers")),
        sa.ForeignKeyConstraint(["matter_id"], ["matters.id"], name=op.f("fk_reassignments_matter_id_matters")),
        sa.ForeignKeyConstraint(["to_id"], ["officers.id"], name=op.f("fk_reassignments_to_id_officers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reassignments")),
    )
    op.create_index(op.f("ix_reassignments_matter_id"), "reassignments", ["matter_id"], unique=False)
    op.create_table(
        "call_events",
        sa.Column("id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.Column("other", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_events_call_id_calls")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_events")),
        sa.UniqueConstraint("channel", "kind", "at", name=op.f("uq_call_events_channel_kind_at")),
    )
    op.create_index(op.f("ix_call_events_call_id"), "call_events", ["call_id"], unique=False)
    op.create_index(op.f("ix_call_events_other"), "call_events", ["other"], unique=False)
    op.create_table(
        "call_legs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("seat_id", KEY, nullable=True),
        sa.Column("line_id", KEY, nullable=True),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("caller_name", sa.String(length=200), nullable=False),
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("exten", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bridged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cause", KEY, nullable=False),
        sa.Column("dialstatus", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_legs_call_id_calls")),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_call_legs_line_id_lines")),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name=op.f("fk_call_legs_seat_id_seats")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_legs")),
        sa.UniqueConstraint("channel", name=op.f("uq_call_legs_channel")),
    )
    op.create_index(op.f("ix_call_legs_call_id"), "call_legs", ["call_id"], unique=False)
    op.create_index(op.f("ix_call_legs_line_id"), "call_legs", ["line_id"], unique=False)
    op.create_index(op.f("ix_call_legs_seat_id"), "call_legs", ["seat_id"], unique=False)
    op.create_table(
        "entries",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("call_id", KEY, nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("stated", KEY, nullable=False),
        sa.Column("owner_id", KEY, nullable=True),
        sa.Column("owned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("confirmed_by_id", KEY, nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("matter_id", KEY, nullable=True),
        sa.Column("version", KEY, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_entries_call_id_calls")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["officers.id"], name=op.f("fk_entries_confirmed_by_id_officers")),
        sa.ForeignKeyConstraint(["matter_id"], ["matters.id"], name=op.f("fk_entries_matter_id_matters")),
        sa.ForeignKeyConstraint(["owner_id"], ["officers.id"], name=op.f("fk_entries_owner_id_officers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("call_id", name=op.f("uq_entries_call_id")),
    )
    op.create_index(op.f("ix_entries_confirmed_by_id"), "entries", ["confirmed_by_id"], unique=False)
    op.create_index(op.f("ix_entries_matter_id"), "entries", ["matter_id"], unique=False)
    op.create_index("ix_entries_order", "entries", ["occurred_at", "id"], unique=False)
    op.create_index(op.f("ix_entries_owner_id"), "entries", ["owner_id"], unique=False)
    op.create_index("ix_entries_state_order", "entries", ["state", "occurred_at", "id"], unique=False)
    op.create_index("ix_entries_drill_order", "entries", ["drill", "occurred_at", "id"], unique=False)
    op.create_table(
        "recordings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("stem", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("repaired", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_recordings_call_id_calls")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recordings")),
        sa.UniqueConstraint("stem", name=op.f("uq_recordings_stem")),
    )
    op.create_index(op.f("ix_recordings_call_id"), "recordings", ["call_id"], unique=False)
    op.create_index(op.f("ix_recordings_state"), "recordings", ["state"], unique=False)
    op.create_table(
        "amendments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("entry_id", KEY, nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["officers.id"], name=op.f("fk_amendments_by_id_officers")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_amendments_entry_id_entries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendments")),
    )
    op.create_index(op.f("ix_amendments_entry_id"), "amendments", ["entry_id"], unique=False)
    op.create_table(
        "entry_elements",
        sa.Column("id", KEY, nullable=False),
        sa.Column("entry_id", KEY, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("author", sa.String(16), nullable=False),
        sa.Column("stated", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("spans", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_entry_elements_entry_id_entries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_elements")),
        sa.UniqueConstraint("entry_id", "key", "author", name=op.f("uq_entry_elements_entry_id_key_author")),
    )
    op.create_table(
        "transcripts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("recording_id", KEY, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("model_version", sa.String(length=64), nullable=False),
        sa.Column("worker", sa.String(length=200), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_transcripts_recording_id_recordings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcripts")),
        sa.UniqueConstraint("recording_id", name=op.f("uq_transcripts_recording_id")),
    )
    op.create_index("ix_transcripts_work", "transcripts", ["state", "id"], unique=False)
    op.create_table(
        "segments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("transcript_id", KEY, nullable=False),
        sa.Column("leg", sa.String(16), nullable=False),
        sa.Column("start", sa.Float(), nullable=False),
        sa.Column("end", sa.Float(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("logprob", sa.Float(), nullable=False),
        sa.Column("doubtful", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcripts.id"], name=op.f("fk_segments_transcript_id_transcripts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
        sa.UniqueConstraint("transcript_id", "leg", "start", name=op.f("uq_segments_transcript_id_leg_start")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE entry_search USING fts5(body, tokenize='unicode61', detail='full')")
    else:
        op.create_table(
            "entry_search",
            sa.Column("entry_id", sa.BigInteger(), primary_key=True, autoincrement=False),
            sa.Column("body", postgresql.TSVECTOR(), nullable=False),
        )
        op.create_index("ix_entry_search_body", "entry_search", ["body"], postgresql_using="gin")
    head = sa.table("journal_head", sa.column("id"), sa.column("seq"), sa.column("hash"))
    op.execute(head.insert().values(id=1, seq=0, hash="0" * 64))


def downgrade() -> None:
    """Back to an empty database."""
    op.drop_table("entry_search")
    op.drop_table("segments")
    op.drop_index("ix_transcripts_work", table_name="transcripts")
    op.drop_table("transcripts")
    op.drop_table("entry_elements")
    op.drop_index(op.f("ix_amendments_entry_id"), table_name="amendments")
    op.drop_table("amendments")
    op.drop_index(op.f("ix_recordings_state"), table_name="recordings")
    op.drop_index(op.f("ix_recordings_call_id"), table_name="recordings")
    op.drop_table("recordings")
    op.drop_index("ix_entries_drill_order", table_name="entries")
    op.drop_index("ix_entries_state_order", table_name="entries")
    op.drop_index(op.f("ix_entries_owner_id"), table_name="entries")
    op.drop_index("ix_entries_order", table_name="entries")
    op.drop_index(op.f("ix_entries_matter_id"), table_name="entries")
    op.drop_index(op.f("ix_entries_confirmed_by_id"), table_name="entries")
    op.drop_table("entries")
    op.drop_index(op.f("ix_call_legs_seat_id"), table_name="call_legs")
    op.drop_index(op.f("ix_call_legs_line_id"), table_name="call_legs")
    op.drop_index(op.f("ix_call_legs_call_id"), table_name="call_legs")
    op.drop_table("call_legs")
    op.drop_index(op.f("ix_call_events_other"), table_name="call_events")
    op.drop_index(op.f("ix_call_events_call_id"), table_name="call_events")
    op.drop_table("call_events")
    op.drop_index(op.f("ix_reassignments_matter_id"), table_name="reassignments")
    op.drop_table("reassignments")
    op.drop_index(op.f("ix_numbers_unit_id"), table_name="numbers")
    op.drop_index(op.f("ix_numbers_digits"), table_name="numbers")
    op.drop_index(op.f("ix_numbers_contact_id"), table_name="numbers")
    op.drop_table("numbers")
    op.drop_index(op.f("ix_calls_unit_id"), table_name="calls")
    op.drop_index(op.f("ix_calls_state"), table_name="calls")
    op.drop_index(op.f("ix_calls_seat_id"), table_name="calls")
    op.drop_index(op.f("ix_calls_part_of_id"), table_name="calls")
    op.drop_index("ix_calls_order", table_name="calls")
    op.drop_index(op.f("ix_calls_officer_id"), table_name="calls")
    op.drop_index(op.f("ix_calls_number"), table_name="calls")
    op.drop_index(op.f("ix_calls_line_id"), table_name="calls")
    op.drop_index(op.f("ix_calls_contact_id"), table_name="calls")
    op.drop_table("calls")
    op.drop_index(
        "uq_sign_ins_open_seat",
        table_name="sign_ins",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_sign_ins_seat_id"), table_name="sign_ins")
    op.drop_index(op.f("ix_sign_ins_officer_id"), table_name="sign_ins")
    op.drop_table("sign_ins")
    op.drop_index("ix_requests_work", table_name="requests")
    op.drop_table("requests")
    op.drop_index("ix_matters_state_order", table_name="matters")
    op.drop_index(op.f("ix_matters_owner_id"), table_name="matters")
    op.drop_table("matters")
    op.drop_index(op.f("ix_contacts_unit_id"), table_name="contacts")
    op.drop_index(op.f("ix_contacts_initials"), table_name="contacts")
    op.drop_table("contacts")
    op.drop_index(op.f("ix_units_parent_id"), table_name="units")
    op.drop_index(op.f("ix_units_initials"), table_name="units")
    op.drop_table("units")
    op.drop_index(op.f("ix_seats_endpoint"), table_name="seats")
    op.drop_table("seats")
    op.drop_table("places")
    op.drop_table("officers")
    op.drop_index(op.f("ix_lines_endpoint"), table_name="lines")
    op.drop_table("lines")
    op.drop_table("journal_head")
    op.drop_index("ix_journal_subject", table_name="journal")
    op.drop_table("journal")
    op.drop_table("bookmarks")
