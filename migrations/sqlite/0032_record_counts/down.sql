DROP TRIGGER records_count_down;
DROP TRIGGER records_count_up;
DROP TABLE record_counts;
