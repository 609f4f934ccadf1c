DROP TRIGGER observations_outdate_summaries ON accounts;
DROP FUNCTION outdate_summary();
DROP TABLE account_summaries;
