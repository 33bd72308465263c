-- How often a dyno crashed, how it ended last, and until when it is held back.
ALTER TABLE dynos ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dynos ADD COLUMN crashes_in_a_row INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dynos ADD COLUMN crashed_life TEXT;
ALTER TABLE dynos ADD COLUMN crashed_at TEXT;
ALTER TABLE dynos ADD COLUMN crash_status INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dynos ADD COLUMN starts_at TEXT;
CREATE INDEX dynos_held_back ON dynos (starts_at) WHERE starts_at IS NOT NULL;
