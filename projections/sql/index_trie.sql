-- The index's trie at each size it was computed for. Rows are only ever added: a place as of size N is its newest row
-- with size <= N. path is the bits that lead there, '' the top; a row without key is a fork, one with a key holds the
-- key's leaf and the frontier (32 bytes a hash) that its sub-tree grows from. Empty places have no row.
CREATE TABLE IF NOT EXISTS index_node (
    path text COLLATE "C" NOT NULL,
    size bigint NOT NULL,
    hash bytea NOT NULL,
    key text COLLATE "C",
    count bigint,
    frontier bytea,
    PRIMARY KEY (path, size)
);
-- The sizes, with what an index statement over that many entries claims.
CREATE TABLE IF NOT EXISTS index_head (
    size bigint PRIMARY KEY,
    keys bigint NOT NULL,
    root bytea NOT NULL
);
