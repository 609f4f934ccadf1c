DROP INDEX users_by_creation;
DROP INDEX companies_by_creation;
