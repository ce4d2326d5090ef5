//! What went wrong at the database, sorted by what follows from it.

use tokio_postgres::error::{DbError, Severity, SqlState};

use super::StoreError;

/// A failed statement, transaction or connection.
#[derive(Clone, Debug)]
pub(super) enum Fault {
    /// A row is already there, or one it refers to is gone, or a promise of a step is broken.
    Conflict,
    /// Two transactions waited for each other and this one had to go: worth another try.
    Deadlock,
    /// The database refused the statement.
    Refused(StoreError),
    /// The connection is of no more use; whether the last transaction happened is not known.
    Broken(StoreError),
}

impl Fault {
    /// Sorts an error. Only its code and its message are kept: details and hints quote whole rows.
    pub(super) fn of(error: &tokio_postgres::Error) -> Fault {
        let Some(answer) = error.as_db_error() else {
            // A parameter that does not fit its column never left this process.
            let local = !error.is_closed() && std::error::Error::source(error).is_some_and(is_conversion);
            let reason = StoreError::unavailable(format_args!("PostgreSQL: {}", whole_story(error)));
            return if local { Fault::Refused(reason) } else { Fault::Broken(reason) };
        };
        let code = answer.code();
        let reason = StoreError::unavailable(format_args!(
            "PostgreSQL answers {}: {}{}",
            code.code(),
            answer.message(),
            mend(code)
        ));
        match code {
            &SqlState::UNIQUE_VIOLATION | &SqlState::FOREIGN_KEY_VIOLATION => Fault::Conflict,
            &SqlState::T_R_DEADLOCK_DETECTED | &SqlState::T_R_SERIALIZATION_FAILURE => Fault::Deadlock,
            // A plan that no longer fits its table, a statement the server has forgotten, a failover to a standby:
            // a new connection helps.
            &SqlState::FEATURE_NOT_SUPPORTED
            | &SqlState::INVALID_SQL_STATEMENT_NAME
            | &SqlState::DUPLICATE_PSTATEMENT
            | &SqlState::READ_ONLY_SQL_TRANSACTION => Fault::Broken(reason),
            // Class 57P: the server shuts down or ends this connection; so does a pooler, in its own words.
            _ if code.code().starts_with("57P") || is_the_end(answer) => Fault::Broken(reason),
            _ => Fault::Refused(reason),
        }
    }

    /// The same, met while a transaction was being ended: how it ended is then not known, whatever the reason.
    pub(super) fn at_the_end(self) -> Fault {
        match self {
            Fault::Broken(error) | Fault::Refused(error) => Fault::Broken(error),
            other => other,
        }
    }

    /// The same as a caller hears it.
    pub(super) fn into_error(self) -> StoreError {
        match self {
            Fault::Conflict => StoreError::Conflict,
            Fault::Deadlock => {
                StoreError::unavailable("PostgreSQL ended a deadlock at our cost, again and again")
            }
            Fault::Refused(error) | Fault::Broken(error) => error,
        }
    }
}

fn is_the_end(answer: &DbError) -> bool {
    matches!(answer.parsed_severity(), Some(Severity::Fatal | Severity::Panic))
}

/// What to do about it, where the server cannot know.
fn mend(code: &SqlState) -> &'static str {
    match code {
        &SqlState::TOO_MANY_CONNECTIONS => {
            " (`connections` in [storage] says how many a server opens, and a command opens one)"
        }
        &SqlState::INVALID_SQL_STATEMENT_NAME | &SqlState::DUPLICATE_PSTATEMENT => {
            " (behind a pooler in transaction mode write `pooling = \"transaction\"` in [storage])"
        }
        _ => "",
    }
}

fn is_conversion(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<super::binding::Mismatch>() || error.is::<tokio_postgres::types::WrongType>()
}

/// An error of the driver with its causes: by itself it often says only at which stage it happened.
fn whole_story(error: &tokio_postgres::Error) -> String {
    let mut story = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let text = error.to_string();
        if !story.ends_with(&text) {
            story = format!("{story}: {text}");
        }
        cause = error.source();
    }
    story
}
