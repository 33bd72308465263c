ALTER TABLE accounts ADD COLUMN name TEXT;
ALTER TABLE accounts ADD COLUMN administrator INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN password_hash TEXT;
ALTER TABLE accounts ADD COLUMN updated_at TEXT;
ALTER TABLE accounts ADD COLUMN last_login TEXT;
-- An account that is gone keeps its row, for the releases and builds that it made.
ALTER TABLE accounts ADD COLUMN removed_at TEXT;

CREATE TABLE authorizations (
  id          TEXT PRIMARY KEY,
  account_id  TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  description TEXT NOT NULL,
  scopes      TEXT NOT NULL,
  token_hash  TEXT NOT NULL UNIQUE,
  token_hint  TEXT NOT NULL,
  made_by     TEXT NOT NULL,
  lifetime    INTEGER,
  expires_at  TEXT,
  created_at  TEXT NOT NULL,
  updated_at  TEXT NOT NULL
);
CREATE INDEX authorizations_of_account ON authorizations (account_id);

CREATE TABLE ssh_keys (
  id          TEXT PRIMARY KEY,
  account_id  TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  fingerprint TEXT NOT NULL UNIQUE,
  public_key  TEXT NOT NULL,
  comment     TEXT NOT NULL,
  created_at  TEXT NOT NULL
);
CREATE INDEX ssh_keys_of_account ON ssh_keys (account_id);

CREATE TABLE collaborators (
  id         TEXT PRIMARY KEY,
  app_id     TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  UNIQUE (app_id, account_id)
);
CREATE INDEX collaborators_of_account ON collaborators (account_id);
