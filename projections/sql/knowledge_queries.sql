-- What knowledge_queries.py asks of the views.

-- name: claimed
SELECT DISTINCT position FROM view_timeline
WHERE key = ANY(%(keys)s) AND kind = ANY(%(kinds)s) AND position < %(size)s AND position > %(after)s
ORDER BY position LIMIT %(limit)s;
