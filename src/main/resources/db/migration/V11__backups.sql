-- Numbers count within the app. The label is the backup's name in its repository. A drill restored
-- it into a server that was thrown away; its report is JSON.
CREATE TABLE postgres_transfers (
  id           TEXT PRIMARY KEY,
  app_id       TEXT NOT NULL,
  number       INTEGER NOT NULL,
  database_id  TEXT NOT NULL,
  name         TEXT NOT NULL,
  kind         TEXT NOT NULL,
  scheduled    INTEGER NOT NULL,
  state        TEXT NOT NULL,
  label        TEXT NOT NULL,
  source_bytes INTEGER NOT NULL,
  stored_bytes INTEGER NOT NULL,
  problem      TEXT NOT NULL,
  created_at   TEXT NOT NULL,
  finished_at  TEXT,
  drill        TEXT,
  UNIQUE (app_id, number)
);

-- What was asked for beside the usual: the hour of the day in a time zone, or none; and the query
-- that a drill runs.
CREATE TABLE postgres_backup_wishes (
  database_id TEXT PRIMARY KEY,
  nightly     INTEGER NOT NULL,
  hour        INTEGER NOT NULL,
  timezone    TEXT NOT NULL,
  query       TEXT NOT NULL
);

-- A new database that begins as another one was: at a time, or as a backup has it.
CREATE TABLE postgres_seeds (
  database_id TEXT PRIMARY KEY,
  source_id   TEXT NOT NULL,
  label       TEXT NOT NULL,
  at          TEXT
);
