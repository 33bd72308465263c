CREATE TABLE certificates (
  id          TEXT PRIMARY KEY,
  app_id      TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  name        TEXT NOT NULL,
  chain       TEXT NOT NULL,
  private_key BLOB NOT NULL,
  fingerprint TEXT NOT NULL,
  names       TEXT NOT NULL,
  ends_at     TEXT NOT NULL,
  created_at  TEXT NOT NULL,
  updated_at  TEXT NOT NULL,
  UNIQUE (app_id, name)
);
CREATE INDEX certificates_by_fingerprint ON certificates (fingerprint);

ALTER TABLE domains ADD COLUMN certificate_id TEXT REFERENCES certificates (id) ON DELETE SET NULL;
ALTER TABLE domains ADD COLUMN updated_at TEXT;

CREATE TABLE app_features (
  app_id     TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  name       TEXT NOT NULL,
  enabled    INTEGER NOT NULL,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (app_id, name)
);
