-- url, secret and auth are sealed by the vault: they hold passwords.
CREATE TABLE drains (
  id         TEXT PRIMARY KEY,
  app_id     TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  token      TEXT NOT NULL UNIQUE,
  url        BLOB NOT NULL,
  position   INTEGER NOT NULL,
  created_at TEXT NOT NULL
);
CREATE INDEX drains_of_app ON drains (app_id);

-- No reference to the app: what tells of its end is delivered when it is gone.
CREATE TABLE webhooks (
  id         TEXT PRIMARY KEY,
  app_id     TEXT NOT NULL,
  url        BLOB NOT NULL,
  include    TEXT NOT NULL,
  level      TEXT NOT NULL,
  secret     BLOB NOT NULL,
  auth       BLOB,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE INDEX webhooks_of_app ON webhooks (app_id);

CREATE TABLE webhook_events (
  sequence   INTEGER PRIMARY KEY AUTOINCREMENT,
  id         TEXT NOT NULL UNIQUE,
  app_id     TEXT NOT NULL,
  include    TEXT NOT NULL,
  payload    TEXT NOT NULL,
  created_at TEXT NOT NULL
);
CREATE INDEX webhook_events_of_app ON webhook_events (app_id, sequence);

CREATE TABLE webhook_deliveries (
  sequence        INTEGER PRIMARY KEY AUTOINCREMENT,
  id              TEXT NOT NULL UNIQUE,
  webhook_id      TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
  event_id        TEXT NOT NULL REFERENCES webhook_events (id) ON DELETE CASCADE,
  status          TEXT NOT NULL,
  attempts        INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER, -- milliseconds since 1970
  attempt_id      TEXT,
  attempt_code    INTEGER,
  attempt_error   TEXT,
  attempt_at      TEXT,
  created_at      TEXT NOT NULL,
  updated_at      TEXT NOT NULL
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_attempt_at);
CREATE INDEX webhook_deliveries_of_event ON webhook_deliveries (event_id);
CREATE INDEX webhook_deliveries_of_webhook ON webhook_deliveries (webhook_id);
