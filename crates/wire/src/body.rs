//! Body limit and body timeout: a request's body, read whole; how large it may be, how long it may take (slowloris), and
//! what it may hold on to meanwhile.
//!
//! A frame is a piece of the buffer that its connection is read into, and keeps all of that alive however little of it it
//! shows. So what comes in several is copied out, and each is let go before the next is asked for.

use std::pin::{Pin, pin};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Body as HttpBody;

/// No request is larger.
pub const AT_MOST: usize = 64 * 1024;
/// No upload is larger: a picture of a mebibyte, and the fields of the form that it comes in.
pub const UPLOAD_AT_MOST: usize = 1024 * 1024 + AT_MOST;
/// What is read of a larger upload and let go at once, so that whoever sends it gets to read the answer.
const LET_GO_AT_MOST: usize = 64 * 1024 * 1024;
/// A body arrives within this time.
const TIMEOUT: Duration = Duration::from_secs(15);
/// What a length that is only announced reserves at most.
const RESERVED: usize = 8 * 1024;

/// Why a body was not read whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyError {
    /// It is larger than what is read.
    TooLarge,
    /// It did not arrive in time.
    TooSlow,
    /// It ended too early, or could not be read.
    Broken,
}

/// All of it.
///
/// # Errors
/// [`BodyError`], when there is no whole.
pub async fn whole<B>(body: B) -> Result<Bytes, BodyError>
where
    B: HttpBody<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    if body.size_hint().lower() > u64::try_from(AT_MOST).unwrap_or(u64::MAX) {
        return Err(BodyError::TooLarge);
    }
    let collected = async { collect(&mut pin!(body), AT_MOST).await };
    tokio::time::timeout(TIMEOUT, collected).await.unwrap_or(Err(BodyError::TooSlow))
}

/// All of an upload. One that is too large is read on, and nothing of it kept: a browser that is still sending when the
/// connection closes never shows why.
///
/// # Errors
/// [`BodyError`], when there is no whole.
pub async fn upload<B>(body: B) -> Result<Bytes, BodyError>
where
    B: HttpBody<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let collected = async {
        let mut body = pin!(body);
        let announced = body.size_hint().lower();
        let read = if announced > u64::try_from(UPLOAD_AT_MOST).unwrap_or(u64::MAX) {
            Err(BodyError::TooLarge)
        } else {
            collect(&mut body, UPLOAD_AT_MOST).await
        };
        if read == Err(BodyError::TooLarge) {
            let_go(&mut body).await;
        }
        read
    };
    tokio::time::timeout(TIMEOUT, collected).await.unwrap_or(Err(BodyError::TooSlow))
}

/// Reads the rest of a body and keeps nothing.
async fn let_go<B>(body: &mut Pin<&mut B>)
where
    B: HttpBody<Data = Bytes>,
{
    let mut read = 0;
    while let Some(Ok(frame)) = body.frame().await {
        read += frame.data_ref().map_or(0, Bytes::len);
        if read > LET_GO_AT_MOST {
            return;
        }
    }
}

async fn collect<B>(body: &mut Pin<&mut B>, at_most: usize) -> Result<Bytes, BodyError>
where
    B: HttpBody<Data = Bytes>,
{
    let announced = body.size_hint().exact().and_then(|length| usize::try_from(length).ok());
    // The one frame that is everything stays where it is.
    let mut only = Bytes::new();
    let mut copied = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| BodyError::Broken)?;
        let Ok(data) = frame.into_data() else { continue };
        if only.len() + copied.len() + data.len() > at_most {
            return Err(BodyError::TooLarge);
        }
        if copied.is_empty() && only.is_empty() && announced == Some(data.len()) {
            only = data;
            continue;
        }
        if copied.is_empty() {
            copied.reserve(announced.unwrap_or_default().min(RESERVED));
        }
        copied.extend_from_slice(&data);
    }
    Ok(if copied.is_empty() { only } else { copied.into() })
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::convert::Infallible;
    use std::task::{Context, Poll};

    use hyper::body::{Frame, SizeHint};

    use super::*;

    /// A body that comes in these frames, with or without a length.
    struct Frames(VecDeque<Bytes>, bool);

    impl Frames {
        fn of(frames: &[Bytes], announced: bool) -> Frames {
            Frames(frames.iter().cloned().collect(), announced)
        }
    }

    impl HttpBody for Frames {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Ready(self.0.pop_front().map(|data| Ok(Frame::data(data))))
        }

        fn size_hint(&self) -> SizeHint {
            let length = self.0.iter().map(Bytes::len).sum::<usize>() as u64;
            if self.1 { SizeHint::with_exact(length) } else { SizeHint::new() }
        }
    }

    fn pieces(length: usize, size: usize) -> Vec<Bytes> {
        vec![b'a'; length].chunks(size).map(Bytes::copy_from_slice).collect()
    }

    #[tokio::test]
    async fn a_body_in_one_piece_is_not_copied() {
        let frame = Bytes::from_static(b"grant_type=authorization_code");
        let read = whole(Frames::of(std::slice::from_ref(&frame), true)).await.expect("it is small");
        assert_eq!((read.as_ptr(), read.len()), (frame.as_ptr(), frame.len()));
    }

    #[tokio::test]
    async fn what_comes_in_pieces_is_put_together() {
        for announced in [true, false] {
            let frames: Vec<Bytes> = [&b"a"[..], b"", b"=1&b", b"=2"].map(Bytes::from_static).into();
            assert_eq!(whole(Frames::of(&frames, announced)).await.expect("it is small"), "a=1&b=2");
            assert!(whole(Frames::of(&[], announced)).await.expect("nothing is little").is_empty());
        }
    }

    #[tokio::test]
    async fn of_an_upload_that_is_too_large_nothing_is_kept_and_all_is_read() {
        for announced in [true, false] {
            let read = upload(Frames::of(&pieces(UPLOAD_AT_MOST, AT_MOST), announced)).await;
            assert_eq!(read.map(|read| read.len()), Ok(UPLOAD_AT_MOST), "{announced}");
            let mut frames = Frames::of(&pieces(UPLOAD_AT_MOST + 10 * AT_MOST, AT_MOST), announced);
            assert_eq!(upload(&mut frames).await, Err(BodyError::TooLarge), "{announced}");
            assert!(frames.0.is_empty(), "{announced}: its sender is listened to until they have said all");
            let endless = LET_GO_AT_MOST / AT_MOST + 40;
            let mut frames = Frames(vec![Bytes::from(vec![b'a'; AT_MOST]); endless].into(), announced);
            assert_eq!(upload(&mut frames).await, Err(BodyError::TooLarge), "{announced}");
            assert!(!frames.0.is_empty(), "{announced}: there is an end to listening");
        }
    }

    #[tokio::test]
    async fn what_is_too_large_is_refused_however_it_comes() {
        for (announced, size) in [(true, 1), (true, AT_MOST), (false, 1), (false, 1000), (false, AT_MOST)] {
            let read = whole(Frames::of(&pieces(AT_MOST, size), announced)).await;
            assert_eq!(read.map(|read| read.len()).ok(), Some(AT_MOST), "{announced} {size}");
            let read = whole(Frames::of(&pieces(AT_MOST + 1, size), announced)).await;
            assert!(matches!(read, Err(BodyError::TooLarge)), "{announced} {size}");
        }
    }
}
