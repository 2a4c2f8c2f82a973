-- What factory_queries.py asks of the views, within the first `size` entries.

-- name: facets
-- How many entries about these names have each value of each facet.
SELECT facet, count(*) FROM (
    SELECT DISTINCT position FROM view_timeline WHERE key = ANY(%(keys)s) AND position < %(size)s
) AS own JOIN view_search USING (position) CROSS JOIN LATERAL unnest(string_to_array(facets, ' ')) AS one (facet)
GROUP BY facet;

-- name: days
-- The days on which something about these names was recorded, and how many entries each has.
SELECT left(recorded_at, 10), count(DISTINCT position) FROM view_timeline
WHERE key = ANY(%(keys)s) AND position < %(size)s GROUP BY 1 ORDER BY 1;

-- name: opened
-- The oldest requests and commitments about these names.
SELECT o.position FROM view_open_items o
WHERE o.rel = ANY(%(kinds)s) AND o.position < %(size)s AND EXISTS (SELECT 1 FROM view_open_items s
    WHERE s.key = ANY(%(keys)s) AND s.rel = 'subject' AND s.position = o.position)
ORDER BY o.position LIMIT %(limit)s;

-- name: clauses
-- Every clause on one of these issues of level 1.
SELECT DISTINCT position FROM view_criteria
WHERE rel = 'issue' AND position < %(size)s AND split_part(key, '/', 1) = ANY(%(levels)s);
