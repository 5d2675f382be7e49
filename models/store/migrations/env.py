"""Run by Alembic: the connection comes from `upgrade`, or from an offline comparison in the tests."""

from alembic import context

from models.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    transaction_per_migration=False,
    include_name=lambda name, kind, _parents: not (kind == "table" and str(name).startswith("entry_search")),
)
with context.begin_transaction():
    context.run_migrations()
