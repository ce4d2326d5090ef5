//! Durable jobs: which kinds there are, and how a request writes one down.
//!
//! A job is sealed and written in the commit of its cause; [`work`] does it afterwards, at least once. A new kind is a row of
//! `kinds!` here, and the file of its type, which says how it is done.

pub mod work;

use serde::{Deserialize, Serialize};
use symbolon_oauth::id::Id;
use symbolon_oauth::time::Timestamp;
use symbolon_store::jobs::NewJob;
use symbolon_store::sealed::SealedColumn;

use crate::clock::Unavailable;
use crate::fault::Fault;
use crate::letters::Letter;
use crate::state::State;

/// The kinds, each with its type and its public name.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident($body:ty) = $name:literal,)+) => {
        /// A kind of job.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind {
            $($(#[doc = $doc])+ $kind,)+
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Kind] = &[$(Kind::$kind),+];

            /// Its name, in the table, in metrics and on the command line.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Kind::$kind => $name,)+
                }
            }

            fn read(self, body: &[u8]) -> Result<Job, serde_json::Error> {
                match self {
                    $(Kind::$kind => serde_json::from_slice(body).map(Job::$kind),)+
                }
            }
        }

        /// A job.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(untagged)]
        pub enum Job {
            $($(#[doc = $doc])+ $kind($body),)+
        }

        impl Job {
            fn kind(&self) -> Kind {
                match self {
                    $(Job::$kind(_) => Kind::$kind,)+
                }
            }

            async fn run(&self, state: &State, id: Id<NewJob>) -> Result<(), Fault> {
                match self {
                    $(Job::$kind(own) => own.run(state, id).await,)+
                }
            }
        }
    };
}

kinds! {
    /// A mail.
    Mail(Letter) = "mail",
}

impl State {
    /// Writes a job down, to be added to the commit of its cause. Whoever commits it calls [`State::wake_workers`] then.
    ///
    /// # Errors
    /// [`Unavailable`] when the operating system gives no randomness.
    pub fn job(
        &self,
        job: &Job,
        useless_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<NewJob, Unavailable> {
        let id = self.entropy.new_id(now)?;
        let body = serde_json::to_vec(job).map_err(|_| Unavailable)?;
        let body = self.keys.seal_column(SealedColumn::JobBody, id, &body)?;
        Ok(NewJob { id, kind: job.kind().as_str(), body, at: now, useless_at })
    }

    /// Tells the workers of this process that a job was committed.
    pub fn wake_workers(&self) {
        self.jobs_committed.notify_waiters();
    }

    /// What a stored job is about.
    fn read_job(&self, kind: Kind, id: Id<NewJob>, sealed: &[u8]) -> Result<Job, Fault> {
        // A key may come back, and what another version sealed is for one of its processes.
        let opened = self.keys.open_column(SealedColumn::JobBody, id, sealed);
        let body = opened.map_err(|wrong| Fault::Later(wrong.to_string()))?;
        kind.read(&body)
            .map_err(|_| Fault::Later("this version does not understand what it is about".to_owned()))
    }
}
