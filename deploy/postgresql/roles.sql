-- A role for each kind of process. Run by psql as the administrator, in the service's own database; may be run again.
-- Passwords come from files in the folder that the variable SECRETS names. Then `rightswatch migrate`, then grants.sql.
\set ON_ERROR_STOP on
\set migrate `cat "$SECRETS/postgresql_migrate"`
\set worker `cat "$SECRETS/postgresql_worker"`
\set editor `cat "$SECRETS/postgresql_editor"`
\set retro `cat "$SECRETS/postgresql_retro"`
\set reader `cat "$SECRETS/postgresql_reader"`
-- A file that is missing, or that this system user may not read, would take the password away.
SELECT '' IN (:'migrate', :'worker', :'editor', :'retro', :'reader') AS passwords_missing \gset
\if :passwords_missing
DO $$ BEGIN RAISE EXCEPTION 'a password is missing: psql runs as a user that can read the files of the folder SECRETS'; END $$;
\endif

SELECT format('CREATE ROLE %I LOGIN', name)
FROM unnest(ARRAY['rightswatch_migrate', 'rightswatch_worker', 'rightswatch_editor', 'rightswatch_retro',
                  'rightswatch_reader']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec
ALTER ROLE rightswatch_migrate PASSWORD :'migrate';
ALTER ROLE rightswatch_worker PASSWORD :'worker';
ALTER ROLE rightswatch_editor PASSWORD :'editor';
ALTER ROLE rightswatch_retro PASSWORD :'retro';
ALTER ROLE rightswatch_reader PASSWORD :'reader';

REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"DBNAME"
    TO rightswatch_migrate, rightswatch_worker, rightswatch_editor, rightswatch_retro, rightswatch_reader;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
-- It makes the tables and so owns them; nobody else may change one.
GRANT USAGE, CREATE ON SCHEMA public TO rightswatch_migrate;
