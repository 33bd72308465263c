CREATE TABLE schedules (
  id         TEXT PRIMARY KEY,
  app_id     TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  name       TEXT NOT NULL,
  told       TEXT NOT NULL,
  cron       TEXT NOT NULL,
  zone       TEXT NOT NULL,
  command    TEXT NOT NULL,
  size       TEXT NOT NULL,
  overlap    TEXT NOT NULL,
  grace      INTEGER NOT NULL,
  next_at    TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (app_id, name)
);
CREATE INDEX schedules_by_next ON schedules (next_at);

-- One row a tick, whatever became of it: that there can't be two is what keeps a tick from being
-- run twice. The dyno is named, not referred to: it is removed when it has ended.
CREATE TABLE schedule_runs (
  id          TEXT PRIMARY KEY,
  schedule_id TEXT NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
  due_at      TEXT NOT NULL,
  by_hand     INTEGER NOT NULL,
  state       TEXT NOT NULL,
  ticks       INTEGER NOT NULL,
  dyno_id     TEXT,
  dyno        TEXT,
  started_at  TEXT,
  ended_at    TEXT,
  status      INTEGER,
  note        TEXT NOT NULL,
  UNIQUE (schedule_id, due_at, by_hand)
);
CREATE INDEX runs_of_dyno ON schedule_runs (dyno_id);

-- One that was promised is started by whoever runs control, until begin_by. The others are started
-- by whoever wrote them.
ALTER TABLE one_offs ADD COLUMN begin_by TEXT;
ALTER TABLE one_offs ADD COLUMN begun INTEGER NOT NULL DEFAULT 1;
