-- A seat tells which of its two addresses a part of a database has. The pooler is on the server's
-- node unless another one is named, and the server came to its node at moved_at by a failover. The
-- standby is sealed; its stage is told beside it, for whoever looks round often.
ALTER TABLE postgres_databases ADD COLUMN server_seat INTEGER NOT NULL DEFAULT 0;
ALTER TABLE postgres_databases ADD COLUMN pooler_seat INTEGER NOT NULL DEFAULT 0;
ALTER TABLE postgres_databases ADD COLUMN pooler_node TEXT;
ALTER TABLE postgres_databases ADD COLUMN moved_at TEXT;
ALTER TABLE postgres_databases ADD COLUMN standby BLOB;
ALTER TABLE postgres_databases ADD COLUMN standby_stage TEXT;
