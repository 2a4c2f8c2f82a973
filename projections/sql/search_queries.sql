-- What search_queries.py asks. size is that of the moment looked from, and nothing at or behind it is read; visible are
-- the visibilities whose disclosures the viewer may see, and nothing of another statement is found or counted.

-- name: stems
-- Each term as a query in every language, and whether it is a stop word in some: statements in that language could
-- not be found by it. Then the stems of its words by each of the dictionaries, to look for in labels.
SELECT (english || french || german || phraseto_tsquery('simple', words) || lexemes::tsquery)::text,
    words <> '' AND least(numnode(english), numnode(french), numnode(german)) = 0,
    ARRAY(
        SELECT string_agg(coalesce((ts_lexize(dictionary::regdictionary, word))[1], word), ' ' ORDER BY place)
        FROM unnest(%(dictionaries)s::text[]) WITH ORDINALITY AS one (dictionary, language)
        CROSS JOIN LATERAL unnest(string_to_array(words, ' ')) WITH ORDINALITY AS each (word, place)
        GROUP BY language ORDER BY language
    )
FROM unnest(%(words)s::text[], %(lexemes)s::text[]) WITH ORDINALITY AS term (words, lexemes, number)
CROSS JOIN LATERAL (SELECT phraseto_tsquery('english', words), phraseto_tsquery('french', words),
    phraseto_tsquery('german', words)) AS stemmed (english, french, german)
ORDER BY number;

-- name: label_stems
-- The stems of the words of each label, a space between them.
SELECT string_agg(coalesce((ts_lexize(dictionary::regdictionary, word))[1], word), ' ' ORDER BY place)
FROM unnest(%(dictionaries)s::text[], %(words)s::text[]) WITH ORDINALITY AS label (dictionary, words, number)
LEFT JOIN LATERAL unnest(string_to_array(words, ' ')) WITH ORDINALITY AS each (word, place) ON true
GROUP BY number ORDER BY number;

