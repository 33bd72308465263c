DROP TABLE addon_attachments;
DROP TABLE addons;

-- The app is named, not referred to: an add-on whose app was destroyed is still to be deprovisioned.
CREATE TABLE addons (
  id            TEXT PRIMARY KEY,
  app_id        TEXT NOT NULL,
  name          TEXT NOT NULL UNIQUE,
  service       TEXT NOT NULL,
  plan          TEXT NOT NULL,
  options       BLOB NOT NULL,
  state         TEXT NOT NULL,
  config        BLOB NOT NULL,
  configured_at TEXT NOT NULL,
  message       TEXT NOT NULL,
  account_id    TEXT NOT NULL REFERENCES accounts (id),
  created_at    TEXT NOT NULL,
  updated_at    TEXT NOT NULL
);
CREATE INDEX addons_of_app ON addons (app_id);

CREATE TABLE addon_attachments (
  id         TEXT PRIMARY KEY,
  addon_id   TEXT NOT NULL REFERENCES addons (id) ON DELETE CASCADE,
  app_id     TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  name       TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (app_id, name)
);
CREATE INDEX attachments_of_addon ON addon_attachments (addon_id);
