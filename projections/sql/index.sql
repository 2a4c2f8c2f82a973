-- One row per entry and index key (docs/protocol.md, "The index"); index statements have none.
CREATE TABLE view_index (
    position bigint NOT NULL,
    key text COLLATE "C" NOT NULL
);
CREATE INDEX view_index_key ON view_index (key, position);
CREATE INDEX view_index_position ON view_index (position)
