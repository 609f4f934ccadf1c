DROP TABLE covariate_sources;
