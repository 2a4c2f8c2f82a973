-- What party_queries.py asks of the views.

-- name: record
-- Signed in its own voice, said by it as others report, captured by it of others, and requests to it: how many of each
-- kind there are, and where the newest of each list lie. Each row is of a list: a position, or the number of a kind.
WITH hand AS (
    SELECT DISTINCT position, kind FROM view_timeline WHERE key = ANY(%(signed)s) AND position < %(size)s
), voice AS (
    SELECT DISTINCT position, kind FROM view_timeline WHERE key = ANY(%(said)s) AND position < %(size)s
), found AS (
    SELECT CASE WHEN voice.position IS NULL THEN 'captured' WHEN hand.position IS NULL THEN 'attributed'
        ELSE 'signed' END AS list, position, coalesce(hand.kind, voice.kind) AS kind
    FROM hand FULL JOIN voice USING (position)
    UNION ALL
    SELECT DISTINCT 'asked', position, 'request' FROM view_open_items
    WHERE key = ANY(%(asked)s) AND rel = 'asks' AND position < %(size)s
), numbered AS (
    SELECT list, position, row_number() OVER (PARTITION BY list ORDER BY position DESC) AS place
    FROM found WHERE position < %(before)s AND (%(list)s::text IS NULL OR list = %(list)s)
)
SELECT list, position, NULL, NULL FROM numbered WHERE place <= %(limit)s
UNION ALL
SELECT list, NULL, kind, count(*) FROM found GROUP BY list, kind;
