"""How Alembic reaches the database: by the connection that the caller opened."""

from alembic import context

from leeboard.state.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
