//! Connection options: how a database is opened.

/// How a database is opened. The default suits a command that works beside a running server.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether this process must be the only one that opens a SQLite file this way. A server asks for it; a command
    /// that writes beside the server does not. PostgreSQL ignores it.
    pub exclusive: bool,
    /// How many connections to PostgreSQL. With one or two, one both reads and writes; with more, one writes and the others
    /// read, each carrying many requests at a time. From two on, one of them only asks whether the server lives. SQLite
    /// ignores it.
    pub connections: usize,
    /// What stands between here and PostgreSQL. SQLite ignores it.
    pub pooling: Pooling,
}

/// For how long a connection has one and the same PostgreSQL behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pooling {
    /// As long as it lives: no pooler, or one that hands out sessions.
    #[default]
    Session,
    /// For one transaction: nothing is prepared, and nothing set, for longer.
    Transaction,
}

impl Options {
    /// How many connections a server opens unless it is told: with a command beside it, no more than the smallest plans have.
    pub const SERVING: usize = 4;
}

impl Default for Options {
    fn default() -> Self {
        Options { exclusive: false, connections: 1, pooling: Pooling::Session }
    }
}
