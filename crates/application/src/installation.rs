//! How the installation is, for whoever operates the platform. It opens no company's data.

use std::sync::Arc;

use atalaya_domain::mandate::{Access, ReadInstallation};

use crate::error::AppError;
use crate::ports::installation::{InstallationFacts, InstallationReader};

/// The use case of operators who look after the installation.
pub trait Installation: Send + Sync {
    /// What is found in the database now.
    ///
    /// # Errors
    /// Of the database.
    fn look(&self, by: &Access<ReadInstallation>) -> Result<InstallationFacts, AppError>;
}

/// [`Installation`] on the ports.
pub struct InstallationService {
    /// The database.
    pub reader: Arc<dyn InstallationReader>,
}

impl Installation for InstallationService {
    fn look(&self, by: &Access<ReadInstallation>) -> Result<InstallationFacts, AppError> {
        self.reader.look(&by.scope())
    }
}
