-- What is known by a name: parties, keys, factories and criteria, one row per entry and subject; an amendment has a
-- row per statement it amends (key is that statement's id).
CREATE TABLE view_registry (
    position bigint NOT NULL,
    key text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    event text COLLATE "C" NOT NULL,
    statement_id text COLLATE "C" NOT NULL
);
CREATE INDEX view_registry_key ON view_registry (key, position);
CREATE INDEX view_registry_kind ON view_registry (kind, key, position);
CREATE INDEX view_registry_position ON view_registry (position)
