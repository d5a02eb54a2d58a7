#!/bin/sh
# Run by the postgres image when its volume is new: creates the two roles and hands them the database.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --set owner_password="$OWNER_PASSWORD" --set run_password="$RUN_PASSWORD" <<'END'
CREATE ROLE partagee_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE partagee_run LOGIN PASSWORD :'run_password';
GRANT partagee_run TO partagee_owner;
SELECT format('ALTER DATABASE %I OWNER TO partagee_owner', current_database()) \gexec
ALTER SCHEMA public OWNER TO partagee_owner;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
END
