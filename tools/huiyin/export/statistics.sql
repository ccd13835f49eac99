-- The figures of `huiyin stats` from an export, in DuckDB. Run it in the folder of the export:
--     duckdb -init statistics.sql
-- and ask, for the total, a month, or rows:
--     FROM statistics('all', NULL, NULL);
--     FROM statistics('unit', DATE '2026-10-01', DATE '2026-10-31');
-- The first argument is all, unit, dispatcher, channel, topic, complexity or month; then the first and the last day,
-- both included, NULL for no limit. Cases count by the day of receipt, acts by the day on which they happened.

CREATE OR REPLACE VIEW cases AS
    SELECT * FROM read_parquet('cases/*/*/*.parquet', hive_partitioning = true);
CREATE OR REPLACE VIEW acts AS
    SELECT * FROM read_parquet('acts/*/*/*.parquet', hive_partitioning = true);

-- The rows under which a case or an act counts; '' where it has no such property. A case with two topics counts twice.
CREATE OR REPLACE MACRO keys_of(dimension, unit, dispatcher, channel, topics, complexity, day) AS
    CASE dimension
        WHEN 'all' THEN ['']
        WHEN 'unit' THEN [coalesce(unit, '')]
        WHEN 'dispatcher' THEN [dispatcher]
        WHEN 'channel' THEN [channel]
        WHEN 'topic' THEN if(len(topics) = 0, [''], topics)
        WHEN 'complexity' THEN [coalesce(complexity, '')]
        WHEN 'month' THEN [strftime(day, '%Y-%m')]
        ELSE error('no such dimension: ' || dimension)
    END;

CREATE OR REPLACE MACRO within(day, first_day, last_day) AS
    (first_day IS NULL OR day >= first_day) AND (last_day IS NULL OR day <= last_day);

-- The day of the 90th percentile: the smallest number of days that nine tenths of the cases did not exceed.
CREATE OR REPLACE MACRO nine_tenths(days) AS
    list_sort(days)[(9 * len(days) + 9) // 10];

CREATE OR REPLACE MACRO statistics(dimension, first_day, last_day) AS TABLE
    WITH counted AS (
        SELECT
            unnest(keys_of(dimension, unit, dispatcher, channel, topics, complexity, received)) AS key,
            outcome IN ('open', 'closed') AS is_valid,
            outcome = 'closed' AS is_closed,
            outcome, late, working_days, satisfaction
        FROM cases
        WHERE within(received, first_day, last_day)
    ), of_cases AS (
        SELECT
            key,
            count(*) AS received,
            count(*) FILTER (outcome = 'pending') AS pending,
            count(*) FILTER (outcome = 'declined') AS declined,
            count(*) FILTER (outcome = 'withdrawn') AS withdrawn,
            count(*) FILTER (is_valid) AS valid,
            count(*) FILTER (is_closed) AS closed,
            count(*) FILTER (is_closed OR (is_valid AND late)) AS due,
            count(*) FILTER (is_closed AND NOT late) AS on_time,
            median(working_days) FILTER (is_closed) AS median_days,
            nine_tenths(list(working_days) FILTER (is_closed AND working_days IS NOT NULL)) AS p90_days,
            count(*) FILTER (is_closed AND satisfaction IS NOT NULL) AS rated,
            count(*) FILTER (is_closed AND satisfaction IN ('非常满意', '满意', '基本满意')) AS satisfied
        FROM counted
        GROUP BY key
    ), happened AS (
        SELECT unnest(keys_of(dimension, unit, dispatcher, channel, topics, complexity, day)) AS key, act
        FROM acts
        WHERE within(day, first_day, last_day)
    ), of_acts AS (
        SELECT
            key,
            count(*) FILTER (act = 'published') AS published,
            count(*) FILTER (act = 'returned') AS returned,
            count(*) FILTER (act = 'extended') AS extended,
            count(*) FILTER (act = 'reassigned') AS reassigned
        FROM happened
        GROUP BY key
    )
    SELECT
        key,
        coalesce(received, 0) AS received,
        coalesce(pending, 0) AS pending,
        coalesce(declined, 0) AS declined,
        coalesce(withdrawn, 0) AS withdrawn,
        coalesce(valid, 0) AS valid,
        coalesce(closed, 0) AS closed,
        coalesce(valid - closed, 0) AS open,
        closed / nullif(valid, 0) AS reply_rate,
        coalesce(due, 0) AS due,
        coalesce(on_time, 0) AS on_time,
        coalesce(due - on_time, 0) AS late,
        on_time / nullif(due, 0) AS on_time_rate,
        median_days,
        p90_days,
        coalesce(rated, 0) AS rated,
        coalesce(satisfied, 0) AS satisfied,
        satisfied / nullif(rated, 0) AS satisfaction_rate,
        coalesce(published, 0) AS published,
        coalesce(returned, 0) AS returned,
        coalesce(extended, 0) AS extended,
        coalesce(reassigned, 0) AS reassigned
    FROM of_cases FULL JOIN of_acts USING (key)
    ORDER BY key;
