-- What investigation_queries.py asks of the views.

-- name: described
SELECT position FROM view_checklist
WHERE rel = 'opens' AND position < %(size)s AND position > %(after)s
ORDER BY position LIMIT %(limit)s;

-- name: referring
SELECT DISTINCT position FROM view_timeline
WHERE key = ANY(%(keys)s) AND kind = ANY(%(kinds)s) AND position < %(size)s AND position > %(after)s
ORDER BY position LIMIT %(limit)s;
