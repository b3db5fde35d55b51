"""The database's history, one revision a change: alembic brings any older one to this program's."""
