-- What party_queries.py asks of the views.

-- name: record
-- The newest of each list with how many it has: signed in its own voice, said by it as others report, captured by it
-- of others, and requests to it.
WITH hand AS (
    SELECT DISTINCT position FROM view_timeline WHERE key = ANY(%(signed)s) AND position < %(size)s
), voice AS (
    SELECT DISTINCT position FROM view_timeline WHERE key = ANY(%(said)s) AND position < %(size)s
), found AS (
    SELECT 'signed' AS list, position FROM hand JOIN voice USING (position)
    UNION ALL
    SELECT 'attributed', position FROM voice WHERE position NOT IN (SELECT position FROM hand)
    UNION ALL
    SELECT 'captured', position FROM hand WHERE position NOT IN (SELECT position FROM voice)
    UNION ALL
    SELECT DISTINCT 'asked', position FROM view_open_items
    WHERE key = ANY(%(asked)s) AND rel = 'asks' AND position < %(size)s
), numbered AS (
    SELECT list, position, count(*) OVER (PARTITION BY list) AS total,
        row_number() OVER (PARTITION BY list ORDER BY position DESC) AS place
    FROM found
)
SELECT list, position, total FROM numbered WHERE place <= %(limit)s;
