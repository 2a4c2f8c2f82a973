-- One row per entry and key. Keys are subject names, statement:<id> of what the entry refers to, signed:<slug> of
-- who signed it and said:<slug> of whose claim it is. said and occurred are the first and last day they may mean.
CREATE TABLE view_timeline (
    position bigint NOT NULL,
    key text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    recorded_at text COLLATE "C" NOT NULL,
    said_from text COLLATE "C",
    said_to text COLLATE "C",
    occurred_from text COLLATE "C",
    occurred_to text COLLATE "C"
);
CREATE INDEX view_timeline_key ON view_timeline (key, position);
CREATE INDEX view_timeline_position ON view_timeline (position)
;
-- Every entry has a signer: the way from a time to a position.
CREATE INDEX view_timeline_recorded ON view_timeline (recorded_at, position) WHERE key LIKE 'signed:%'
