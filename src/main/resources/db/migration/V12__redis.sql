-- A row stays for seven days after its add-on was destroyed, as the data does: then addon_id is
-- null. The number tells its address, and its node whose disk it is on.
CREATE TABLE redis_instances (
  id           TEXT PRIMARY KEY,
  addon_id     TEXT UNIQUE,
  account_id   TEXT NOT NULL,
  name         TEXT NOT NULL,
  plan         TEXT NOT NULL,
  number       INTEGER NOT NULL UNIQUE,
  node         TEXT NOT NULL,
  stage        TEXT NOT NULL,
  passwords    BLOB NOT NULL,
  policy       TEXT NOT NULL,
  idle_seconds INTEGER NOT NULL,
  events       TEXT NOT NULL,
  created_at   TEXT NOT NULL,
  destroyed_at TEXT
);
