CREATE TABLE one_offs (
  id         TEXT PRIMARY KEY,
  app_id     TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  type       TEXT NOT NULL,
  number     INTEGER NOT NULL,
  service    TEXT NOT NULL UNIQUE,
  release_id TEXT NOT NULL REFERENCES releases (id),
  size       TEXT NOT NULL,
  command    TEXT NOT NULL,
  attached   INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  ends_at    TEXT NOT NULL,
  UNIQUE (app_id, type, number)
);
