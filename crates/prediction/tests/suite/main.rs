//! The forecaster as its callers see it: through the port only.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod artifacts;
#[cfg(test)]
mod covariates;
#[cfg(test)]
mod coverage;
mod doubt;
#[cfg(test)]
mod equivariance;
#[cfg(test)]
mod explanation;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod gaps;
#[cfg(test)]
mod irregular;
#[cfg(test)]
mod joint;
#[cfg(test)]
mod plans;
#[cfg(test)]
mod sequences;
#[cfg(test)]
mod shapes;
#[cfg(test)]
mod short;
#[cfg(test)]
mod training;
#[cfg(test)]
mod unfinished;
