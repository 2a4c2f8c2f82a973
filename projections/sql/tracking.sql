-- How far each view has come. Shape and meaning are the eventsourcing library's single-row tracking table
-- (PostgresTrackingRecorder): one row per view, notification id = position of the last entry + 1, written in the
-- transaction that writes the view's rows, so that each entry is projected exactly once.
CREATE TABLE IF NOT EXISTS notification_tracking (
    application_name text,
    notification_id bigint,
    PRIMARY KEY (application_name)
);
-- The library's own mark for a single-row table.
INSERT INTO notification_tracking VALUES ('__migration__', 1) ON CONFLICT DO NOTHING;
-- Which version of a view's rows the table holds.
CREATE TABLE IF NOT EXISTS projection_version (
    view text PRIMARY KEY,
    version bigint NOT NULL
);
-- The entry that stops a view, until the view has come past it.
CREATE TABLE IF NOT EXISTS projection_failure (
    view text PRIMARY KEY,
    position bigint NOT NULL,
    error text NOT NULL,
    attempts bigint NOT NULL,
    first_at timestamptz NOT NULL DEFAULT now(),
    last_at timestamptz NOT NULL DEFAULT now()
);
