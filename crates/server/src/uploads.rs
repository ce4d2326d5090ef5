//! Uploads: how many are held in memory at a time, and how many are drawn.
//!
//! A request may hold a mebibyte instead of the usual 64 KiB, and decoding a picture takes up to 64 MiB. Only who is signed
//! in may send that much, and all of them together hold no more than is said here.

use std::sync::Arc;

use bytes::Bytes;
use symbolon_store::icons::Icon;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::failure::Failure;
use crate::icon::{self, Crop, IconError};

/// Uploads that are held at a time.
const HELD_AT_MOST: usize = 16;
/// Pictures that are drawn at a time.
const DRAWN_AT_MOST: usize = 1;

/// The room for uploads.
#[derive(Debug)]
pub struct Uploads {
    held: Arc<Semaphore>,
    drawn: Arc<Semaphore>,
}

impl Default for Uploads {
    fn default() -> Self {
        let [held, drawn] = [HELD_AT_MOST, DRAWN_AT_MOST].map(|most| Arc::new(Semaphore::new(most)));
        Uploads { held, drawn }
    }
}

impl Uploads {
    /// Room for one more, as long as it is kept; nothing where there is none.
    #[must_use]
    pub fn room(&self) -> Option<OwnedSemaphorePermit> {
        self.held.clone().try_acquire_owned().ok()
    }

    /// Draws an icon, when it is its turn, away from what else is answered.
    ///
    /// # Errors
    /// [`Failure::Busy`] when it could not be drawn; inside, why the picture is no icon.
    pub async fn draw(&self, bytes: Bytes, crop: Option<Crop>) -> Result<Result<Icon, IconError>, Failure> {
        let turn = self.drawn.clone().acquire_owned().await.map_err(|_| Failure::Busy)?;
        let drawing = tokio::task::spawn_blocking(move || {
            let drawn = icon::draw_upload(&bytes, crop);
            drop(turn);
            drawn
        });
        drawing.await.map_err(|_| Failure::Busy)
    }
}
