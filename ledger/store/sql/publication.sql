-- Statements of ledger.store.publications, by name.

-- name: lock
SELECT pg_try_advisory_lock(%(key)b);

-- name: newest
SELECT size, root, note FROM publication WHERE finished_at IS NOT NULL ORDER BY size DESC LIMIT 1;

-- name: covering
SELECT size, root, note FROM publication
WHERE finished_at IS NOT NULL AND size > %(index)b ORDER BY size LIMIT 1;

-- name: unfinished
SELECT size, root, note FROM publication WHERE finished_at IS NULL;

-- name: begin
INSERT INTO publication (size, root, note) VALUES (%(size)b, %(root)b, %(note)b);

-- name: finish
UPDATE publication SET finished_at = now() WHERE size = %(size)b AND finished_at IS NULL;

-- name: after
SELECT size, root, note FROM publication
WHERE finished_at IS NOT NULL AND size > %(size)b ORDER BY size LIMIT %(limit)b;
