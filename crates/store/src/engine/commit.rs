//! Transactions as data: what to do, and what must be true for it to hold (compare-and-set).

use super::{StoreError, Value};

/// How many rows a step must touch for the commit to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Exactly one.
    One,
    /// None or one.
    AtMostOne,
    /// Any number.
    Any,
}

impl Expect {
    /// `Conflict` when `touched` breaks the promise.
    pub(super) fn check(self, touched: u64) -> Result<(), StoreError> {
        let kept = match self {
            Expect::One => touched == 1,
            Expect::AtMostOne => touched <= 1,
            Expect::Any => true,
        };
        if kept { Ok(()) } else { Err(StoreError::Conflict) }
    }
}

/// One statement of a commit.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) sql: &'static str,
    pub(super) parameters: Vec<Value>,
    pub(super) expect: Expect,
}

/// An ordered list of steps that happen together or not at all.
#[derive(Clone, Debug, Default)]
pub struct Commit {
    pub(super) steps: Vec<Step>,
}

impl Commit {
    /// A commit without steps.
    #[must_use]
    pub fn new() -> Commit {
        Commit::default()
    }

    /// Adds a statement, its parameters (`$1` is the first) and how many rows it must touch. For a statement that
    /// answers rows, those count. A step that must not touch more than one row names it by a unique key.
    #[must_use]
    pub fn step(mut self, sql: &'static str, parameters: impl Into<Vec<Value>>, expect: Expect) -> Commit {
        self.steps.push(Step { sql, parameters: parameters.into(), expect });
        self
    }

    /// Compare-and-set: adds a statement that writes a row only while the row still is what it was compared as. `$1` is
    /// its key, then come the columns as they are to be, then the same as they were. Whoever compared it at leisure undoes
    /// nothing that happened meanwhile.
    pub(crate) fn rewrite<const N: usize>(
        self,
        sql: &'static str,
        old: [Value; N],
        new: [Value; N],
    ) -> Commit {
        let row: Vec<_> = new.into_iter().chain(old.into_iter().skip(1)).collect();
        self.step(sql, row, Expect::One)
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}
