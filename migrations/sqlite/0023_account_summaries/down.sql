DROP TRIGGER observations_outdate_summaries;
DROP TABLE account_summaries;