-- name: found
-- Ranks: 0 what names the thing looked for, or has that id; 2 titles; 4 other disclosures; 6 codes, and codes that are
-- called so in any language; 7 what is about a statement of an issue so called, and names none itself; 8 what mentions
-- something of that name. Texts in another language than the viewer's come one behind. A statement that is found by
-- several terms stands where the worst of them puts it.
WITH RECURSIVE term AS (
    SELECT number, words::tsquery AS words, code::tsquery AS code, written, excluded, labelled::tsquery AS labelled,
        issues::tsquery AS issues
    FROM unnest(%(words)s::text[], %(codes)s::text[], %(written)s::text[], %(excluded)s::boolean[],
        %(labelled)s::text[], %(issues)s::text[])
        WITH ORDINALITY AS given (words, code, written, excluded, labelled, issues, number)
), seen AS NOT MATERIALIZED (
    SELECT * FROM view_search WHERE position < %(size)s AND visibility = ANY(%(visible)s)
), said AS MATERIALIZED (
    SELECT term.number, seen.position, seen.names, said.member, said.lang
    FROM term JOIN disclosure_words AS said ON said.words @@ term.words JOIN seen USING (position)
), named AS (
    SELECT DISTINCT number, name
    FROM said CROSS JOIN LATERAL unnest(string_to_array(names, ' ')) AS name
    WHERE member IN ('names', 'title')
), meaning (number, position, key, depth) AS (
    SELECT number, seen.position, key, 0
    FROM term JOIN seen ON array_to_tsvector(string_to_array(seen.codes, ' ')) @@ term.issues
    UNION
    SELECT number, near.position, near.key, depth + 1
    -- One look-up for each statement of the issue, never all that refers to anything.
    FROM meaning CROSS JOIN LATERAL (
        SELECT seen.position, seen.key
        FROM view_timeline AS timeline JOIN seen USING (position)
        WHERE timeline.key = 'statement:' || meaning.key
            AND meaning.key = ANY(string_to_array(seen.about, ' '))
        OFFSET 0
    ) AS near
    WHERE depth < 4
), hit AS MATERIALIZED (
    SELECT number, position, 'disclosure:' || member AS why,
        CASE WHEN member NOT IN ('names', 'title') THEN 4 WHEN names IS NULL THEN 2 ELSE 0 END
            + CASE WHEN lang IN (%(lang)s, '') THEN 0 ELSE 1 END AS rank
    FROM said
    UNION ALL
    SELECT term.number, seen.position, 'code',
        CASE WHEN length(term.written) > 7 AND starts_with(seen.key, term.written) THEN 0
            WHEN starts_with(split_part(seen.names, ':', 2), term.written) OR seen.names = term.written THEN 0
            ELSE 6 END
    FROM term JOIN seen ON array_to_tsvector(string_to_array(seen.codes, ' ')) @@ term.code
    UNION ALL
    SELECT term.number, seen.position, 'code', 6
    FROM term JOIN seen ON array_to_tsvector(string_to_array(seen.codes, ' ')) @@ term.labelled
    UNION ALL
    SELECT number, position, 'issue', 7 FROM meaning WHERE depth > 0
    UNION ALL
    SELECT named.number, seen.position, 'name:' || named.name, 8
    FROM named JOIN seen
        ON array_to_tsvector(string_to_array(seen.codes, ' ')) @@ ('''' || named.name || '''')::tsquery
), matching AS (
    SELECT position, max(rank) AS rank
    FROM (SELECT number, position, min(rank) AS rank FROM hit GROUP BY number, position) AS best
    GROUP BY position
    HAVING count(*) = %(terms)s AND NOT bool_or(number IN (SELECT number FROM term WHERE excluded))
), about (position, key, depth) AS (
    SELECT position, named, 1
    FROM matching JOIN seen USING (position) CROSS JOIN LATERAL unnest(string_to_array(seen.about, ' ')) AS named
    UNION
    SELECT about.position, further, depth + 1
    FROM about JOIN seen USING (key) CROSS JOIN LATERAL unnest(string_to_array(seen.about, ' ')) AS further
    WHERE depth < 5
), issue AS (
    SELECT about.position, array_agg(DISTINCT facet) AS facets
    FROM about JOIN seen USING (key) CROSS JOIN LATERAL unnest(string_to_array(facets, ' ')) AS facet
    WHERE facet LIKE 'issue:%%'
    GROUP BY about.position
), sorted AS (
    SELECT position, CASE WHEN %(newest)s THEN 0 ELSE rank END AS rank,
        string_to_array(seen.facets, ' ') || issue.facets AS facets
    FROM matching JOIN seen USING (position) LEFT JOIN issue USING (position)
), judged AS MATERIALIZED (
    SELECT *, ARRAY(
        SELECT facet FROM unnest(%(facets)s::text[], %(values)s::text[]) AS wanted (facet, value)
        GROUP BY facet HAVING NOT bool_or(value = ANY(sorted.facets))
    ) AS missing
    FROM sorted
), page AS (
    SELECT position, rank, facets FROM judged
    WHERE missing = '{}' AND (rank, -position) > (%(rank)s, -%(position)s)
    ORDER BY rank, -position LIMIT %(limit)s
)
SELECT 'item' AS what, position, rank::bigint AS number,
    (SELECT array_agg(DISTINCT why) FROM hit WHERE hit.position = page.position) AS texts,
    (SELECT array_agg(DISTINCT facet) FROM unnest(facets) AS facet WHERE facet LIKE 'issue:%%') AS issues
FROM page
UNION ALL
SELECT 'total', NULL, count(*), NULL, NULL FROM judged WHERE missing = '{}'
UNION ALL
-- What each value would leave, all other facets staying as they are chosen.
SELECT 'facet', NULL, count(*), ARRAY[value], NULL
FROM judged CROSS JOIN LATERAL unnest(judged.facets) AS value
WHERE missing <@ ARRAY[split_part(value, ':', 1)]
GROUP BY value;

-- name: marked
-- Words of a text that a query finds, between < and >; the texts hold none.
SELECT ts_headline(configuration::regconfig, mirror, query::tsquery, 'HighlightAll=true, StartSel=<, StopSel=>')
FROM unnest(%(configurations)s::text[], %(mirrors)s::text[]) WITH ORDINALITY AS each (configuration, mirror, number)
CROSS JOIN (SELECT %(query)s::text) AS asked (query)
ORDER BY number;
