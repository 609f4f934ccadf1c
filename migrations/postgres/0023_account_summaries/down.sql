DROP TABLE account_summaries;
