-- What was published: one row for each tree whose tiles lie in the public files, written before the first of
-- them is put. finished_at is set once the checkpoint is put, after which the row stays as it is.
CREATE TABLE publication (
    size bigint NOT NULL,
    root bytea NOT NULL,
    note text COLLATE "C" NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    CONSTRAINT publication_pkey PRIMARY KEY (size),
    CONSTRAINT publication_size_check CHECK (size > 0),
    CONSTRAINT publication_root_check CHECK (octet_length(root) = 32)
);

-- One at a time is under way.
CREATE UNIQUE INDEX publication_unfinished_key ON publication ((finished_at IS NULL)) WHERE finished_at IS NULL;
