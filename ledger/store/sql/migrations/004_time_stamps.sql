-- Replies of time-stamping authorities (RFC 3161), as they came, over the checkpoints that were published.
CREATE TABLE time_stamp (
    size bigint NOT NULL,
    authority text COLLATE "C" NOT NULL,
    stamped_at text COLLATE "C" NOT NULL,
    reply bytea NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT time_stamp_pkey PRIMARY KEY (size, authority),
    CONSTRAINT time_stamp_size_fkey FOREIGN KEY (size) REFERENCES publication (size)
);
