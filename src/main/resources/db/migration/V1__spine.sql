CREATE TABLE accounts (
  id           TEXT PRIMARY KEY,
  email        TEXT NOT NULL UNIQUE,
  api_key_hash TEXT NOT NULL UNIQUE,
  created_at   TEXT NOT NULL
);

CREATE TABLE apps (
  id          TEXT PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE,
  owner_id    TEXT NOT NULL REFERENCES accounts (id),
  maintenance INTEGER NOT NULL DEFAULT 0,
  generation  INTEGER NOT NULL DEFAULT 0,
  created_at  TEXT NOT NULL,
  updated_at  TEXT NOT NULL
);

CREATE TABLE formation (
  id       TEXT NOT NULL UNIQUE,
  app_id   TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  type     TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  size     TEXT NOT NULL,
  PRIMARY KEY (app_id, type)
);

CREATE TABLE domains (
  id         TEXT PRIMARY KEY,
  app_id     TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  hostname   TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL
);

CREATE TABLE slugs (
  id         TEXT PRIMARY KEY,
  app_id     TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  commit_id  TEXT NOT NULL,
  language   TEXT NOT NULL,
  processes  TEXT NOT NULL,
  created_at TEXT NOT NULL
);

CREATE TABLE releases (
  id          TEXT PRIMARY KEY,
  app_id      TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  version     INTEGER NOT NULL,
  description TEXT NOT NULL,
  status      TEXT NOT NULL,
  slug_id     TEXT REFERENCES slugs (id),
  config      BLOB NOT NULL,
  account_id  TEXT NOT NULL REFERENCES accounts (id),
  created_at  TEXT NOT NULL,
  updated_at  TEXT NOT NULL,
  UNIQUE (app_id, version)
);

CREATE TABLE builds (
  id         TEXT PRIMARY KEY,
  app_id     TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  status     TEXT NOT NULL,
  commit_id  TEXT NOT NULL,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  slug_id    TEXT REFERENCES slugs (id),
  release_id TEXT REFERENCES releases (id),
  output_key TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE INDEX builds_of_app ON builds (app_id, created_at);

CREATE TABLE rollouts (
  id         TEXT PRIMARY KEY,
  app_id     TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  release_id TEXT NOT NULL REFERENCES releases (id),
  reason     TEXT NOT NULL,
  selection  TEXT NOT NULL,
  step       TEXT NOT NULL,
  batch      INTEGER NOT NULL DEFAULT 1,
  problem    TEXT,
  timings    TEXT NOT NULL DEFAULT '{}',
  receipt    TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE INDEX rollouts_of_app ON rollouts (app_id, created_at);

CREATE TABLE dynos (
  id         TEXT PRIMARY KEY,
  app_id     TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  type       TEXT NOT NULL,
  number     INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  service    TEXT NOT NULL UNIQUE,
  release_id TEXT NOT NULL REFERENCES releases (id),
  size       TEXT NOT NULL,
  stage      TEXT NOT NULL,
  started_by TEXT REFERENCES rollouts (id),
  stopped_by TEXT REFERENCES rollouts (id),
  created_at TEXT NOT NULL
);
CREATE INDEX dynos_of_app ON dynos (app_id, stage);
