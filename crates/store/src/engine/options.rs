//! Connection options: how a database is opened.

/// How a database is opened. The default suits a command that works beside a running server.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether this process must be the only one that opens a SQLite file this way. A server asks for it; a command
    /// that writes beside the server does not. PostgreSQL ignores it.
    pub exclusive: bool,
    /// How many connections to PostgreSQL: one writes, the others read, each carrying many requests at a time. At
    /// least two. One more only asks whether the server lives. SQLite ignores it.
    pub connections: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { exclusive: false, connections: 4 }
    }
}
