-- What a factory's or party's matrix is folded from, one row per entry and subject.
CREATE TABLE view_matrix (
    position bigint NOT NULL,
    key text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    issue text COLLATE "C",
    method text COLLATE "C",
    statement_id text COLLATE "C" NOT NULL
);
CREATE INDEX view_matrix_key ON view_matrix (key, position);
CREATE INDEX view_matrix_position ON view_matrix (position)
