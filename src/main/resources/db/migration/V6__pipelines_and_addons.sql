CREATE TABLE pipelines (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  owner_id   TEXT NOT NULL REFERENCES accounts (id),
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (owner_id, name)
);

CREATE TABLE pipeline_couplings (
  id          TEXT PRIMARY KEY,
  pipeline_id TEXT NOT NULL REFERENCES pipelines (id) ON DELETE CASCADE,
  app_id      TEXT NOT NULL UNIQUE REFERENCES apps (id) ON DELETE CASCADE,
  stage       TEXT NOT NULL,
  created_at  TEXT NOT NULL,
  updated_at  TEXT NOT NULL
);
CREATE INDEX couplings_of_pipeline ON pipeline_couplings (pipeline_id);

-- The source is named, not referred to: it may be destroyed while its code goes on elsewhere.
CREATE TABLE promotions (
  id                TEXT PRIMARY KEY,
  pipeline_id       TEXT NOT NULL REFERENCES pipelines (id) ON DELETE CASCADE,
  source_app_id     TEXT NOT NULL,
  source_release_id TEXT NOT NULL,
  created_at        TEXT NOT NULL
);

CREATE TABLE promotion_targets (
  id           TEXT PRIMARY KEY,
  promotion_id TEXT NOT NULL REFERENCES promotions (id) ON DELETE CASCADE,
  app_id       TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  release_id   TEXT NOT NULL REFERENCES releases (id)
);
CREATE INDEX targets_of_promotion ON promotion_targets (promotion_id);

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

CREATE TABLE app_setups (
  id              TEXT PRIMARY KEY,
  app_id          TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  status          TEXT NOT NULL,
  build_id        TEXT,
  failure_message TEXT,
  postdeploy      TEXT,
  success_url     TEXT,
  created_at      TEXT NOT NULL,
  updated_at      TEXT NOT NULL
);

-- Whoever knows the key may read what the release phase wrote: clients fetch that without
-- credentials.
ALTER TABLE releases ADD COLUMN output_key TEXT NOT NULL DEFAULT '';
UPDATE releases SET output_key = lower(hex(randomblob(16)));
