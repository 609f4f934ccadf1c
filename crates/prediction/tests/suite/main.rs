//! The forecaster as its callers see it: through the port only.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod artifacts;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod shapes;
#[cfg(test)]
mod training;
