DROP TABLE observations;
DROP TABLE user_accounts;
DROP TABLE accounts;
