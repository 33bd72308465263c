-- A row stays for seven days after its add-on was destroyed, as the data does: then addon_id is
-- null. The number tells its two addresses, and its node whose disk it is on.
CREATE TABLE postgres_databases (
  id           TEXT PRIMARY KEY,
  addon_id     TEXT UNIQUE,
  account_id   TEXT NOT NULL,
  name         TEXT NOT NULL,
  plan         TEXT NOT NULL,
  number       INTEGER NOT NULL UNIQUE,
  node         TEXT NOT NULL,
  stage        TEXT NOT NULL,
  problem      TEXT NOT NULL,
  logins       BLOB NOT NULL,
  outside      BLOB,
  created_at   TEXT NOT NULL,
  destroyed_at TEXT
);
