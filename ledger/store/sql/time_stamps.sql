-- Statements of ledger.store.timestamps, by name.

-- name: lock
SELECT pg_try_advisory_lock(%(key)b);

-- name: due
SELECT publication.size, publication.root, publication.note FROM publication
WHERE finished_at IS NOT NULL
  AND NOT EXISTS (
      SELECT FROM time_stamp
      WHERE authority = %(authority)b
        AND (time_stamp.size >= publication.size OR kept_at > now() - %(seconds)b * interval '1 second')
  )
ORDER BY publication.size DESC LIMIT 1;

-- name: keep
INSERT INTO time_stamp (size, authority, stamped_at, reply)
VALUES (%(size)b, %(authority)b, %(stamped_at)b, %(reply)b);

-- name: notes
SELECT publication.note, publication.size FROM publication
WHERE EXISTS (SELECT FROM time_stamp WHERE time_stamp.size = publication.size)
ORDER BY publication.size;

-- name: replies
SELECT reply FROM time_stamp WHERE size = %(size)b ORDER BY authority;

-- name: covering
SELECT time_stamp.size, authority, stamped_at, reply, note
FROM time_stamp JOIN publication USING (size)
WHERE time_stamp.size > %(index)b ORDER BY time_stamp.size, authority LIMIT %(limit)b;
