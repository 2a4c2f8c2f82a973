-- What can be found of each statement without its disclosures, one row per entry; values stand between spaces. key is
-- the statement's id; facets are <facet>:<value>; codes are what it is found by; about are the statements whose issue
-- is its own, where it names none; names are the names that it gives something a display name by.
CREATE TABLE view_search (
    position bigint NOT NULL,
    key text COLLATE "C" NOT NULL,
    visibility text COLLATE "C" NOT NULL,
    facets text COLLATE "C" NOT NULL,
    codes text COLLATE "C" NOT NULL,
    about text COLLATE "C",
    names text COLLATE "C"
);
CREATE INDEX view_search_codes ON view_search USING gin (array_to_tsvector(string_to_array(codes, ' ')));
CREATE INDEX view_search_key ON view_search (key);
CREATE INDEX view_search_position ON view_search (position)
