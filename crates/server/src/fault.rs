//! Why a durable job was not done: what the loop that does jobs and each kind of job tell one another.

/// Why a job was not done. It is told to operators, so it holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is worth another try.
    Later(String),
    /// No other try helps.
    Never(String),
}
