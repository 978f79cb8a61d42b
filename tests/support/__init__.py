"""What tests stand on: a PostgreSQL server per run, a template database per state of the code, tenants."""
