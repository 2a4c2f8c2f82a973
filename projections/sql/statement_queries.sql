-- What statement_queries.py asks of the log and the views.

-- name: stored
SELECT state FROM ledger_event WHERE notification_id = %(position)s + 1;

-- name: held
-- Every part that the entry commits to; no content: it never came, or is erased.
SELECT digest, content FROM disclosure WHERE position = %(position)s;

-- name: replies
SELECT DISTINCT position FROM view_timeline
WHERE key = %(key)s AND position < %(size)s AND position > %(after)s
ORDER BY position LIMIT %(limit)s;

-- name: controls
SELECT DISTINCT position FROM view_timeline
WHERE key = %(key)s AND kind = 'control' AND position < %(size)s
ORDER BY position LIMIT %(limit)s;

-- name: further
-- The first few that refer to each of these.
SELECT asked.key, found.position
FROM unnest(%(keys)s::text[]) AS asked (key)
CROSS JOIN LATERAL (
    SELECT DISTINCT position FROM view_timeline
    WHERE key = asked.key COLLATE "C" AND position < %(size)s
    ORDER BY position LIMIT %(limit)s
) AS found;
