-- What queries.py asks of the views. Parameters are psycopg's; size is that of the moment looked from, and nothing at
-- or behind it is read.

-- name: successions
-- Every merger and split that the names are part of, however far.
WITH RECURSIVE reached (key) AS (
    SELECT key COLLATE "C" FROM unnest(%(names)s::text[]) AS asked (key)
    UNION
    SELECT other.key FROM reached
    JOIN view_registry own ON own.key = reached.key
        AND own.event = ANY(%(events)s) AND own.position < %(size)s
    JOIN view_registry other ON other.position = own.position
)
SELECT DISTINCT position FROM reached JOIN view_registry USING (key)
WHERE event = ANY(%(events)s) AND position < %(size)s;

-- name: registered
-- Whether anything is called so, even if only later than the moment looked from.
SELECT 1 FROM view_registry WHERE key = %s LIMIT 1;

-- name: names
SELECT DISTINCT key FROM view_registry
WHERE key > %(after)s AND key >= %(from)s AND key < %(to)s AND position < %(size)s
ORDER BY key LIMIT %(limit)s;

-- name: lines
-- A statement whose time nobody states counts from its recording. In the order of recording, positions decide. What
-- has no issue or method of its own is found by that of what it refers to: a finding, a reply, a question.
SELECT DISTINCT moment.day, t.position
FROM view_timeline t CROSS JOIN LATERAL (
    SELECT CASE %(by)s::text
        WHEN 'said' THEN coalesce(t.said_from, left(t.recorded_at, 10))
        WHEN 'occurred' THEN coalesce(t.occurred_from, left(t.recorded_at, 10))
        ELSE ''
    END COLLATE "C"
) AS moment (day)
WHERE t.key = ANY(%(keys)s) AND t.position < %(size)s
    AND (moment.day, t.position) > (%(day)s, %(position)s) AND moment.day <= %(until)s
    AND (%(kinds)s::text[] IS NULL OR t.kind = ANY(%(kinds)s))
    AND (%(said)s::text IS NULL OR EXISTS
        (SELECT 1 FROM view_timeline f WHERE f.position = t.position AND f.key = 'said:' || %(said)s))
    AND (%(signed)s::text IS NULL OR EXISTS
        (SELECT 1 FROM view_timeline f WHERE f.position = t.position AND f.key = 'signed:' || %(signed)s))
    AND (%(facets)s::text[] IS NULL OR NOT EXISTS (
        SELECT 1 FROM unnest(%(facets)s::text[]) AS asked (facet) JOIN view_search own ON own.position = t.position
        WHERE NOT (asked.facet = ANY(string_to_array(own.facets, ' '))
            OR (' ' || own.facets NOT LIKE '%% ' || split_part(asked.facet, ':', 1) || ':%%'
                AND EXISTS (SELECT 1 FROM view_timeline r JOIN view_search s ON s.key = substr(r.key, 11)
                    WHERE r.position = t.position AND r.key LIKE 'statement:%%'
                        AND asked.facet = ANY(string_to_array(s.facets, ' ')))))))
ORDER BY 1, 2 LIMIT %(limit)s;

-- name: opened
SELECT o.position FROM view_open_items o
WHERE o.rel = %(kind)s AND o.position < %(size)s AND o.position > %(after)s
    AND (%(asked)s::text[] IS NULL OR EXISTS (SELECT 1 FROM view_open_items a
        WHERE a.key = ANY(%(asked)s) AND a.rel = 'asks' AND a.position = o.position))
    AND (%(about)s::text[] IS NULL OR EXISTS (SELECT 1 FROM view_open_items s
        WHERE s.key = ANY(%(about)s) AND s.rel = 'subject' AND s.position = o.position))
ORDER BY o.position LIMIT %(limit)s;

-- name: threads
-- Everything that refers to these statements, to what refers to them, and so on; {view} is a view's table.
WITH RECURSIVE thread (id, position) AS (
    SELECT id COLLATE "C", -1::bigint FROM unnest(%(ids)s::text[]) AS asked (id)
    UNION
    SELECT f.statement_id, f.position FROM thread
    JOIN {view} f ON f.key = thread.id AND f.position < %(size)s
)
SELECT DISTINCT position FROM thread WHERE position >= 0;

-- name: clauses
SELECT DISTINCT position FROM view_criteria
WHERE rel = 'issue' AND position < %(size)s
    AND (%(issue)s::text IS NULL OR key = %(issue)s OR key LIKE %(issue)s || '/%%');
