"""The database behind one face; rows never leave."""
